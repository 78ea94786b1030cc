import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EndpointState, StackReport } from "../../components/network/dialect";
import type { AclRule } from "../../components/network/acl/rule";
import { sources, windowsAclCommand } from "../../components/network/windows/acl";
import { sourceOf } from "../../components/network/windows/powershell";
import type { Mono } from "../../tools/setup/mono";

/** What went to standard error, and the report if there was one. */
export interface Outcome {
  readonly status: number | null;
  readonly words: string;
  readonly report: StackReport<EndpointState> | undefined;
}

export type Policy = { Type: string; Settings?: Record<string, unknown> };

export const network = "policies";
export const address = "10.80.0.1";
export const mac = "00:15:5d:0a:0b:0c";
export const id = "6e1f4a6c-8c8c-4b4e-9d0e-2f1c7b5a9d01";

/** What docker says of a container with an endpoint. */
export function inspected({ running = true, isolation = "process", at = address, macAddress = mac } = {}): string {
  return JSON.stringify({
    State: { Running: running },
    HostConfig: { Isolation: isolation },
    NetworkSettings: { Networks: { [network]: { IPAddress: at, MacAddress: macAddress } } },
  });
}

/** The C# code, compiled as Windows PowerShell compiles it, and a stand-in for HCN with endpoints of its own. */
export class Hcn {
  private readonly program = mkdtempSync(join(tmpdir(), "container-network-labs-hcn-"));
  private folder = "";

  constructor(private readonly mono: Mono) {
    const library = join(this.program, "libcomputenetwork.so");
    execFileSync(mono.cc, ["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, here("hcn-stand-in.c")]);
    // As one text, as it travels; Add-Type takes warnings for errors, too.
    const source = join(this.program, "source.cs");
    writeFileSync(source, sources.map(sourceOf).join("\n"));
    const strict = ["-langversion:5", "-warn:4", "-warnaserror", "-r:System.Web.Extensions"];
    execFileSync(mono.mcs, [...strict, `-out:${this.driver}`, source, here("Driver.cs")], { stdio: "pipe" });
    const map = `<dllmap dll="computenetwork.dll" target="${library}"/>`;
    writeFileSync(`${this.driver}.config`, `<configuration>${map}</configuration>`);
  }

  private get driver(): string {
    return join(this.program, "driver.exe");
  }

  /** Starts over with one endpoint. */
  reset(policies: readonly Policy[] = []): void {
    this.forget();
    this.folder = mkdtempSync(join(this.program, "state-"));
    this.add(id, policies);
  }

  add(guid: string, policies: readonly Policy[] = [], at = address, macAddress = mac): void {
    const properties = {
      ID: guid.toUpperCase(),
      MacAddress: macAddress.replaceAll(":", "-").toUpperCase(),
      IpConfigurations: [{ IpAddress: at, PrefixLength: 24 }],
    };
    const lines = [JSON.stringify(properties).slice(1, -1), ...policies.map((policy) => JSON.stringify(policy))];
    writeFileSync(join(this.folder, guid), `${lines.join("\n")}\n`);
  }

  remove(guid = id): void {
    rmSync(join(this.folder, guid));
  }

  /** Words that the stand-in knows. */
  misbehave(...faults: string[]): void {
    writeFileSync(join(this.folder, "faults"), faults.join(" "));
  }

  policies(guid = id): Policy[] {
    const lines = readFileSync(join(this.folder, guid), "utf8").trim().split("\n").slice(1);
    return lines.map((line) => JSON.parse(line) as Policy);
  }

  /** The requests to change something so far. */
  requests(): { RequestType: string; Settings: { Policies?: Policy[] } }[] {
    if (!readdirSync(this.folder).includes("log")) {
      return [];
    }
    const lines = readFileSync(join(this.folder, "log"), "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as ReturnType<Hcn["requests"]>[number]);
  }

  run(action: "apply" | "remove", rules: readonly AclRule[], container = inspected()): Outcome {
    const endpoint = { network, address, aliases: [], acl: rules };
    const { stdin } = windowsAclCommand(endpoint);
    const { request } = (JSON.parse(stdin) as { data: { request: string } }).data;
    const { status, stdout, stderr } = this.drive(action, `${container}\n${request}\n`);
    const report = stdout.trim() === "" ? undefined : (JSON.parse(stdout) as StackReport<EndpointState>);
    return { status, words: stderr.trim(), report };
  }

  /** Sends a request as it is. */
  modify(request: object): void {
    const { status, stderr } = this.drive("modify", `${id}\n${JSON.stringify(request)}\n`);
    if (status !== 0) {
      throw new Error(stderr.trim());
    }
  }

  private drive(action: string, input: string) {
    const env = { ...process.env, HCN_STAND_IN: this.folder, ProgramData: join(this.folder, "data") };
    return spawnSync(this.mono.mono, [this.driver, action], { input, encoding: "utf8", env });
  }

  private forget(): void {
    if (this.folder !== "") {
      rmSync(this.folder, { recursive: true });
    }
  }

  dispose(): void {
    rmSync(this.program, { recursive: true, force: true });
  }
}

const here = (file: string): string => join(__dirname, file);
