import { labSelection } from "../components/settings/lab-selection";
import type { Call } from "./command";
import { heal, look, type Healing } from "./heal/heal";
import { markOf } from "./heal/killed-run";
import { mendStacks } from "./heal/stack-commands";
import { run, runAttached } from "./processes";
import { setUp } from "./setup";
import { readState, resourcesOf, type StackState } from "./stack";

export interface UpdateOptions extends Healing {
  /** The labs of this run in place of those in the stack file. */
  readonly labs?: string;
}

/** The option that `up`, `start` and `destroy` share. */
export const takeOverOption = { "take-over": { type: "boolean", default: false } } as const;

/** Sets up what an operation on an environment needs, and reads the call's options for it. */
export async function prepare({ environment, values, progress }: Call): Promise<UpdateOptions> {
  const { toolchain, engine } = await setUp(progress, { environment });
  return {
    environment,
    toolchain,
    engine: engine.dockerHost,
    progress,
    labs: values.labs as string | undefined,
    takeOver: values["take-over"] as boolean,
  };
}

/** Without questions, without the outputs (what to open is said at the end), and without rows of dots in a log file. */
const quietly = ["--yes", "--skip-preview", "--suppress-outputs", "--suppress-progress"];

/** What `npm run up` did. */
export interface Updated {
  readonly exitCode: number;
  /** The stack's state after the update. */
  readonly state: StackState | undefined;
}

/**
 * Brings an environment up with one command, whatever the last run left: heals, updates, and heals once more if the
 * update ran into something that a killed run's engine finished only now.
 */
export async function bringUp(options: UpdateOptions): Promise<Updated> {
  const first = await heal(options);
  if (first.state === undefined) {
    const { toolchain, environment } = options;
    await run(toolchain.pulumi, ["stack", "init", environment, "--no-select"], { env: toolchain.env });
  }
  const mended = await mendStacks(first.state, options.progress);
  let exitCode = await pulumiUp(options, first.refresh || first.killed);
  if (exitCode !== 0 && first.killed) {
    const again = await heal({ ...options, takeOver: true });
    exitCode = await pulumiUp(options, again.refresh);
  }
  const state = await readState(options.environment, options.toolchain);
  // An image that the update has put back is the same as before, which is no reason to run a pool's command again.
  if (exitCode === 0 && !mended && !(await mendStacks(state, options.progress))) {
    exitCode = 1;
  }
  return { exitCode, state };
}

function pulumiUp(options: UpdateOptions, refresh: boolean): Promise<number> {
  return pulumi(options, "up", ...(refresh ? ["--refresh"] : []));
}

/** Runs an operation on this terminal, on this machine's engine, marked as this program's. */
function pulumi(options: UpdateOptions, operation: string, ...args: string[]): Promise<number> {
  const { environment, toolchain, labs, engine } = options;
  return runAttached(toolchain.pulumi, [operation, "--stack", environment, ...quietly, ...args], {
    env: {
      ...toolchain.env,
      ...markOf({ stack: environment, backend: toolchain.backend }),
      DOCKER_HOST: engine,
      [labSelection]: labs,
    },
  });
}

/** What a teardown left: empty when it is done. */
export interface TornDown {
  readonly exitCode: number;
  readonly left: readonly string[];
}

/** Takes an environment down and asks the engines what is left of it. */
export async function tearDown(options: UpdateOptions): Promise<TornDown> {
  const { environment, engine } = options;
  const { state } = await heal(options);
  const empty = resourcesOf(state).every(({ type }) => type === "pulumi:pulumi:Stack");
  const exitCode = empty ? 0 : await pulumi(options, "destroy");
  const left = await look(environment, state, engine);
  return { exitCode, left: left.map(({ kind, name, engine: where }) => `${kind} ${name} on ${where}`) };
}
