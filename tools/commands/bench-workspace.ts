import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, UserError } from "../command";

const PAGE = join(__dirname, "..", "..", "docs", "image-builder.md");

export const command: Command = {
  summary: "Compare how a workspace gets to a server with rsync and scp: --rounds 5, --json, --page",
  options: {
    rounds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
  },
  examples: [["npm run bench:workspace -- --rounds 9 --page", "measure, and write docs/performance.md anew"]],
  afterInterrupt: "npm run bench:workspace",
  async run({ values, progress, signal }) {
    const rounds = values.rounds as string;
    if (!/^[1-9]\d?$/.test(rounds)) {
      throw new UserError(`--rounds: "${rounds}" is no whole number from 1 to 99.`);
    }
    const { setUp } = require("../setup") as typeof import("../setup");
    const { engine } = await setUp(progress);
    // Tests' environments take the engine that this process is told of.
    process.env.DOCKER_HOST = engine.dockerHost;
    const { benchWorkspace, phases } = require("../../bench/workspace") as typeof import("../../bench/workspace");
    const { figuresTable } = require("../bench/page") as typeof import("../bench/page");
    const { figures, missing } = await benchWorkspace({ rounds: Number(rounds), progress, signal });
    const table = figuresTable(figures, phases);
    process.stdout.write(values.json === true ? `${JSON.stringify(figures)}\n` : `\n${table}\n\n`);
    if (values.page === true) {
      await writePage(table, Number(rounds), engine.dockerHost);
    }
    missing.forEach((name) =>
      progress.line(`Not measured: ${name}, whose program is not on this machine or the server.`),
    );
    return 0;
  },
};

/** Writes the table into the page. */
async function writePage(table: string, rounds: number, dockerHost: string): Promise<void> {
  const { withSection } = require("../bench/page") as typeof import("../bench/page");
  const { machineLine } = require("../bench/machine-line") as typeof import("../bench/machine-line");
  // Only this needs it, and a user who does not develop the program may not have it.
  const prettier = await import("prettier");
  const section = `Medians of ${rounds} rounds; ${await machineLine(dockerHost)}.\n\n${table}`;
  const page = withSection(readFileSync(PAGE, "utf8"), "bench:workspace", section);
  const options = await prettier.resolveConfig(PAGE, { editorconfig: true });
  writeFileSync(PAGE, await prettier.format(page, { ...options, parser: "markdown" }));
}
