import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../components/checks/expectation";
import type { Command } from "../command";
import { writePictures } from "../graph";
import { stackOutputs } from "../stack";
import { outFolder } from "./verify";

export const command: Command = {
  summary: "Draw what an environment declares, with its last checks; as Mermaid on stdout with --mermaid",
  options: { mermaid: { type: "boolean", default: false } },
  examples: [
    ["npm run graph", "topology.svg and topology.html in out/local"],
    ["npm run -s graph -- --mermaid", "only its Mermaid text, on stdout"],
  ],
  async run({ environment, values }) {
    const declared = await stackOutputs(environment);
    const folder = outFolder(environment);
    const { mermaid, svg, html } = await writePictures(folder, declared, lastReport(folder));
    process.stdout.write(values.mermaid === true ? readFileSync(mermaid) : `${html}\n${svg}\n${mermaid}\n`);
    return 0;
  },
};

/** What `verify` left; without it the picture shows no status. */
function lastReport(folder: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as Report;
  } catch {
    return undefined;
  }
}
