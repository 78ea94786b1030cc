import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, run, runAttached } from "../processes";
import type { UpdateOptions } from "../update";
import { type ResourceChanges, resourceChanges } from "./resources";

/** What Pulumi says of an update that it was not asked to make. */
export interface Previewed {
  readonly exitCode: number;
  readonly resources: ResourceChanges;
  /** Its own words, unless they went to the terminal. */
  readonly output?: string;
  /** One event in JSON a line. */
  readonly eventLog: string;
}

/**
 * Has Pulumi preview the environment, on this terminal or with what it writes kept. What it would do is read from its
 * event log, in which secrets are masked as on a terminal.
 */
export async function pulumiPreview(
  { environment, toolchain, engine, signal }: UpdateOptions,
  attached: boolean,
  further: readonly string[] = [],
): Promise<Previewed> {
  const folder = mkdtempSync(join(tmpdir(), "preview-"));
  const log = join(folder, "events.jsonl");
  const args = ["preview", "--stack", environment, "--suppress-progress", "--event-log", log, ...further];
  // The option for the event log is one of those that this variable brings.
  const env = {
    ...toolchain.env,
    PULUMI_DEBUG_COMMANDS: "true",
    ...(engine === undefined ? {} : { DOCKER_HOST: engine }),
  };
  try {
    const outcome = attached
      ? { exitCode: await runAttached(toolchain.pulumi, args, { env }) }
      : await kept(toolchain.pulumi, [...args, "--color", "never", "--non-interactive"], { env, signal });
    const eventLog = readIfThere(log);
    return { ...outcome, eventLog, resources: resourceChanges(eventLog) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function kept(
  command: string,
  args: readonly string[],
  options: Parameters<typeof run>[2],
): Promise<{ exitCode: number; output: string }> {
  try {
    return { exitCode: 0, output: await run(command, args, options) };
  } catch (error) {
    if (error instanceof CommandError && error.commandExitCode !== undefined) {
      return { exitCode: error.commandExitCode, output: error.message };
    }
    throw error;
  }
}

/** Pulumi that ended before its first event has written none. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
