import { readFileSync } from "node:fs";
import { join } from "node:path";
import { aliasOf, sshConfigPath } from "../hosts/ssh-config";
import { powershell } from "../network/windows/powershell";
import { call, type CallOptions, type CallResult, docker } from "./docker";
import type { EngineAccess } from "./expectation";

/** What probe.py and probe.ps1 do inside a container; what each kind means stands in probe.py. */
export type Probe = { readonly seconds: number } & (
  | { readonly kind: "connect"; readonly host: string; readonly port: number }
  | {
      readonly kind: "get";
      readonly url: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly contains: string;
    }
  | {
      readonly kind: "counted";
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly requests: number;
      readonly counter: string;
    }
  | { readonly kind: "resolve"; readonly host: string; readonly through: "hosts" | "dns" }
  | { readonly kind: "listener"; readonly port: number }
);

/** Outcomes of a connection that say something about the target. */
export type ConnectionOutcome = "connected" | "refused" | "timeout" | "unreachable" | "unresolved";

/** What a probe found out. `error` means that it could not be made: it says nothing about the target. */
export type ProbeResult = { readonly detail: string; readonly ms: number } & (
  | { readonly outcome: ConnectionOutcome | "silent" | "error" }
  | { readonly outcome: "answered"; readonly status: number; readonly contains: boolean }
  | { readonly outcome: "counted"; readonly sent: number; readonly seen: number }
  | { readonly outcome: "resolved"; readonly addresses: readonly string[] }
  | { readonly outcome: "listening"; readonly own: readonly number[]; readonly hidden: number }
);

const failures = ["refused", "timeout", "unreachable", "unresolved", "error"];
const outcomes: Record<Probe["kind"], readonly string[]> = {
  connect: ["connected", ...failures],
  get: ["answered", ...failures],
  counted: ["counted", ...failures],
  resolve: ["resolved", "unresolved", "error"],
  listener: ["listening", "silent", "error"],
};

/** What is run in a container to make probes; it reads them from its standard input. */
export function proberCommand(os: EngineAccess["os"]): string[] {
  if (os === "windows") {
    return powershell(scriptOf("probe.ps1"));
  }
  // Isolated: a file in the container's working directory must not stand in for a module of the standard library.
  return ["python3", "-I", "-c", scriptOf("probe.py")];
}

const scriptOf = (file: string): string => readFileSync(join(__dirname, file), "utf8");

export interface ProbeOptions extends Pick<CallOptions, "signal" | "waits"> {
  readonly environment: string;
}

/** Makes all probes in one go, side by side. One result for each, in their order. */
export type Prober = (
  host: EngineAccess,
  probes: readonly Probe[],
  /** `waits` tells that something out of reach is among the targets. */
  options: ProbeOptions,
) => Promise<ProbeResult[]>;

/** Makes probes in a container. */
export function probeIn(container: string): Prober {
  return (host, probes, options) =>
    results(probes, container, (input) =>
      docker(host, ["exec", "-i", container, ...proberCommand(host.os)], { input, ...options }),
    );
}

/** Makes probes on a remote host itself: in the network that its own processes see. */
export const probeInHost: Prober = (host, probes, options) =>
  results(probes, `host ${host.name}`, (input) =>
    host.os === "windows" ? overSsh(host, input, options) : inNetwork("host", host, input, options),
  );

/** Makes probes on a remote Linux host from its own network, or from the one that every container can be on. */
export function probeFrom(network: "host" | "bridge"): Prober {
  return (host, probes, options) =>
    results(probes, `network ${network} of ${host.name}`, (input) => inNetwork(network, host, input, options));
}

/** In a container, which has what the prober needs; the host may lack it. It takes the stack's label from its image. */
async function inNetwork(
  network: "host" | "bridge",
  host: EngineAccess,
  input: string,
  options: ProbeOptions,
): Promise<CallResult> {
  if (host.toolbox === undefined) {
    return { stdout: "", stderr: "", problem: "it has no toolbox image", ms: 0 };
  }
  const run = ["run", "--rm", "-i", "--network", network, "--cap-drop", "ALL", "--read-only", "--log-driver", "none"];
  const rights = ["--security-opt", "no-new-privileges"];
  return docker(host, [...run, ...rights, host.toolbox, ...proberCommand(host.os)], { input, ...options });
}

/**
 * What the prober is started by over SSH, where a line may have 8191 characters and the prober is longer: it comes on
 * standard input, before the probes.
 */
export const windowsLoader = [
  "$document = (@($input) -join \"`n\") -replace '^[^{]*', '' | ConvertFrom-Json",
  "$document.probes | & ([ScriptBlock]::Create($document.script))",
].join("\n");

function overSsh(host: EngineAccess, probes: string, options: ProbeOptions): Promise<CallResult> {
  const { environment } = options;
  const target = ["-F", sshConfigPath(environment), aliasOf(host.name, environment)];
  const document = JSON.stringify({ probes, script: scriptOf("probe.ps1") });
  // ASCII only: the code page of a console of Windows is anybody's guess.
  const input = document.replace(
    /[\u007f-\uffff]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return call("ssh", [...target, ...powershell(windowsLoader)], host, { input, ...options });
}

async function results(
  probes: readonly Probe[],
  from: string,
  run: (input: string) => Promise<CallResult>,
): Promise<ProbeResult[]> {
  const { stdout, problem, ms } = await run(JSON.stringify(probes.map((each, id) => ({ id, ...each }))));
  const failed = (why: string): ProbeResult => ({ outcome: "error", detail: `no probe from ${from}: ${why}`, ms });
  if (problem !== undefined) {
    return probes.map(() => failed(problem));
  }
  const lines = stdout.split(/\r?\n/).map(parse);
  return probes.map(({ kind }, id) => {
    const found = lines.filter((result) => result?.id === id);
    return found.length === 1 && isResult(found[0]!, kind) ? found[0] : failed(`it wrote ${excerpt(stdout)}`);
  });
}

type Fields = Partial<Record<string, unknown>>;

function parse(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is what the prober would write: a container's output is not to be trusted with a verdict. */
function isResult(fields: Fields, kind: Probe["kind"]): fields is ProbeResult {
  const { outcome, detail, ms, status, contains, sent, seen, addresses, own, hidden } = fields;
  if (typeof outcome !== "string" || !outcomes[kind].includes(outcome)) {
    return false;
  }
  const complete =
    (outcome !== "answered" || (typeof status === "number" && typeof contains === "boolean")) &&
    (outcome !== "counted" || (typeof sent === "number" && typeof seen === "number")) &&
    (outcome !== "resolved" || (isList(addresses, "string") && addresses.length > 0)) &&
    (outcome !== "listening" || (isList(own, "number") && typeof hidden === "number"));
  return complete && typeof detail === "string" && typeof ms === "number";
}

function isList(value: unknown, of: "string" | "number"): value is unknown[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === of);
}

function excerpt(text: string): string {
  const words = text.trim().replace(/\s+/g, " ");
  return words === "" ? "nothing" : words.slice(0, 80);
}
