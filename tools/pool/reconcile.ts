import type Docker from "dockerode";
import type { ContainerInfo } from "dockerode";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { PoolIdentity, PoolReport } from "../../components/containers/container-pool";
import { UserError } from "../command";
import { graceSeconds, poolLabels, type WantedContainer } from "./create-options";
import { nameOf, planOf, type Replacement } from "./plan";

export interface Work {
  readonly engine: Docker;
  readonly pool: PoolIdentity;
  /** Called after each container that something was done about. */
  readonly onDone?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/** What could not be done about a container. */
export interface Failure {
  readonly name: string;
  readonly error: unknown;
}

/** Containers that are made at a time. More of them are no faster: 40 took as long with 16 as with 8 on two processors. */
const AT_A_TIME = 8;

/** Containers that are removed at a time. Some may take their whole grace to end, which should pass for all at once. */
const REMOVED_AT_A_TIME = 32;

/** Of a pool that is replaced, the part that is at work on at a time: the others go on answering. */
const ROLLING_PART = 4;

/** What an earlier run was killed at, the engine may finish only now; and ports change hands within a pool. */
const TRIES = 2;
const PAUSE_MS = 1000;

/**
 * Makes what runs of a pool what is declared. What is as declared is left alone. A container that fails does not keep the
 * others from being tried.
 */
export async function reconcile(
  wanted: readonly WantedContainer[],
  work: Work,
): Promise<{ report: PoolReport; failures: readonly Failure[] }> {
  const done = { created: new Set<string>(), started: new Set<string>(), removed: new Set<string>() };
  let failures: readonly Failure[] = [];
  for (let tries = 1; tries <= TRIES; tries++) {
    failures = await pass(wanted, work, done);
    if (failures.length === 0 || tries === TRIES) {
      break;
    }
    await sleep(PAUSE_MS, undefined, { signal: work.signal });
  }
  const { keep } = planOf(wanted, await list(work));
  const [created, started, removed] = [done.created, done.started, done.removed].map((names) => [...names].sort());
  const report = {
    changed: created.length + started.length + removed.length > 0,
    created,
    started,
    removed,
    kept: wanted.length - created.length - started.length - failures.length,
    containers: createHash("sha256")
      .update(
        keep
          .map(({ Id }) => Id)
          .sort()
          .join(),
      )
      .digest("hex"),
  };
  return { report, failures };
}

/** Removes all containers of a pool that are on a network. What is gone already is no failure. */
export async function removeAll(work: Work, network: string): Promise<readonly Failure[]> {
  const found = await list(work, { network: [network] });
  const run = { ...work, atATime: REMOVED_AT_A_TIME, count: counter(work, found.length) };
  return each(found, nameOf, run, (container) => remove(work.engine, container.Id));
}

type Done = Record<"created" | "started" | "removed", Set<string>>;

async function pass(wanted: readonly WantedContainer[], work: Work, done: Done): Promise<readonly Failure[]> {
  const { engine } = work;
  const { surplus, replace, start, create } = planOf(wanted, await list(work));
  const count = counter(work, surplus.length + replace.length + start.length + create.length);
  const run = { ...work, count, atATime: AT_A_TIME };
  const rolling = Math.max(1, Math.min(AT_A_TIME, Math.floor(wanted.length / ROLLING_PART)));
  // What goes leaves its port and its address to what comes, so this is not done all at once.
  return [
    ...(await each(surplus, nameOf, { ...run, atATime: REMOVED_AT_A_TIME }, async (container) => {
      await remove(engine, container.Id);
      done.removed.add(nameOf(container));
    })),
    ...(await each(replace, wantedName, { ...run, atATime: rolling }, async (one) => {
      await remove(engine, one.found.Id);
      await make(engine, one.wanted);
      done.created.add(one.wanted.name);
    })),
    ...(await each(start, wantedName, run, async (one) => {
      await engine.getContainer(one.found.Id).start();
      done.started.add(one.wanted.name);
    })),
    ...(await each(
      create,
      ({ name }) => name,
      run,
      async (one) => {
        await make(engine, one);
        done.created.add(one.name);
      },
    )),
  ];
}

function wantedName({ wanted: { name } }: Replacement): string {
  return name;
}

async function list({ engine, pool }: Work, filters: Record<string, string[]> = {}): Promise<ContainerInfo[]> {
  const labels = Object.entries(poolLabels(pool)).map(([name, value]) => `${name}=${value}`);
  try {
    return await engine.listContainers({ all: true, filters: { ...filters, label: labels } });
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(`The container engine does not say what pool "${pool.pool}" has: ${message}`, 1, {
      cause: error,
    });
  }
}

async function make(engine: Docker, { options, endpoints }: WantedContainer): Promise<void> {
  const container = await engine.createContainer(options);
  for (const [network, EndpointConfig] of Object.entries(endpoints).slice(1)) {
    await engine.getNetwork(network).connect({ Container: container.id, EndpointConfig });
  }
  await container.start();
}

async function remove(engine: Docker, id: string): Promise<void> {
  const container = engine.getContainer(id);
  // One that does not end by itself in time is killed by the engine.
  await container.stop({ t: graceSeconds }).catch(unlessGone);
  await container.remove({ force: true, v: true }).catch(unlessGone);
}

/** Also if it goes at this moment, or was not running: https://docs.docker.com/reference/api/engine/version/v1.41/ */
function unlessGone(error: unknown): void {
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode !== 304 && statusCode !== 404 && !(statusCode === 409 && /already in progress/.test(message ?? ""))) {
    throw error;
  }
}

function counter({ onDone }: Work, of: number): () => void {
  let done = 0;
  return () => onDone?.(++done, of);
}

/** Does something with all of them, several at a time, and tells what failed. Stops where the run is to be stopped. */
async function each<T>(
  all: readonly T[],
  name: (one: T) => string,
  { signal, atATime, count }: Pick<Work, "signal"> & { readonly atATime: number; readonly count: () => void },
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
