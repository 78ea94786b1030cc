import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, UserError } from "../command";

const root = join(__dirname, "..", "..");
const PAGE = "docs/performance.md";
const PICTURE = "docs/images/performance-pool.svg";
const RECORD = "bench/pool/figures.json";

export const command: Command = {
  summary: "Compare pools of containers with terraform, compose and a naive program: --n 50,200 --tools ours,compose",
  options: {
    n: { type: "string", default: "50,200,1000" },
    tools: { type: "string" },
    rounds: { type: "string", default: "1" },
    image: { type: "string" },
    json: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
  },
  examples: [
    ["npm run bench:pool -- --n 50,200 --tools ours,compose", "two of the tools, two sizes"],
    ["npm run bench:pool -- --rounds 3 --page", "all of them, and write docs/performance.md anew"],
  ],
  async run({ values, progress, signal }) {
    // Only this command needs all that; the list of commands loads this file, too.
    const { benchPool, toolNames } = require("../../bench/pool") as typeof import("../../bench/pool");
    const { mostInstances } =
      require("../../components/labs/app-pool/instances") as typeof import("../../components/labs/app-pool/instances");
    const { medians } = require("../bench/figure") as typeof import("../bench/figure");
    const { tables } = require("../../bench/pool/report") as typeof import("../../bench/pool/report");
    const result = await benchPool({
      sizes: (values.n as string).split(",").map((text) => wholeNumber("--n", text, mostInstances)),
      tools: chosen((values.tools as string | undefined)?.split(",") ?? toolNames, toolNames),
      rounds: wholeNumber("--rounds", values.rounds as string, 100),
      image: values.image as string | undefined,
      progress,
      signal,
    });
    const figures = medians(result.figures);
    const { all, aims } = tables(figures);
    process.stdout.write(
      values.json === true ? `${JSON.stringify(figures)}\n` : `${all}\n${aims ? `\n${aims}\n` : ""}`,
    );
    if (values.page === true && figures.length > 0) {
      await writePage({ ...result, figures });
    }
    result.failed.forEach((what) => progress.line(`Failed: ${what}`));
    return result.failed.length === 0 ? 0 : 1;
  },
};

/** Records the sizes that were run, and writes the tables and the picture of all recorded ones into the page. */
async function writePage(result: import("../../bench/pool").BenchResult): Promise<void> {
  const { picture, recorded, section } = require("../../bench/pool/report") as typeof import("../../bench/pool/report");
  const { withSection } = require("../bench/page") as typeof import("../bench/page");
  const { machineLine } = require("../bench/machine-line") as typeof import("../bench/machine-line");
  // Only this needs it, and a user who does not develop the program may not have it.
  const prettier = await import("prettier");
  const path = join(root, PAGE);
  const run = recorded(result, await machineLine(result.engine));
  const before = JSON.parse(readFileSync(join(root, RECORD), "utf8")) as typeof run;
  const records = [...before.filter(({ n }) => !run.some((each) => each.n === n)), ...run].sort((a, b) => a.n - b.n);
  const page = withSection(readFileSync(path, "utf8"), "bench:pool", section(records));
  const options = await prettier.resolveConfig(path, { editorconfig: true });
  writeFileSync(join(root, RECORD), await prettier.format(JSON.stringify(records), { ...options, parser: "json" }));
  writeFileSync(path, await prettier.format(page, { ...options, parser: "markdown" }));
  writeFileSync(join(root, PICTURE), picture(records.flatMap(({ figures }) => figures)));
}

function chosen(wanted: readonly string[], toolNames: readonly string[]): readonly string[] {
  const unknown = wanted.filter((name) => !toolNames.includes(name));
  if (unknown.length > 0) {
    throw new UserError(`--tools: there is no ${unknown.join(", ")}. There are: ${toolNames.join(", ")}.`);
  }
  return toolNames.filter((name) => wanted.includes(name));
}

function wholeNumber(option: string, text: string, most: number): number {
  if (!/^[1-9]\d{0,5}$/.test(text) || Number(text) > most) {
    throw new UserError(`${option}: "${text}" is no whole number from 1 to ${most}.`);
  }
  return Number(text);
}
