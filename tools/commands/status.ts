import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../components/checks/expectation";
import type { Command } from "../command";
import { type LastVerify, statusLines } from "../daily/status";
import { knownStacks } from "../expiry/stacks";
import { thisMachine } from "../setup/machine";
import { ensureToolchain } from "../setup/toolchain";
import { colours } from "../terminal/colours";
import { outFolder } from "./verify";

export const command: Command = {
  summary: "Show all environments on one screen: hosts, labs, last checks, cost and end",
  examples: [["npm run status", "of every environment, as the state has it; no host is asked"]],
  async run({ progress }) {
    const stacks = await knownStacks(await ensureToolchain(progress));
    const { bold } = colours(process.stdout);
    const lines = statusLines(stacks, environments(thisMachine().project), lastVerify, { bold });
    process.stdout.write(`${lines.join("\n")}\n`);
    return 0;
  },
};

/** The environments that have a file of settings. */
export function environments(project: string): string[] {
  return readdirSync(join(project, "stacks")).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

function lastVerify(environment: string): LastVerify | undefined {
  const file = join(outFolder(environment), "report.json");
  try {
    return { report: JSON.parse(readFileSync(file, "utf8")) as Report, at: statSync(file).mtime };
  } catch {
    return undefined;
  }
}
