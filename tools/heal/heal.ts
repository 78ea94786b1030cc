import { platform } from "node:os";
import { UserError } from "../command";
import { run } from "../processes";
import type { Toolchain } from "../setup/toolchain";
import { readState, resourcesOf, type StackState, writeState } from "../stack";
import type { Progress } from "../terminal/progress";
import { drift, type Drift } from "./drift";
import { objectsOf, remove, type EngineObject } from "./engine-objects";
import { type HostEngine, hostOf, identityOf, recordedEngines } from "./engines";
import { leftByFailure } from "./failed-run";
import { endOrphans, lockLeftBehind, restoreCheckpoint } from "./killed-run";

export interface Healing {
  readonly environment: string;
  readonly toolchain: Toolchain;
  readonly progress: Progress;
  /** Removes what carries the stack's label and is not in its state, even if no killed run explains it. */
  readonly takeOver: boolean;
  /** Hosts that are this environment's alone, where nobody else can have made anything. */
  readonly ownHosts?: readonly string[];
}

/** What an earlier run left of itself. */
export interface Settled {
  /** The stack's state; undefined where there is no stack yet. */
  readonly state: StackState | undefined;
  /** Whether an earlier run was killed. */
  readonly killed: boolean;
  /** Whether it left its lock, which is still there. */
  readonly locked: boolean;
}

/** What healing found, and what is left to the update. */
export interface Healed {
  /** The stack's state after healing; undefined where there is no stack yet. */
  readonly state: StackState | undefined;
  /** Whether the state records things that are gone: the update has to refresh it first. */
  readonly refresh: boolean;
  /** URNs of what the update has to make anew, as no refresh would find that it is gone. */
  readonly replace: readonly string[];
  readonly killed: boolean;
}

/** A host whose engine did not answer. */
export interface Silent {
  readonly host: string;
  readonly reason: string;
}

/** What is there under a stack's label, as far as its engines answer. */
export interface Seen {
  readonly engines: readonly HostEngine[];
  readonly objects: readonly EngineObject[];
  readonly silent: readonly Silent[];
}

/**
 * Ends what a killed run left of itself and reads the state; the lock stays until {@link heal} is through.
 * @throws UserError if another run is going on.
 */
export async function settle({ environment, toolchain, progress }: Healing): Promise<Settled> {
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
  return { state, killed, locked };
}

/**
 * Puts right what the update itself would not see: what a killed run left, and what was changed by hand. Whatever is
 * not as the state records it is removed, and the update makes it anew. Only things with the stack's label are touched,
 * and of hosts that do not answer nothing is concluded.
 * @throws UserError if the label's things belong to a state that is not this one.
 */
export async function heal(healing: Healing, { state, killed, locked }: Settled, seen: Seen): Promise<Healed> {
  const { environment, toolchain, progress, takeOver } = healing;
  const dumb = new Set(seen.silent.map(({ host }) => host));
  const told = resourcesOf(state).filter((resource) => !dumb.has(hostOf(resource) ?? ""));
  const found = drift(told, seen.objects);
  // Whose run was killed, has nobody left to remove them; others are at work.
  await remove(killed || takeOver ? found.helpers : []);
  const strange = found.unrecorded.filter(({ engine }) => healing.ownHosts?.includes(engine.host) !== true);
  const explained = killed || takeOver || (await explainedByFailure(strange, healing, state));
  if (!explained) {
    refuse(strange, environment);
  }
  await removeWrong(found, killed, progress);
  // Last, so that a healing that is killed in its turn is still told from a state that lost its records.
  if (locked) {
    await run(toolchain.pulumi, ["cancel", "--yes", "--stack", environment], { env: toolchain.env });
  }
  const settled = killed && state !== undefined ? await forgetPending(environment, state, toolchain) : state;
  return {
    state: settled,
    refresh: found.missing.length > 0 || found.wrong.length > 0,
    replace: found.outdated.map(({ urn }) => urn),
    killed,
  };
}

/**
 * What carries the stack's label on the engines that it uses or used, and on `further` ones. All are asked side by side;
 * those of `silent` hosts are known not to answer.
 */
export async function look(
  environment: string,
  state: StackState | undefined,
  further: readonly HostEngine[],
  silent: readonly Silent[] = [],
): Promise<Seen> {
  const engines = new Map([...further, ...recordedEngines(state)].map((each) => [identityOf(each), each]));
  const inCluster = [...engines.values()].some(({ cluster }) => cluster === true);
  const asked = await Promise.all(
    [...engines.values()].map(async (engine): Promise<readonly EngineObject[] | Silent> => {
      const known = silent.find(({ host }) => host === engine.host);
      return known ?? objectsOf(environment, engine, inCluster).catch((error: Error) => silence(engine, error));
    }),
  );
  const isSilent = (each: (typeof asked)[number]): each is Silent => "reason" in each;
  return {
    engines: [...engines.values()],
    objects: asked.flatMap((each) => (isSilent(each) ? [] : each)),
    silent: asked.filter(isSilent),
  };
}

/** The Docker client quotes ssh behind a description of its own of what it called. */
function silence({ host }: HostEngine, error: Error): Silent {
  const words = /\bstderr=([^]*\S)/.exec(error.message)?.[1] ?? error.message;
  return { host, reason: words.trim().split(/\r?\n/).at(-1)! };
}

async function explainedByFailure(
  unrecorded: readonly EngineObject[],
  { environment, toolchain }: Healing,
  state: StackState | undefined,
): Promise<boolean> {
  return unrecorded.length === 0 || (state !== undefined && leftByFailure(environment, toolchain, unrecorded));
}

function refuse(unrecorded: readonly EngineObject[], environment: string): never {
  const names = unrecorded.map(({ kind, name, engine }) => `${kind} ${name}${placeOf(engine)}`).join(", ");
  throw new UserError(
    `The engine has things of a stack "${environment}" that this state knows nothing of: ${names}.\n` +
      "They belong to another state (another login, another user) or to one that was lost. Nothing was changed.\n" +
      `If nobody needs them: npm run up -- --environment ${environment} --take-over`,
  );
}

/** Where something is, for hosts that are not this machine. */
function placeOf({ host, engine }: HostEngine): string {
  return /^(unix|npipe):/.test(engine) ? "" : ` on ${host}`;
}

async function removeWrong(found: Drift, killed: boolean, progress: Progress): Promise<void> {
  const { missing, outdated, wrong, unrecorded } = found;
  for (const { urn } of [...missing, ...outdated]) {
    progress.line(`Gone: ${urn.split("::").at(-1)}. It is made anew.`);
  }
  for (const { object, reason } of wrong) {
    const { kind, name, engine } = object;
    progress.line(`Not as declared: ${kind} ${name}${placeOf(engine)} ${reason}. It is made anew.`);
  }
  for (const { kind, name, engine } of unrecorded) {
    const why = killed ? "Left by a run that was killed" : "Not recorded";
    progress.line(`${why}: ${kind} ${name}${placeOf(engine)}. It is removed.`);
  }
  await remove([...wrong.map(({ object }) => object), ...unrecorded]);
}

/** What the killed run had under way is removed or will be looked at by a refresh: the records of it have served. */
async function forgetPending(environment: string, state: StackState, toolchain: Toolchain): Promise<StackState> {
  const settled = { ...state, deployment: { ...state.deployment, pending_operations: [] } };
  if ((state.deployment.pending_operations ?? []).length > 0) {
    await writeState(environment, toolchain, settled);
  }
  return settled;
}
