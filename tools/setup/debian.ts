import { readdirSync } from "node:fs";
import type { StepReport } from "../terminal/progress";
import { run } from "../processes";

const env = { DEBIAN_FRONTEND: "noninteractive" };

let last: Promise<unknown> = Promise.resolve();
let listsAreFresh = false;

/**
 * Installs Debian packages without asking. One call at a time, for there is one package database. Ctrl-C does not reach
 * the package manager: half-installed packages would be in the way of the next try.
 */
export function installPackages(report: StepReport, ...packages: string[]): Promise<void> {
  const turn = last.then(() => install(report, packages));
  last = turn.catch(() => undefined);
  return turn;
}

async function install({ log, detail }: StepReport, packages: readonly string[]): Promise<void> {
  const options = { log, env, unstoppable: true };
  // Files here are what a package manager that was killed has left to do.
  if (readdirSync("/var/lib/dpkg/updates").length > 0) {
    await run("dpkg", ["--configure", "-a"], options);
  }
  if (!listsAreFresh) {
    detail("apt-get update");
    await run("apt-get", ["update"], options);
    listsAreFresh = true;
  }
  detail("apt-get install");
  // Another package manager at work is waited for.
  const flags = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
  await run("apt-get", ["install", ...flags, ...packages], options);
}
