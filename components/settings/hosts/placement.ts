import { z } from "zod";
import { nearest } from "../nearest";
import { hostLabel, words, type CheckWords } from "../types";

const names = z
  .union([hostLabel, z.array(hostLabel).min(1)])
  .register(words, { allowed: "the name of a server, or a list of such names", cure: "write one, or a list of them" });

/** Which host has which lab, where there are several. */
export const placement = z
  .union([z.enum(["spread", "all"]), z.record(z.string(), names)])
  .default("spread")
  .describe(
    "Which server has which lab: `spread` gives them one after the other, `all` gives every lab to every server, " +
      "and `{ LAB: SERVER }` or `{ LAB: [SERVER, …] }` says it for those labs, the others being spread.",
  )
  .register(words, {
    allowed: "spread, all, or an object with a server's name, or a list of them, for each lab's name",
    cure: "write spread, all, or for example { app-pool: one }",
  });

/** Refuses the value at a path, in these words. */
export type Refuse = (path: (string | number)[], words: Required<Pick<CheckWords, "allowed" | "cure">>) => void;

/** How a rule between settings refuses a value; what it is given is as the user wrote it. */
export function refuser(input: unknown, context: Pick<z.core.$RefinementCtx<unknown>, "addIssue">): Refuse {
  return (path, params) => context.addIssue({ code: "custom", input, path, params });
}

/** What is wrong with the servers that a placement names. */
export function placementRules(given: unknown, known: readonly string[], refuse: Refuse): void {
  if (typeof given !== "object" || given === null) {
    return;
  }
  for (const [lab, on] of Object.entries(given)) {
    [on].flat().forEach((name: unknown, index) => {
      if (typeof name === "string" && !known.includes(name)) {
        const meant = nearest(name, known);
        refuse(Array.isArray(on) ? ["placement", lab, index] : ["placement", lab], {
          allowed: `the name of a server: ${known.join(", ")}`,
          cure: meant === undefined ? "write one of these" : `did you mean "${meant}"?`,
        });
      }
    });
  }
}
