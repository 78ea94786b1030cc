import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { PoolIdentity, PoolReport } from "../../components/containers/container-pool";
import { UserError } from "../command";
import type { Failure, Parts } from "./parts";
import { planOf, type Replacement, type Wanted } from "./plan";

export interface Work<W extends Wanted, F> {
  readonly parts: Parts<W, F>;
  readonly pool: PoolIdentity;
  /** Called after each instance that something was done about. */
  readonly onDone?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/** Instances that are made at a time. More of them are no faster: 40 took as long with 16 as with 8 on two processors. */
const AT_A_TIME = 8;

/** Instances that are removed at a time. Some may take their whole grace to end, which should pass for all at once. */
const REMOVED_AT_A_TIME = 32;

/** Of a pool that is replaced, the part that is at work on at a time: the others go on answering. */
const ROLLING_PART = 4;

/** What an earlier run was killed at, the engine may finish only now; and ports change hands within a pool. */
const TRIES = 2;
const PAUSE_MS = 1000;

/**
 * Makes what runs of a pool what is declared. What is as declared is left alone. An instance that fails does not keep the
 * others from being tried.
 */
export async function reconcile<W extends Wanted, F>(
  wanted: readonly W[],
  work: Work<W, F>,
): Promise<{ report: PoolReport; failures: readonly Failure[] }> {
  const { parts, signal } = work;
  const done = { created: new Set<string>(), started: new Set<string>(), removed: new Set<string>() };
  let failures: readonly Failure[] = [];
  for (let tries = 1; tries <= TRIES; tries++) {
    failures = await pass(wanted, work, done);
    if (failures.length === 0 || tries === TRIES) {
      break;
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
  const failed = new Set(failures.map(({ name }) => name));
  const made = wanted.filter(({ name }) => !failed.has(name));
  const onRunning = counter(work, made.length);
  const idle = (await parts.untilRunning?.(made, { signal, onRunning })) ?? [];
  const { keep } = planOf(parts, wanted, await list(work));
  const [created, started, removed] = [done.created, done.started, done.removed].map((names) => [...names].sort());
  const report = {
    changed: created.length + started.length + removed.length > 0,
    created,
    started,
    removed,
    kept: wanted.length - created.length - started.length - failures.length,
    containers: createHash("sha256").update(keep.map(parts.identityOf).sort().join()).digest("hex"),
  };
  return { report, failures: [...failures, ...idle] };
}

/** Removes all instances of a pool that are on a network. What is gone already is no failure. */
export async function removeAll<W extends Wanted, F>(work: Work<W, F>, network: string): Promise<readonly Failure[]> {
  const { parts, signal } = work;
  const found = await list(work, network);
  const run = { signal, atATime: REMOVED_AT_A_TIME, count: counter(work, found.length) };
  const failures = await each(found, parts.nameOf, run, (one) => parts.remove(one));
  await parts.untilGone?.(found, signal);
  return failures;
}

type Done = Record<"created" | "started" | "removed", Set<string>>;

async function pass<W extends Wanted, F>(
  wanted: readonly W[],
  work: Work<W, F>,
  done: Done,
): Promise<readonly Failure[]> {
  const { parts, signal } = work;
  const { surplus, replace, start, create } = planOf(parts, wanted, await list(work));
  const count = counter(work, surplus.length + replace.length + start.length + create.length);
  const run = { signal, count, atATime: AT_A_TIME };
  const rolling = Math.max(1, Math.min(AT_A_TIME, Math.floor(wanted.length / ROLLING_PART)));
  const nameOfWanted = ({ name }: W): string => name;
  const nameOf = ({ wanted: { name } }: Replacement<W, F>): string => name;
  // What goes leaves its port and its address to what comes, so this is not done all at once.
  const stayed = await each(surplus, parts.nameOf, { ...run, atATime: REMOVED_AT_A_TIME }, async (one) => {
    await parts.remove(one);
    done.removed.add(parts.nameOf(one));
  });
  await parts.untilGone?.(surplus, signal);
  return [
    ...stayed,
    ...(await each(replace, nameOf, { ...run, atATime: rolling }, async (one) => {
      await parts.replace(one.wanted, one.found);
      done.created.add(one.wanted.name);
    })),
    ...(await each(start, nameOf, run, async (one) => {
      await parts.start(one.found);
      done.started.add(one.wanted.name);
    })),
    ...(await each(create, nameOfWanted, run, async (one) => {
      await parts.make(one);
      done.created.add(one.name);
    })),
  ];
}

async function list<W extends Wanted, F>({ parts, pool }: Work<W, F>, network?: string): Promise<F[]> {
  try {
    return await parts.list(network);
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(`The container engine does not say what pool "${pool.pool}" has: ${message}`, 1, {
      cause: error,
    });
  }
}

function counter({ onDone }: Pick<Work<Wanted, unknown>, "onDone">, of: number): () => void {
  let done = 0;
  return () => onDone?.(++done, of);
}

/** Does something with all of them, several at a time, and tells what failed. Stops where the run is to be stopped. */
async function each<T>(
  all: readonly T[],
  name: (one: T) => string,
  { signal, atATime, count }: { readonly signal?: AbortSignal; readonly atATime: number; readonly count: () => void },
  work: (one: T) => Promise<unknown>,
): Promise<Failure[]> {
  const { default: pLimit } = await import("p-limit");
  const limit = pLimit(atATime);
  const failures: Failure[] = [];
  await Promise.all(
    all.map((one) =>
      limit(async () => {
        if (signal?.aborted !== true) {
          await work(one).catch((error: unknown) => failures.push({ name: name(one), error }));
          count();
        }
      }),
    ),
  );
  signal?.throwIfAborted();
  return failures;
}
