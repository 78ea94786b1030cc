import type { Subscription } from "../arm/subscription";
import type { Body } from "../arm/resource";
import type { Settings } from "../orders/settings";

/** A write or a removal that is to be looked at before it is done. */
export interface Request<B = Body> {
  readonly event: "put" | "delete";
  /** ARM type. */
  readonly type: string;
  readonly id: string;
  readonly name: string;
  /** What the resource is to hold, its child resources in their lists; of a removal, what it holds. */
  readonly body: B;
  /** What it holds so far; undefined where it is new. */
  readonly before?: B;
  /** Whether it comes in its parent's list: then the parent is there, or is being made. */
  readonly inParent: boolean;
  /** The subscription as it is before the request. */
  readonly subscription: Subscription;
  readonly settings: Settings;
}

/**
 * How sure the rule is. `message`: the reference shows code and wording as Azure gave them. `recalled`: the reference
 * documents what is refused; code and wording are as they are commonly reported. `limit`: the reference documents what
 * is refused; code and wording are this simulator's guess.
 */
export type Known = "message" | "recalled" | "limit";

/** One thing that Azure refuses. */
export interface Rule {
  readonly name: string;
  readonly event: "put" | "delete";
  /** ARM type, or "*" for all. */
  readonly on: string;
  readonly status: number;
  readonly code: string;
  /** For the table in the README: what is refused. */
  readonly refuses: string;
  readonly known: Known;
  /** A page or an issue that documents it. */
  readonly reference: string;
  /** The message where the request is to be refused. */
  check(request: Request): string | undefined;
}

type Facts = Pick<Rule, "status" | "code" | "refuses" | "known" | "reference">;

/** A rule on writes to a type. */
export function onPut<B = Body>(
  name: string,
  on: string,
  facts: Facts,
  check: (request: Request<B>) => string | undefined,
): Rule {
  return { name, event: "put", on, ...facts, check: (request) => check(request as Request<B>) };
}

/** A rule on removals of a type. */
export function onDelete<B = Body>(
  name: string,
  on: string,
  facts: Facts,
  check: (request: Request<B>) => string | undefined,
): Rule {
  return { ...onPut(name, on, facts, check), event: "delete" };
}

/** Two items of a list that fit together badly: the first such pair. */
export function pair<T>(items: readonly T[], clash: (a: T, b: T) => boolean): readonly [T, T] | undefined {
  for (const [index, b] of items.entries()) {
    const a = items.slice(0, index).find((each) => clash(each, b));
    if (a !== undefined) {
      return [a, b];
    }
  }
  return undefined;
}

/** The first result of a check that has one. */
export function first<T, R>(items: readonly T[], check: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = check(item);
    if (result !== undefined) {
      return result;
    }
  }
  return undefined;
}

export const learn = (page: string): string => `https://learn.microsoft.com/${page}`;
export const issue = (repository: string, number: number): string =>
  `https://github.com/${repository}/issues/${number}`;
