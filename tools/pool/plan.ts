import type { ContainerInfo } from "dockerode";
import { label } from "../../components/labels";
import type { WantedContainer } from "./create-options";

/** A container that is there and not as it should be. */
export interface Replacement {
  readonly wanted: WantedContainer;
  readonly found: ContainerInfo;
}

/** What is to be done so that a pool is as declared. */
export interface Plan {
  /** In the pool, and not declared. */
  readonly surplus: readonly ContainerInfo[];
  readonly replace: readonly Replacement[];
  /** As declared, but stopped or never started. */
  readonly start: readonly Replacement[];
  readonly create: readonly WantedContainer[];
  readonly keep: readonly ContainerInfo[];
}

/** Compares the containers of a pool with those that should be there. Pure. */
export function planOf(wanted: readonly WantedContainer[], found: readonly ContainerInfo[]): Plan {
  const byName = new Map(found.map((container) => [nameOf(container), container]));
  const declared = new Set(wanted.map(({ name }) => name));
  const there = wanted.flatMap((each): Replacement[] => {
    const container = byName.get(each.name);
    return container === undefined ? [] : [{ wanted: each, found: container }];
  });
  const doing = (what: Doing) => there.filter((each) => whatToDo(each) === what);
  return {
    surplus: found.filter((container) => !declared.has(nameOf(container))),
    replace: doing("replace"),
    start: doing("start"),
    create: wanted.filter(({ name }) => !byName.has(name)),
    keep: doing("keep").map((each) => each.found),
  };
}

/** Docker's name of a container, which the engine lists with a slash before it. */
export function nameOf({ Names }: ContainerInfo): string {
  return Names[0].replace(/^\//, "");
}

type Doing = "keep" | "start" | "replace";

function whatToDo({ wanted, found }: Replacement): Doing {
  if (found.Labels[label.spec] !== wanted.hash) {
    return "replace";
  }
  if (found.State === "running") {
    return isWired(wanted, found) ? "keep" : "replace";
  }
  return found.State === "exited" || found.State === "created" ? "start" : "replace";
}

/** Whether it is on its networks with its addresses, and on no others: a hand may have changed that. */
function isWired({ endpoints }: WantedContainer, { NetworkSettings: { Networks } }: ContainerInfo): boolean {
  const actual = Object.values(Networks);
  return (
    actual.length === Object.keys(endpoints).length &&
    actual.every(({ NetworkID, IPAddress }) => endpoints[NetworkID]?.IPAMConfig?.IPv4Address === IPAddress)
  );
}
