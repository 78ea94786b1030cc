import type { Plan } from "../../components/plan";
import { compareEntries, entriesOf, type EntryChange } from "./entries";
import { compareExpectations, type ExpectationChanges } from "./expectations";
import { compareFlows, type FlowChange } from "./flows";
import { comparePlaces, type PlaceChange } from "./places";
import { toMarkedMermaid } from "./picture";
import { relocated } from "./relocated";
import type { ResourceChanges } from "./resources";
import { type Risk, risksOf } from "./risks";

/** What is up, or what else a plan is compared with. */
export type Before = Partial<Pick<Plan, "openings" | "administration">> &
  Pick<Plan, "topology" | "expectations"> & { readonly hourly?: number };

/** What a change of the settings means. Has no secret: it is made of names, addresses and ports. */
export interface Review {
  readonly environment: string;
  /** What it is compared with, in words: `what is up`. */
  readonly comparedWith: string;
  readonly risks: readonly Risk[];
  readonly expectations: ExpectationChanges;
  readonly flows: readonly FlowChange[];
  readonly entries: readonly EntryChange[];
  readonly places: readonly PlaceChange[];
  /** Undefined where Pulumi was not asked. */
  readonly resources?: ResourceChanges;
  /** US dollars an hour; an estimate. */
  readonly cost?: { readonly before: number; readonly after: number };
  /** Of the labs that the change touches; undefined where it touches none. */
  readonly mermaid?: string;
  /** What the policies of the house say. */
  readonly policies?: readonly string[];
  /** Pulumi's own preview, as it wrote it. */
  readonly pulumi?: string;
}

export interface Reviewed {
  readonly environment: string;
  readonly comparedWith: string;
  /** Undefined where nothing is up. */
  readonly before?: Before;
  readonly after: Plan;
  readonly resources?: ResourceChanges;
  readonly policies?: readonly string[];
  readonly pulumi?: string;
}

/** Works out what it means to go from what is up to a plan. Pure. */
export function reviewOf({ environment, comparedWith, before, after, resources, policies, pulumi }: Reviewed): Review {
  // A lab on another host is told as such, and not as one that goes and one that comes.
  const stayed = before && relocated(before, after);
  const was = stayed && { ...stayed, openings: stayed.openings ?? [] };
  const expectations = compareExpectations(was, after);
  const entries = compareEntries(stayed === undefined ? [] : entriesOf(stayed), entriesOf(after));
  const places = comparePlaces(before?.topology, after.topology);
  const flows = compareFlows(was, after);
  const costs = before?.hourly !== undefined || after.cost !== undefined;
  return {
    environment,
    comparedWith,
    risks: risksOf({ before, after, expectations, entries, resources }),
    expectations,
    flows,
    entries,
    places,
    ...(resources && { resources }),
    ...(costs && { cost: { before: before?.hourly ?? 0, after: after.cost?.hourly ?? 0 } }),
    mermaid: toMarkedMermaid(before, after),
    ...(policies && { policies }),
    ...(pulumi !== undefined && { pulumi }),
  };
}
