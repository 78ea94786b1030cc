import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { setTimeout as pause } from "node:timers/promises";
import type { HostOs } from "../labs/lab";
import type { RemoteServer } from "../settings/hosts";
import { bootstrapWords, inCloud } from "./cloud-trouble";
import { clientEnvironment, type EngineAddress } from "./engine-address";
import { fingerprint } from "./host-key";
import { located } from "./located";
import { logIn, shownHostKey } from "./ssh";
import { aliasOf, hostKeyOf, type Machine, placesOf, socketsOf, sshConfigPath, wayTo } from "./ssh-config";
import { azureTrouble, engineTrouble, sshTrouble, type Trouble } from "./trouble";
import type { TunnelledServer } from "./tunnel-routes";
import { tunnelTrouble } from "./tunnels";

/** What a host goes through before anything is declared on it, in this order. */
export type StepName =
  /** A cloud has made a machine for it. */
  | "machine"
  /** SSH answers with the pinned host key, and lets the user in. */
  | "ssh"
  /** The container engine answers. */
  | "engine"
  /** It runs containers of the declared system. */
  | "system"
  /** It is new enough. */
  | "version";

export interface Step {
  readonly name: StepName;
  /** A step is skipped if one before it failed. */
  readonly status: "pass" | "fail" | "skipped";
  /** What was found, in one line; of a host key that is not the pinned one, in several. */
  readonly detail: string;
  /** What to do about a failure. */
  readonly cure?: string;
}

export interface ReadinessOptions {
  /** How long what may pass by itself is tried again: a machine that starts, an engine that starts. 0: not at all. */
  readonly waitSeconds?: number;
  /** Is told, before it is tried again, which step was not passed yet, and why. */
  readonly onRetry?: (step: StepName, why: string) => void;
  readonly signal?: AbortSignal;
}

/** An engine and what the settings say of it. */
export interface DeclaredEngine extends EngineAddress {
  readonly os: HostOs;
}

/** The oldest version of the engine's API that the labs are tested with: Docker 20.10's. */
export const oldestApi = "1.41";

/** How an environment's server is reached by a Docker client of this machine. */
export function engineAddressOf(server: RemoteServer, environment: string): EngineAddress {
  const { name, address, docker, tls } = server;
  if (docker === "ssh" || tls === undefined) {
    return { engine: `ssh://${aliasOf(name, environment)}`, sshConfig: sshConfigPath(environment) };
  }
  // Docker knows no home folder. Otherwise as the settings have it, so that the state is the same in every clone.
  const certPath = tls.certPath.startsWith("~") ? located(tls.certPath) : tls.certPath;
  return { engine: `tcp://${address}:${tls.port}`, certPath };
}

/**
 * Whether a server is ready to have labs on it, step by step. `writeSshConfig` has to have been called for it. It rejects
 * only if the signal is aborted.
 */
export async function readinessOf(
  server: TunnelledServer,
  environment: string,
  options: ReadinessOptions = {},
): Promise<Step[]> {
  const since = performance.now();
  const ssh = await step("ssh", () => tryLogin(server, environment, options.signal), since, options);
  const engine = { ...engineAddressOf(server, environment), os: server.os };
  const steps = ssh.status === "pass" ? [ssh, ...(await engineSteps(engine, since, options))] : [ssh, ...skipped(0)];
  const further = bootstrapWords(server, environment);
  return further === undefined ? steps : steps.map((each) => withFurther(each, further));
}

/** What did not come up may be told by whoever was to bring it up. */
function withFurther(step: Step, further: string): Step {
  const { name, status, cure } = step;
  return status === "fail" && (name === "ssh" || name === "engine")
    ? { ...step, cure: `${cure}; or ${further}` }
    : step;
}

/** The steps after `ssh`, which are all there is for this machine's own engine. */
export async function engineReadiness(engine: DeclaredEngine, options: ReadinessOptions = {}): Promise<Step[]> {
  return engineSteps(engine, performance.now(), options);
}

type Outcome = { readonly detail: string } | Trouble;

async function engineSteps(engine: DeclaredEngine, since: number, options: ReadinessOptions): Promise<Step[]> {
  let found: EngineVersion | undefined;
  const answers = async (): Promise<Outcome> => {
    const asked = await askVersion(engine, options.signal);
    found = "detail" in asked ? asked.version : undefined;
    return asked;
  };
  const answered = await step("engine", answers, since, options);
  if (found === undefined) {
    return [answered, ...skipped(1)];
  }
  const { Os, ApiVersion, Version } = found;
  const system: Step =
    Os === engine.os
      ? { name: "system", status: "pass", detail: `${Os} containers` }
      : {
          name: "system",
          status: "fail",
          detail: `it runs ${Os} containers, and the settings say ${engine.os}`,
          cure: `set its os to ${Os}, or switch the engine to ${engine.os} containers`,
        };
  if (system.status === "fail") {
    return [answered, system, ...skipped(2)];
  }
  const version: Step = isOlder(ApiVersion, oldestApi)
    ? {
        name: "version",
        status: "fail",
        detail: `Docker ${Version} has API ${ApiVersion}, older than ${oldestApi}`,
        cure: "install Docker 20.10 or newer on it",
      }
    : { name: "version", status: "pass", detail: `Docker ${Version}, API ${ApiVersion}` };
  return [answered, system, version];
}

/** Tries until it is passed, will not pass by itself, or takes too long. */
async function step(
  name: StepName,
  attempt: () => Promise<Outcome>,
  since: number,
  { waitSeconds = 0, onRetry, signal }: ReadinessOptions,
): Promise<Step> {
  for (let wait = 500; ; wait = Math.min(wait * 1.5, 5_000)) {
    const outcome = await attempt();
    if ("detail" in outcome) {
      return { name, status: "pass", detail: outcome.detail };
    }
    const { reason, cure, passing } = outcome;
    if (!passing || performance.now() + wait - since > waitSeconds * 1000) {
      const waited = passing && waitSeconds > 0 ? ` (waited ${Math.round((performance.now() - since) / 1000)} s)` : "";
      return { name, status: "fail", detail: `${reason}${waited}`, cure };
    }
    onRetry?.(name, reason);
    await pause(wait, undefined, { signal });
  }
}

const names: readonly StepName[] = ["ssh", "engine", "system", "version"];

/** The steps after the one at this index. */
function skipped(index: number): Step[] {
  const detail = `${names[index]} has to pass first`;
  return names.slice(index + 1).map((name) => ({ name, status: "skipped", detail }));
}

/** Over a jump host, OpenSSH would keep that one's words to itself: so the way is gone step by step. */
async function tryLogin(server: TunnelledServer, environment: string, signal?: AbortSignal): Promise<Outcome> {
  const way = wayTo(server, environment);
  for (const machine of way) {
    const target = { sshConfig: sshConfigPath(environment), alias: machine.alias };
    // One after the other: a server may take few at a time. Those that are there already take next to no time.
    for (const socket of socketsOf(machine, placesOf(environment))) {
      const { exitCode, words } = await logIn({ ...target, socket }, machine.password, signal);
      if (exitCode !== 0) {
        const throughTunnel = await tunnelTrouble(server, environment);
        if (throughTunnel !== undefined) {
          return azureTrouble(throughTunnel);
        }
        const trouble = sshTrouble(words, machine, environment);
        const meant = server.instance === undefined ? trouble : inCloud(trouble, server, environment);
        return meant.otherKey === true ? withFingerprints(meant, machine, await shownHostKey(target, signal)) : meant;
      }
    }
  }
  return { detail: way.map(({ user, address, port }) => `${user}@${address}:${port}`).join(", ") };
}

function withFingerprints(trouble: Trouble, machine: Machine, shown = "unknown"): Trouble {
  const pinned = hostKeyOf(machine);
  const both = [`pinned: ${pinned.split(" ")[0]} ${fingerprint(pinned)}`, `shown:  ${shown}`];
  return { ...trouble, reason: [trouble.reason, ...both].join("\n") };
}

interface EngineVersion {
  readonly Os: string;
  readonly Version: string;
  readonly ApiVersion: string;
}

const run = promisify(execFile);

async function askVersion(
  engine: DeclaredEngine,
  signal?: AbortSignal,
): Promise<{ detail: string; version: EngineVersion } | Trouble> {
  const env = { ...process.env, ...clientEnvironment(engine) };
  try {
    const asked = await run("docker", ["version", "--format", "{{json .Server}}"], { env, timeout: 30_000, signal });
    const version = JSON.parse(asked.stdout) as EngineVersion;
    return { detail: `Docker ${version.Version} answers at ${engine.engine}`, version };
  } catch (error) {
    signal?.throwIfAborted();
    const {
      code,
      stderr = "",
      message,
      killed,
    } = error as Error & { code?: unknown; stderr?: string; killed?: boolean };
    const words = code === "ENOENT" ? "no docker here" : killed === true ? "timed out" : stderr.trim() || message;
    return engineTrouble(words, engine);
  }
}

/** Whether a version of two numbers is older than another. */
function isOlder(version: string, than: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  const [thanMajor, thanMinor] = than.split(".").map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}

/** A host with the steps that were tried with it. */
export interface TriedSteps {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** The step that a host did not pass. */
export function failedStep({ steps }: Pick<TriedSteps, "steps">): Step | undefined {
  return steps.find(({ status }) => status === "fail");
}

/**
 * What is said of hosts that are not ready, for a person: each with its step, the reason and the cure.
 * @param changed What was changed all the same.
 */
export function unreadyText(tried: readonly TriedSteps[], changed = "Nothing was changed."): string {
  const unready = tried.filter((each) => failedStep(each) !== undefined);
  const header = `${unready.length} of ${tried.length} hosts are not ready. ${changed}`;
  return [header, ...unready.map(hostText)].join("\n\n");
}

function hostText({ name, steps }: TriedSteps): string {
  const { name: step, detail, cure } = failedStep({ steps })!;
  return [
    `  ${name}`,
    `    step:   ${step}`,
    `    reason: ${detail.replaceAll("\n", "\n            ")}`,
    ...(cure === undefined ? [] : [`    cure:   ${cure}`]),
  ].join("\n");
}
