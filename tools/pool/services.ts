import type Docker from "dockerode";
import type { Service } from "dockerode";
import { setTimeout as sleep } from "node:timers/promises";
import type { PoolIdentity } from "../../components/containers/container-pool";
import { label } from "../../components/labels";
import { isOver, type Task } from "../swarm/task";
import { poolLabels } from "./create-options";
import { type Failure, type Parts, unlessGone, type Waiting } from "./parts";
import type { Doing } from "./plan";
import type { WantedService } from "./service-spec";

const PAUSE_MS = 1000;

/** Milliseconds without any change in what a swarm's tasks do, after which those that are not as wanted will not be. */
const STALLED_MS = 60_000;

interface Pace {
  readonly pause: number;
  readonly stalled: number;
  readonly signal?: AbortSignal;
}

/** A pool whose instances are services of the swarm that an engine is a manager of. */
export function servicesOn(
  engine: Docker,
  pool: PoolIdentity,
  { pause = PAUSE_MS, stalled = STALLED_MS } = {},
): Parts<WantedService, Service> {
  const tasks = () => engine.listTasks() as Promise<Task[]>;
  const untilRunning = (wanted: readonly WantedService[], waiting: Waiting) =>
    runningOf(wanted, tasks, { ...waiting, pause, stalled });
  return {
    list: async (network) => {
      const labels = Object.entries(poolLabels(pool)).map(([name, value]) => `${name}=${value}`);
      const all = await engine.listServices({ filters: { label: labels } });
      return network === undefined ? all : onNetwork(all, await networkId(engine, network));
    },
    ...asServices,
    async make({ spec }) {
      await engine.createService(spec);
    },
    // Until it runs again, so that others of the pool answer in the meantime.
    async replace(wanted, { ID, Version }) {
      await engine.getService(ID).update({ ...wanted.spec, version: Version!.Index });
      const [failure] = await untilRunning([wanted], { onRunning: () => undefined });
      if (failure !== undefined) {
        throw failure.error;
      }
    },
    start: () => Promise.reject(new Error("a service is started by its swarm")),
    remove: async ({ ID }) => void (await engine.getService(ID).remove().catch(unlessGone)),
    untilRunning,
    async untilGone(removed, signal) {
      const ids = new Set(removed.map(({ ID }) => ID));
      const gone = (all: readonly Task[]) => !all.some((task) => ids.has(task.ServiceID) && !isOver(task));
      if (ids.size > 0) {
        await watch(tasks, gone, { signal, pause, stalled });
      }
    },
  };
}

/** How services are compared with what they should be. */
export const asServices = {
  nameOf: ({ Spec }: Service): string => Spec!.Name!,
  identityOf: ({ ID, Spec }: Service): string => `${ID} ${Spec!.Labels?.[label.spec]}`,
  // A hand may have changed it, of which the label tells nothing.
  whatToDo: ({ spec, hash }: WantedService, { Spec }: Service): Doing =>
    Spec!.Labels?.[label.spec] === hash && covers(Spec, spec) ? "keep" : "replace",
};

/** Whether all that is wanted is there. The engine adds what it decides by itself, and leaves out what is empty. */
function covers(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) {
    return wanted === undefined || found === wanted;
  }
  const there = (found ?? {}) as Record<string, unknown>;
  const sameLength = !Array.isArray(wanted) || wanted.length === (Array.isArray(found) ? found.length : 0);
  return sameLength && Object.entries(wanted).every(([key, value]) => covers(there[key], value));
}

/** Containers of a member that was lost are wanted still, and run no more: only what is wanted to run counts. */
async function runningOf(
  wanted: readonly WantedService[],
  tasks: () => Promise<Task[]>,
  { onRunning, ...pace }: Waiting & Pace,
): Promise<readonly Failure[]> {
  const waiting = new Map(wanted.map((each) => [each.hash, each]));
  const why = new Map<string, string>();
  const allRun = (all: readonly Task[]): boolean => {
    for (const { Spec, Status, DesiredState } of all) {
      const hash = Spec.ContainerSpec?.Labels?.[label.spec] ?? "";
      const { Err = "", Message = "" } = Status;
      if (Status.State === "running" && DesiredState === "running" && waiting.delete(hash)) {
        onRunning();
      } else if (Err !== "" || !why.has(hash)) {
        why.set(hash, Err || Message);
      }
    }
    return waiting.size === 0;
  };
  if (waiting.size > 0) {
    await watch(tasks, allRun, pace);
  }
  return [...waiting.values()].map(({ name, hash }) => ({
    name,
    error: new Error(why.get(hash) ?? "its swarm has not made a container of it"),
  }));
}

/** Looks at a swarm's tasks until they are as they should be, or nothing of what they do has changed for too long. */
async function watch(
  tasks: () => Promise<Task[]>,
  isDone: (all: readonly Task[]) => boolean,
  { signal, pause, stalled }: Pace,
): Promise<void> {
  let since = Date.now();
  for (let before = ""; ; await sleep(pause, undefined, { signal })) {
    const all = await tasks();
    const now = JSON.stringify(all.map(({ Status }) => Status.State).sort());
    since = now === before ? since : Date.now();
    before = now;
    if (isDone(all) || Date.now() - since > stalled) {
      return;
    }
  }
}

function onNetwork(services: readonly Service[], id: string | undefined): Service[] {
  const networksOf = ({ Spec }: Service) => (Spec!.TaskTemplate?.Networks ?? []) as { readonly Target?: string }[];
  return services.filter((service) => networksOf(service).some(({ Target }) => Target === id));
}

/** None of a network that is gone: nothing is on it any more. */
async function networkId(engine: Docker, name: string): Promise<string | undefined> {
  const networks = (await engine.listNetworks({ filters: { name: [name] } })) as { Name: string; Id: string }[];
  return networks.find(({ Name }) => Name === name)?.Id;
}
