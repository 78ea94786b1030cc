import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import type { Flow } from "../../components/network/acl/evaluate";
import { docker } from "./support";
import { buildImage, clear, imagesFolder } from "./test-images";

/** What one end tries: to exchange something with the other, from this very port. Ports are 0 where there are none. */
export interface Attempt {
  readonly protocol: Flow["protocol"];
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
}

const network = "acl";
const names = ["acl-first", "acl-second"];
const toolbox = {
  folder: join(imagesFolder, "..", "..", "..", "images", "toolbox"),
  tag: `cnl-test-toolbox-${process.pid}`,
};

/** The addresses of both ends; the first of each is the endpoint's, the others are added to its interface. */
export const addresses = [
  ["10.213.9.2", "10.213.9.18", "10.213.9.66"],
  ["10.213.9.3", "10.213.9.19", "10.213.9.130"],
] as const;

/** The TCP and UDP ports on which all of them answer. */
export const ports = [80, 443, 8080, 8443, 9000];

/** A container on a network without a way out, and the program in it that applies rule sets and makes attempts. */
export class AclEnd {
  private readonly answers: AsyncIterator<string>;
  private stderr = "";

  private constructor(private readonly process: ChildProcess) {
    process.stderr!.on("data", (text: Buffer) => (this.stderr += text.toString()));
    // What it died of is told by stderr.
    process.stdin!.on("error", () => undefined);
    this.answers = createInterface(process.stdout!)[Symbol.asyncIterator]();
  }

  /** Both ends, ready for requests. */
  static async start(): Promise<[AclEnd, AclEnd]> {
    clear(names, [network]);
    await buildImage(relative(imagesFolder, toolbox.folder), toolbox.tag);
    docker("network", "create", "--internal", "--subnet", "10.213.9.0/24", `cnl-test-${network}`);
    const [first, second] = names.map((name, i) => AclEnd.run(name, addresses[i]));
    await Promise.all([first.answer(), second.answer()]);
    return [first, second];
  }

  static clear(): void {
    clear(names, [network]);
  }

  private static run(name: string, [own, ...extra]: readonly string[]): AclEnd {
    const program = `${join(__dirname, "acl_end.py")}:/acl_end.py:ro`;
    const rights = ["--cap-drop", "ALL", "--cap-add", "NET_ADMIN"];
    // Any port to listen on and sockets for ping, without the capabilities that these need elsewhere.
    const sysctls = ["net.ipv4.ip_unprivileged_port_start=0", "net.ipv4.ping_group_range=0 2147483647"];
    const place = ["--network", `cnl-test-${network}`, "--ip", own, ...sysctls.flatMap((each) => ["--sysctl", each])];
    const command = [toolbox.tag, "python3", "/acl_end.py", extra.join(","), ports.join(",")];
    const options = ["--interactive", "--rm", "--name", `cnl-test-${name}`, "--volume", program, ...rights, ...place];
    return new AclEnd(spawn("docker", ["run", ...options, ...command]));
  }

  /** Replaces the rules; the comments of those in force, in order. */
  async apply(ruleset: string): Promise<string[]> {
    return (await this.ask({ apply: ruleset })) as string[];
  }

  /** Which of these got through, all tried at once. `patience` in seconds. */
  async attempt(attempts: readonly Attempt[], patience: number): Promise<boolean[]> {
    return (await this.ask({ attempt: attempts.map((each) => ({ ...each, patience })) })) as boolean[];
  }

  private async ask(request: object): Promise<unknown> {
    this.process.stdin!.write(`${JSON.stringify(request)}\n`);
    return this.answer();
  }

  private async answer(): Promise<unknown> {
    const line = await this.answers.next();
    if (line.done) {
      if (this.process.exitCode === null) {
        await once(this.process, "close");
      }
      throw new Error(`an end of the test is gone: ${this.stderr}`);
    }
    return JSON.parse(line.value);
  }
}
