import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { TunnelledServer } from "../../components/hosts/tunnel-routes";
import { processes } from "../engine/processes";
import { reach, type Reached } from "../unit/tunnels/reach";

const project = join(__dirname, "..", "..");
const parts = join(project, "tests", "unit", "tunnels");

describe("the processes of tunnels to the machines of a cloud", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "tunnels-"));
  const holders: Holder[] = [];
  let port = 25_400;

  before(() => symlinkSync(join(parts, "az.js"), join(folder, "az")));
  beforeEach(() => {
    port += 10;
    rmSync(join(folder, "calls"), { force: true });
  });
  afterEach(async () => {
    await Promise.all(holders.splice(0).map((holder) => holder.end()));
    await until(() => keepers().length === 0);
  });
  after(() => {
    rmSync(folder, { recursive: true });
    ["h", "i"].forEach((each) =>
      rmSync(join(project, "out", `night-tunnels-${each}`), { recursive: true, force: true }),
    );
  });

  /** A process that holds tunnels. */
  class Holder {
    readonly child: ChildProcess;
    private readonly answers: AsyncIterator<string>;

    constructor(environment: string) {
      const args = ["--require", "ts-node/register/transpile-only", join(parts, "holder.ts"), environment];
      const PATH = [folder, process.env.PATH].join(delimiter);
      const env = { ...process.env, PATH, XDG_RUNTIME_DIR: folder, AZ_FOLDER: folder };
      this.child = spawn(process.execPath, args, { cwd: project, stdio: ["pipe", "pipe", "inherit"], env });
      this.answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
      holders.push(this);
    }

    async ask(order: readonly TunnelledServer[] | string): Promise<{ refused?: string; trouble?: string }> {
      this.child.stdin!.write(`${JSON.stringify(order)}\n`);
      const line = await this.answers.next();
      return JSON.parse(line.value as string) as { refused?: string; trouble?: string };
    }

    async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
      if (this.child.exitCode === null && this.child.signalCode === null) {
        const exit = once(this.child, "exit");
        this.child.kill(signal);
        await exit;
      }
    }
  }

  const server = (at: number, instance = "0", name = "labs-1"): TunnelledServer => ({
    ...{ name, instance, address: "127.0.0.1", port: at, user: "labs", os: "linux", docker: "tcp+tls" },
    tunnel: { subscription: "s", resourceGroup: "g", bastion: "b", scaleSet: "labs" },
  });
  const calls = (): { pid: number; port: string }[] =>
    existsSync(join(folder, "calls"))
      ? readFileSync(join(folder, "calls"), "utf8")
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line) as { pid: number; port: string })
      : [];
  const keepers = (): number[] => marked(folder, "tools/run.js");
  const alive = (): number[] => marked(folder, "az");

  it("are shared by all who need them, and end with the last, however that ends", async () => {
    const [one, two] = [new Holder("night-tunnels-h"), new Holder("night-tunnels-h")];
    await Promise.all([one.ask([server(port)]), two.ask([server(port)])]);
    await reach(port);
    assert.equal(keepers().length, 1);
    await one.end("SIGKILL");
    await sleep(1_000);
    assert.equal((await reach(port)).greeting, "0");
    await two.end("SIGKILL");
    await until(() => keepers().length === 0 && alive().length === 0);
  });

  it("are there again where their keeper was killed, and nothing of it is left", async () => {
    await new Holder("night-tunnels-i").ask([server(port)]);
    const { socket } = await reach(port);
    const [keeper] = keepers();
    process.kill(keeper, "SIGKILL");
    await once(socket, "close");
    await until(() => keepers().some((pid) => pid !== keeper));
    const again = await untilReached(port);
    assert.equal(again.greeting, "0");
    assert.deepEqual(alive(), [calls().at(-1)!.pid]);
  });
});

async function untilReached(port: number): Promise<Reached> {
  for (let tries = 0; ; tries++) {
    try {
      return await reach(port);
    } catch (error) {
      if (tries > 100) {
        throw error;
      }
      await sleep(100);
    }
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 200, "it did not come to that within 20 s");
    await sleep(100);
  }
}

/** The processes of keepers in a folder whose command line has this. */
function marked(folder: string, words: string): number[] {
  return processes()
    .filter(({ environment }) =>
      environment.some((entry) => entry.startsWith(`CONTAINER_NETWORK_LABS_TUNNELS=${folder}`)),
    )
    .filter((each) => each.arguments[1]?.endsWith(words))
    .map(({ pid }) => pid);
}
