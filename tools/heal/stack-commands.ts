import { platform } from "node:os";
import type { PoolReport } from "../../components/containers/container-pool";
import type { StackReport } from "../../components/network/dialect";
import { run } from "../processes";
import { resourcesOf, type RecordedResource, type StackState } from "../stack";
import type { Progress } from "../terminal/progress";
import { hostOf } from "./engines";

/** Helper containers at a time on a host: more of them would only wait for the engine. */
const AT_A_TIME = 3;

/** Milliseconds after which a person is told what takes so long: a pool may have many containers to make. */
const PATIENCE_MS = 5000;

/** What Pulumi's commands run in unless they say otherwise. */
const shell = platform() === "win32" ? ["cmd", "/C"] : ["/bin/sh", "-c"];

/**
 * Applies what the state says of network stacks, pools and artefacts once more, and tells where something had been changed
 * behind the program's back: rules flushed, a port proxy removed, a pool's container stopped, a file deleted. A network
 * stack whose container is gone or stopped is left to the update. Returns whether all pools are as recorded: one whose
 * image is gone cannot be yet.
 */
export async function mendStacks(state: StackState | undefined, progress: Progress): Promise<boolean> {
  const { default: pLimit } = await import("p-limit");
  const limits = new Map<string, ReturnType<typeof pLimit>>();
  const limitOf = (command: RecordedResource) => {
    const host = hostOf(command) ?? "";
    const limit = limits.get(host) ?? pLimit(AT_A_TIME);
    limits.set(host, limit);
    return limit;
  };
  const mendAll = async (commands: RecordedResource[]) =>
    (await Promise.all(commands.map((command) => limitOf(command)(() => mend(command, progress))))).every(Boolean);
  const [, pools] = await Promise.all([
    mendAll([...stackCommandsOf(state), ...artefactCommandsOf(state)]),
    mendAll(poolCommandsOf(state)),
  ]);
  return pools;
}

/**
 * The commands that `NetworkStack`, `Acl` and `FirewallRule` declare, by the types in their URN; and of `MemberPorts` the
 * second one, after which nobody is let in but the members. A host that is started anew has nothing of their tables.
 */
export function stackCommandsOf(state: StackState | undefined): RecordedResource[] {
  return resourcesOf(state).filter(({ urn }) =>
    /:(network:(NetworkStack|Acl|FirewallRule)\$command:|cluster:MemberPorts\$command:.*-close$)/.test(urn),
  );
}

/** The commands that bring artefacts to this machine. Each looks for its files here before it asks anybody for them. */
function artefactCommandsOf(state: StackState | undefined): RecordedResource[] {
  return resourcesOf(state).filter(({ urn }) => /:labs:Artefacts\$command:/.test(urn));
}

/** The commands by which a `ContainerPool` makes its containers; its other one only removes them. */
function poolCommandsOf(state: StackState | undefined): RecordedResource[] {
  return resourcesOf(state).filter(({ urn }) => /:containers:ContainerPool\$command:.*-containers$/.test(urn));
}

/** A recorded command's own words for what is run, and how. */
interface RecordedCommand {
  readonly create: string;
  readonly stdin: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What runs the command in the place of this machine's shell: on a remote host, ssh. */
  readonly interpreter?: readonly string[];
  readonly dir?: string;
}

/** Returns whether all is as the command would have it. */
async function mend({ urn, inputs }: RecordedResource, progress: Progress): Promise<boolean> {
  const { create, stdin, environment, interpreter, dir } = inputs as unknown as RecordedCommand;
  const [program, ...options] = interpreter ?? shell;
  const name = urn.split("::").at(-1)!;
  const impatience = setTimeout(() => progress.line(`${name} is being looked at and mended.`), PATIENCE_MS);
  try {
    const text = await run(program, [...options, create], { input: stdin, env: { ...environment }, cwd: dir });
    const report = JSON.parse(text) as StackReport | PoolReport;
    if (report.changed) {
      progress.line(`Not as declared: ${name} had been changed${details(report)}. It is as declared again.`);
    }
    return true;
  } catch (error) {
    if (
      !/no such (container|image|network)|is not running|non running container|unable to find image/i.test(
        String(error),
      )
    ) {
      progress.line(`${name} could not be looked at: ${(error as Error).message}`);
    }
    return false;
  } finally {
    clearTimeout(impatience);
  }
}

function details(report: StackReport | PoolReport): string {
  return "created" in report
    ? ` (${report.created.length} made, ${report.started.length} started, ${report.removed.length} removed)`
    : "";
}
