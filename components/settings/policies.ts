import { z } from "zod";
import { line, words } from "./types";

/** The rules of the house; `policies/rules` says what each is. */
export const ruleNames = [
  "no-administration-from-the-world",
  "no-plain-docker",
  "labelled",
  "expires",
  "images-pinned",
  "machine-images-pinned",
  "no-privileged-containers",
  "engines-by-mutual-tls",
  "metadata-tokens-closed",
] as const;

export type RuleName = (typeof ruleNames)[number];

/** A rule that an environment does without. */
const switchedOff = z
  .strictObject({
    off: z.literal(true).describe("That what breaks the rule is told and no longer refused."),
    reason: line.describe("Why this environment may break it; its previews show it."),
  })
  .optional()
  .describe("Switches this rule of `docs/policies.md` off, and says why: `{ off: true, reason: … }`.");

/** The rules of the house that an environment does without. */
export const policies = z
  .strictObject(
    Object.fromEntries(ruleNames.map((name) => [name, switchedOff])) as Record<RuleName, typeof switchedOff>,
  )
  .prefault({})
  .describe("Rules of the house that the environment does without, and why.")
  .register(words, { each: "RULE" });

export type PolicySettings = z.infer<typeof policies>;
