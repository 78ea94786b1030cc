import type { DeclaredResource } from "./resource";

/** A rule of the house. */
export interface Rule {
  /** What it holds for, in a line. */
  readonly description: string;
  /** Whether what breaks it is refused, or only told. */
  readonly level: "mandatory" | "advisory";
  /** What to do where it is broken. */
  readonly cure: string;
  /** What is wrong with a resource, a line each: nothing, if it keeps the rule or the rule is not about it. */
  readonly broken: (resource: DeclaredResource) => readonly string[];
}
