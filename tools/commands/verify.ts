import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { EngineAccess, PlacedExpectation, Report } from "../../components/checks/expectation";
import { prove } from "../../components/checks/prove";
import { exitCode, formatTable, toJUnit } from "../../components/checks/report";
import { type Call, type Command, UserError } from "../command";

/** How long what does not hold is tried again unless something else is said, in seconds. */
const DEFAULT_LIMIT = 30;

/** What to prove, and where: part of what a stack declares. */
export interface Provable {
  readonly expectations: readonly PlacedExpectation[];
  readonly hosts: readonly EngineAccess[];
}

export interface VerifyOptions extends Pick<Call, "environment" | "progress" | "signal"> {
  readonly limitSeconds?: number;
  /** Prints the report as JSON instead of a table. */
  readonly json?: boolean;
}

/** Folder of the files that are written about an environment. */
export function outFolder(environment: string): string {
  return join(__dirname, "..", "..", "out", environment);
}

/**
 * Proves what is expected of a running environment, prints the outcome on stdout, and leaves it as report.json and
 * junit.xml in {@link outFolder}. The exit code is 0 if all holds, 1 if something does not, 2 if something, or
 * everything, could not be tested.
 */
export async function verify(
  { expectations, hosts }: Provable,
  { environment, progress, signal, limitSeconds = DEFAULT_LIMIT, json = false }: VerifyOptions,
): Promise<{ report: Report; exitCode: number }> {
  const report = await progress.step(`Proving ${environment}`, async ({ detail, outcome }) => {
    let settled = 0;
    const onSettled = (): void => detail(`${++settled} of ${expectations.length} checks settled`);
    const proved = await prove(expectations, hosts, {
      environment,
      limitSeconds,
      signal,
      onSettled,
      secret: (setting) => secretOf(environment, setting),
    });
    outcome(`${proved.checks.filter(({ status }) => status === "pass").length} of ${proved.checks.length} checks pass`);
    return proved;
  });
  write(report);
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : `\n${table(report)}\n`);
  return { report, exitCode: exitCode(report) };
}

function table(report: Report): string {
  const { isTTY = false, columns } = process.stdout;
  return formatTable(report, {
    colour: isTTY && (process.env.NO_COLOR ?? "") === "",
    width: isTTY ? columns : undefined,
  });
}

function write(report: Report): void {
  const folder = outFolder(report.environment);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "report.json"), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(folder, "junit.xml"), toJUnit(report));
}

function chosen(expectations: readonly PlacedExpectation[], labs: string | undefined): readonly PlacedExpectation[] {
  if (labs === undefined) {
    return expectations;
  }
  const wanted = labs.split(",").map((lab) => lab.trim());
  const known = new Set(expectations.map(({ lab }) => lab));
  const unknown = wanted.filter((lab) => !known.has(lab));
  if (unknown.length > 0) {
    throw new UserError(`Nothing is expected of ${unknown.join(", ")} here. There are: ${[...known].join(", ")}.`);
  }
  return expectations.filter(({ lab }) => wanted.includes(lab));
}

function seconds(limit: string | undefined): number | undefined {
  if (limit !== undefined && !/^\d+(\.\d+)?$/.test(limit)) {
    throw new UserError(`--limit takes a number of seconds, for example --limit 60, and not "${limit}".`);
  }
  return limit === undefined ? undefined : Number(limit);
}

/** What reads Pulumi's settings is only loaded for a check that needs one. */
async function secretOf(environment: string, setting: string): Promise<string> {
  const { stackSecret } = require("../stack") as typeof import("../stack");
  return stackSecret(environment, setting);
}

type Given = Provable & { readonly environment: string; readonly limitSeconds?: number };

/** Within an update, where all comes on standard input and hosts are connected, the time that this takes to load is saved. */
async function fromStack({ environment, progress, signal }: Call): Promise<Given> {
  const { stackOutputs } = require("../stack") as typeof import("../stack");
  const { connectHosts } = require("../hosts") as typeof import("../hosts");
  const { toolchain, state, ...declared } = await stackOutputs(environment);
  // A host that is not reached is told by its checks.
  await connectHosts({ environment, toolchain, state, progress, signal, wait: false });
  return declared;
}

async function fromStdin(): Promise<Given> {
  const given = parse(await text(process.stdin)) as Partial<Given> | undefined;
  const { environment, expectations, hosts } = given ?? {};
  if (typeof environment !== "string" || !Array.isArray(expectations) || !Array.isArray(hosts)) {
    throw new UserError("--stdin takes a JSON object with environment, expectations and hosts on standard input.");
  }
  return given as Given;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export const command: Command = {
  summary: "Prove that who may talk can talk, and who may not cannot",
  options: {
    json: { type: "boolean", default: false },
    stdin: { type: "boolean", default: false },
    limit: { type: "string" },
    labs: { type: "string" },
  },
  examples: [
    ["npm run verify", "every expectation of local, as a table"],
    ["npm run verify -- --labs imds-proxy --limit 0", "one lab, one try"],
    [
      "npm run verify -- --environment rehearsal --json",
      "for programs; out/rehearsal/junit.xml is written in any case",
    ],
  ],
  async run(call) {
    const { values, progress, signal } = call;
    const limit = seconds(values.limit as string | undefined);
    const given = values.stdin ? await fromStdin() : await fromStack(call);
    const { exitCode } = await verify(
      { expectations: chosen(given.expectations, values.labs as string | undefined), hosts: given.hosts },
      {
        environment: given.environment,
        limitSeconds: limit ?? given.limitSeconds,
        json: values.json as boolean,
        progress,
        signal,
      },
    );
    return exitCode;
  },
};
