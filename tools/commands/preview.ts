import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Plan } from "../../components/plan";
import { SettingsError } from "../../components/settings";
import { policyArguments, switchesOf } from "../../policies/arguments";
import { switchedOff } from "../../policies/switches";
import { type Violation, violationsIn } from "../../policies/violations";
import { type Call, type Command, UserError } from "../command";
import { plannedIn, settingsAt, whatIsUp } from "../preview/before";
import { refusalMarkdown, toMarkdown } from "../preview/markdown";
import { pulumiPreview } from "../preview/pulumi";
import { type Review, reviewOf } from "../preview/review";
import { type RiskName, riskNames } from "../preview/risks";
import { headline, sectionsOf } from "../preview/sections";
import { toText } from "../preview/text";
import { touchedSince } from "../preview/touched";
import { readState } from "../stack";
import { prepare } from "../update";

const project = join(__dirname, "..", "..");
const formats = ["text", "markdown", "json"] as const;
type Format = (typeof formats)[number];

/** The settings, or Pulumi, refuse. */
const EXIT_REFUSED = 2;

export const command: Command = {
  summary: "Show what an up would do, and what that means: who reaches whom, what is lost, what it costs",
  options: {
    format: { type: "string", default: "text" },
    out: { type: "string" },
    "fail-on": { type: "string" },
    against: { type: "string" },
    "touched-since": { type: "string" },
  },
  examples: [
    ["npm run preview", "compare the settings with what is up, after Pulumi's own preview"],
    ["npm run preview -- --against main", "compare them with the settings of a branch: no engine, account or Pulumi"],
    ["npm run preview -- --format markdown --out preview.md", "the report for a pull request"],
    ["npm run preview -- --fail-on open-administration,broken-expectation", "exit with 1 at these risks"],
    ["npm run preview -- --touched-since main", "only list the environments that the commits since touch, as JSON"],
  ],
  async run(call) {
    const { environment, values } = call;
    if (values["touched-since"] !== undefined) {
      const touched = await touchedSince(project, values["touched-since"] as string);
      process.stdout.write(`${JSON.stringify(touched)}\n`);
      return 0;
    }
    const format = oneOf(formats, values.format as string, "--format");
    const failOn = risksIn(values["fail-on"] as string | undefined);
    const out = values.out as string | undefined;
    let after: Plan;
    try {
      after = plannedIn(project, environment);
    } catch (error) {
      if (!(error instanceof SettingsError)) {
        throw error;
      }
      write(refusal(environment, error.message, format), out);
      return EXIT_REFUSED;
    }
    const against = values.against as string | undefined;
    const { review, exitCode } =
      against === undefined
        ? await comparedWithState(call, after, format === "text")
        : await comparedWithRevision(environment, after, against);
    write(report(review, format), out);
    const risky = review.risks.some(({ risk }) => failOn.includes(risk));
    return exitCode !== 0 ? EXIT_REFUSED : risky ? 1 : 0;
  },
};

interface Outcome {
  readonly review: Review;
  /** Pulumi's own. */
  readonly exitCode: number;
}

/** Compares with what is up. What is not is no stack yet, which Pulumi would have to make before it could say anything. */
async function comparedWithState(call: Call, after: Plan, attached: boolean): Promise<Outcome> {
  const { environment } = call;
  const options = await prepare(call, false);
  const state = await readState(environment, options.toolchain);
  const compared = { environment, after, ...whatIsUp(state) };
  const off = rulesOff(environment);
  if (state === undefined) {
    return { review: reviewOf({ ...compared, policies: off }), exitCode: 0 };
  }
  const rules = policyArguments(environment, options.toolchain);
  const { exitCode, resources, output: pulumi, eventLog } = await pulumiPreview(options, attached, rules);
  const policies = [...violationsIn(eventLog).map(violation), ...off];
  return { review: reviewOf({ ...compared, resources, pulumi, policies }), exitCode };
}

async function comparedWithRevision(environment: string, after: Plan, revision: string): Promise<Outcome> {
  const compared = await settingsAt(project, environment, revision);
  return { review: reviewOf({ environment, after, ...compared, policies: rulesOff(environment) }), exitCode: 0 };
}

function violation({ rule, mandatory, resource, message }: Violation): string {
  return `${rule}${mandatory ? " refuses" : " speaks of"} ${resource}: ${message}`;
}

function rulesOff(environment: string): string[] {
  return switchedOff(switchesOf(environment)).map(({ rule, reason }) => `${rule} is switched off: ${reason}`);
}

function report(review: Review, format: Format): string {
  switch (format) {
    case "json":
      return `${JSON.stringify({ ...review, summary: headline(review) }, undefined, 2)}\n`;
    case "markdown":
      return toMarkdown(review.environment, headline(review), sectionsOf(review));
    case "text":
      return toText(review.environment, headline(review), sectionsOf(review));
  }
}

function refusal(environment: string, message: string, format: Format): string {
  switch (format) {
    case "json":
      return `${JSON.stringify({ environment, refused: message }, undefined, 2)}\n`;
    case "markdown":
      return refusalMarkdown(environment, message);
    case "text":
      return `${message}\n`;
  }
}

function write(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(file, text);
}

function risksIn(names: string | undefined): readonly RiskName[] {
  const wanted = names?.split(",").map((name) => name.trim()) ?? [];
  return wanted.includes("any") ? riskNames : wanted.map((name) => oneOf(riskNames, name, "--fail-on"));
}

function oneOf<T extends string>(known: readonly T[], given: string, option: string): T {
  const found = known.find((each) => each === given);
  if (found === undefined) {
    throw new UserError(`${option} ${given} is not known. There are: ${known.join(", ")}.`);
  }
  return found;
}
