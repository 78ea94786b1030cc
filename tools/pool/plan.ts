import type { Parts } from "./parts";

/** An instance of a pool as it should be. */
export interface Wanted {
  readonly name: string;
  /** `label.spec` of labels.ts: says whether one that is there was made from the same. */
  readonly hash: string;
}

/** An instance that is there and not as it should be. */
export interface Replacement<W, F> {
  readonly wanted: W;
  readonly found: F;
}

/** What is to be done about an instance that is there. */
export type Doing = "keep" | "start" | "replace";

/** What is to be done so that a pool is as declared. */
export interface Plan<W, F> {
  /** In the pool, and not declared. */
  readonly surplus: readonly F[];
  readonly replace: readonly Replacement<W, F>[];
  /** As declared, but stopped or never started. */
  readonly start: readonly Replacement<W, F>[];
  readonly create: readonly W[];
  readonly keep: readonly F[];
}

/** Compares the instances of a pool with those that should be there. Pure. */
export function planOf<W extends Wanted, F>(
  { nameOf, whatToDo }: Pick<Parts<W, F>, "nameOf" | "whatToDo">,
  wanted: readonly W[],
  found: readonly F[],
): Plan<W, F> {
  const byName = new Map(found.map((each) => [nameOf(each), each]));
  const declared = new Set(wanted.map(({ name }) => name));
  const there = wanted.flatMap((each): Replacement<W, F>[] => {
    const same = byName.get(each.name);
    return same === undefined ? [] : [{ wanted: each, found: same }];
  });
  const doing = (what: Doing) => there.filter((each) => whatToDo(each.wanted, each.found) === what);
  return {
    surplus: found.filter((each) => !declared.has(nameOf(each))),
    replace: doing("replace"),
    start: doing("start"),
    create: wanted.filter(({ name }) => !byName.has(name)),
    keep: doing("keep").map((each) => each.found),
  };
}
