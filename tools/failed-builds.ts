import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildLogs } from "../components/images/build-log";

/** Lines of a log that are shown: what a failing step wrote is at its end. */
const SHOWN = 40;

/** How BuildKit begins a line about a build that failed. */
const failure = /^(#\d+ )?ERROR: /m;

/** What the builds of an environment's images wrote that failed in its last update: the end of each log, with its place. */
export function failedBuilds(environment: string): string[] {
  const folder = buildLogs(environment);
  const logs = existsSync(folder) ? readdirSync(folder).sort() : [];
  return logs
    .map((file) => ({ path: join(folder, file), text: readFileSync(join(folder, file), "utf8").trimEnd() }))
    .filter(({ text }) => failure.test(text))
    .map(({ path, text }) => `The build failed. The end of ${path}:\n${text.split("\n").slice(-SHOWN).join("\n")}`);
}
