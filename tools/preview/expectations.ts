import type { PlacedExpectation } from "../../components/checks/expectation";
import { VISITOR } from "../../components/checks/visitor";
import type { Plan } from "../../components/plan";
import { Judge } from "./judge";
import { containersOf, networksOf } from "./reach";
import { movedOn, translated } from "./translate";

type Judged = Pick<Plan, "topology" | "openings" | "expectations">;

/** An expectation, as a report names it. */
export interface Named {
  readonly lab: string;
  readonly at: string;
  readonly name: string;
}

/** An expectation that would not hold. */
export interface Broken extends Named {
  readonly why: string;
  /** Whether it holds, or may hold, as things are. */
  readonly heldBefore: boolean;
  /** Whether the settings still expect it, so that `verify` would fail for it. */
  readonly expected: boolean;
  /** What is expected of the same connection instead. */
  readonly instead?: string;
}

/** What becomes of the expectations. */
export interface ExpectationChanges {
  readonly broken: readonly Broken[];
  readonly added: readonly Named[];
  /** Not expected any more, though what they speak of stays and they may well hold. */
  readonly dropped: readonly Named[];
  /** How many go with the container, network or host that they speak of. */
  readonly gone: number;
  /** How many are expected as before, some of them at other addresses. */
  readonly kept: number;
  readonly moved: number;
  /** Those of the same name that ask for something else: what a new build answers. */
  readonly altered: readonly Named[];
  /** How many of those that are expected hold by the plan, and how many only a running environment can tell. */
  readonly holding: number;
  readonly open: number;
}

/** Judges what is expected now and what will be, all of it by the plan. */
export function compareExpectations(before: Judged | undefined, after: Judged): ExpectationChanges {
  const byPlan = new Judge(after);
  const now = before && new Judge(before);
  const moved = movedOn(before?.topology ?? { environment: "", hosts: [] }, after.topology);
  const were = (before?.expectations ?? []).map((was) => ({ was, is: translated(was, moved) }));
  const expected = new Set(after.expectations.map(identity));
  const known = new Map(were.map((each) => [identity(each.is), each]));

  const verdicts = after.expectations.map((expectation) => ({ expectation, verdict: byPlan.verdict(expectation) }));
  const failing = verdicts
    .filter(({ verdict }) => verdict.holds === "no")
    .map(({ expectation, verdict }): Broken => {
      const earlier = known.get(identity(expectation));
      const heldBefore = earlier !== undefined && now!.verdict(earlier.was).holds !== "no";
      return { ...named(expectation), why: verdict.why!, heldBefore, expected: true };
    });

  const left = were.filter(({ is }) => !expected.has(identity(is)));
  const staying = left.filter(({ is }) => isThere(is, after));
  const unknown = after.expectations.filter((each) => !known.has(identity(each)));
  const namesLeft = new Set(staying.map(({ is }) => nameIn(is)));
  const altered = unknown.filter((each) => namesLeft.has(nameIn(each)));
  const namesAltered = new Set(altered.map(nameIn));
  const judged = staying.map((each) => ({ ...each, verdict: byPlan.verdict(each.is) }));
  const contradicted = judged
    .filter(({ was, verdict }) => verdict.holds === "no" && now!.verdict(was).holds !== "no")
    .map(({ is, verdict }): Broken => {
      const instead = after.expectations.find((each) => sameConnection(each, is) && !known.has(identity(each)));
      return { ...named(is), why: verdict.why!, heldBefore: true, expected: false, instead: instead?.name };
    });
  const kept = were.filter(({ is }) => expected.has(identity(is)));
  return {
    broken: [...failing, ...contradicted],
    added: unknown.filter((each) => !namesAltered.has(nameIn(each))).map(named),
    dropped: judged
      .filter(({ is, verdict }) => verdict.holds !== "no" && !namesAltered.has(nameIn(is)))
      .map(({ is }) => named(is)),
    gone: left.length - staying.length,
    kept: kept.length,
    moved: kept.filter(({ was, is }) => identity(was) !== identity(is)).length,
    altered: altered.map(named),
    holding: verdicts.filter(({ verdict }) => verdict.holds === "yes").length,
    open: verdicts.filter(({ verdict }) => verdict.holds === "open").length,
  };
}

function named({ lab, at, name }: PlacedExpectation): Named {
  return { lab, at, name };
}

/** Its name is its own within a lab on a host. */
function nameIn(expectation: PlacedExpectation): string {
  return JSON.stringify(named(expectation));
}

/** What is expected, however it is worded. */
function identity(expectation: PlacedExpectation): string {
  const said = Object.entries(expectation).filter(([key, value]) => key !== "name" && value !== undefined);
  return JSON.stringify(said.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sameConnection(a: PlacedExpectation, b: PlacedExpectation): boolean {
  return (
    "from" in a && "from" in b && "to" in a && "to" in b && a.at === b.at && a.from === b.from && isSame(a.to, b.to)
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether the plan still has what the expectation is about. */
function isThere(expectation: PlacedExpectation, { topology }: Judged): boolean {
  const host = topology.hosts.find(({ name }) => name === expectation.at);
  const lab = host?.labs.find((each) => each.lab === expectation.lab);
  if (host === undefined || lab === undefined) {
    return false;
  }
  const containers = containersOf(host).map(({ name }) => name);
  const speaksOf = ["from", "container", "owner"].flatMap((key) => (expectation as unknown as Texts)[key] ?? []);
  return (
    speaksOf.every((name) => outsiders.includes(name) || containers.includes(name)) &&
    (!("network" in expectation) || networksOf(host).some(({ name }) => name === expectation.network))
  );
}

/** Who asks from no container. */
const outsiders = ["operator", VISITOR];

type Texts = Readonly<Record<string, string | undefined>>;
