import { platform } from "node:os";
import { UserError } from "../command";
import { run } from "../processes";
import type { Toolchain } from "../setup/toolchain";
import { readState, resourcesOf, type StackState } from "../stack";
import type { Progress } from "../terminal/progress";
import { drift, type Drift } from "./drift";
import { objectsOf, remove, type EngineObject } from "./engine-objects";
import { endOrphans, lockLeftBehind, restoreCheckpoint } from "./killed-run";

export interface Healing {
  readonly environment: string;
  readonly toolchain: Toolchain;
  /** The engine to ask besides those that the state knows: this machine's. */
  readonly engine: string;
  readonly progress: Progress;
  /** Removes what carries the stack's label and is not in its state, even if no killed run explains it. */
  readonly takeOver: boolean;
}

/** What healing found, and what is left to the update. */
export interface Healed {
  /** The stack's state after healing; undefined where there is no stack yet. */
  readonly state: StackState | undefined;
  /** Whether the state records things that are gone: the update has to refresh it first. */
  readonly refresh: boolean;
  /** Whether an earlier run was killed. */
  readonly killed: boolean;
}

/**
 * Puts right what the update itself would not see: what a killed run left, and what was changed by hand. Whatever is
 * not as the state records it is removed, and the update makes it anew. Only things with the stack's label are touched.
 * @throws UserError if another run is going on, or if the label's things belong to a state that is not this one.
 */
export async function heal(healing: Healing): Promise<Healed> {
  const { environment, toolchain, progress } = healing;
  const place = { stack: environment, backend: toolchain.backend };
  const locked = lockLeftBehind(place);
  if (locked && platform() === "linux") {
    const orphans = endOrphans(place);
    progress.line(
      `An earlier run was killed. Its lock is taken away${orphans > 0 ? ` and ${orphans} left-over processes are ended` : ""}.`,
    );
  }
  const restored = restoreCheckpoint(place);
  if (restored) {
    progress.line("The run was killed while it wrote its state. The state of the moment before is put back.");
  }
  const state = await readState(environment, toolchain);
  const killed = locked || restored || (state?.deployment.pending_operations ?? []).length > 0;
  const found = drift(resourcesOf(state), await look(environment, state, healing.engine));
  refuseStrangers(found, healing, killed);
  await removeWrong(found, progress);
  // Last, so that a healing that is killed in its turn is still told from a state that lost its records.
  if (locked) {
    await run(toolchain.pulumi, ["cancel", "--yes", "--stack", environment], { env: toolchain.env });
  }
  const settled = killed && state !== undefined ? await forgetPending(environment, state, toolchain) : state;
  return { state: settled, refresh: found.missing.length > 0 || found.wrong.length > 0, killed };
}

/** What carries the stack's label on the engines that it uses or used. */
export async function look(
  environment: string,
  state: StackState | undefined,
  engine: string,
): Promise<EngineObject[]> {
  const engines = resourcesOf(state)
    .filter(({ type }) => type === "pulumi:providers:docker")
    .flatMap(({ inputs }) => (typeof inputs?.host === "string" ? inputs.host : []));
  const asked = [...new Set([...engines, engine])];
  return (await Promise.all(asked.map((each) => objectsOf(environment, each)))).flat();
}

function refuseStrangers({ unrecorded }: Drift, { environment, takeOver }: Healing, killed: boolean): void {
  if (unrecorded.length > 0 && !killed && !takeOver) {
    const names = unrecorded.map(({ kind, name }) => `${kind} ${name}`).join(", ");
    throw new UserError(
      `The engine has things of a stack "${environment}" that this state knows nothing of: ${names}.\n` +
        "They belong to another state (another login, another user) or to one that was lost. Nothing was changed.\n" +
        `If nobody needs them: npm run up -- --environment ${environment} --take-over`,
    );
  }
}

async function removeWrong({ missing, wrong, unrecorded }: Drift, progress: Progress): Promise<void> {
  for (const { urn } of missing) {
    progress.line(`Gone: ${urn.split("::").at(-1)}. It is made anew.`);
  }
  for (const { object, reason } of wrong) {
    progress.line(`Not as declared: ${object.kind} ${object.name} ${reason}. It is made anew.`);
  }
  for (const { kind, name } of unrecorded) {
    progress.line(`Left by a run that was killed: ${kind} ${name}. It is removed.`);
  }
  await remove([...wrong.map(({ object }) => object), ...unrecorded]);
}

/** What the killed run had under way is removed or will be looked at by a refresh: the records of it have served. */
async function forgetPending(environment: string, state: StackState, toolchain: Toolchain): Promise<StackState> {
  const settled = { ...state, deployment: { ...state.deployment, pending_operations: [] } };
  if ((state.deployment.pending_operations ?? []).length > 0) {
    await run(toolchain.pulumi, ["stack", "import", "--stack", environment], {
      env: toolchain.env,
      input: JSON.stringify(settled),
    });
  }
  return settled;
}
