import { existsSync, readdirSync } from "node:fs";
import { run } from "../processes";
import type { StepReport } from "../terminal/progress";
import type { Machine } from "./machine";

/** Where the package manager keeps what it had not finished when it was killed. */
const UNFINISHED = "/var/lib/dpkg/updates";

let last: Promise<unknown> = Promise.resolve();
let listsAreFresh = false;

/**
 * Installs Debian packages without asking. One call at a time, for there is one package database. Ctrl-C does not reach
 * the package manager: half-installed packages would be in the way of the next try.
 */
export function installPackages(machine: Machine, report: StepReport, ...packages: string[]): Promise<void> {
  const turn = last.then(() => install(machine, report, packages));
  last = turn.catch(() => undefined);
  return turn;
}

async function install({ env }: Machine, { log, detail }: StepReport, packages: readonly string[]): Promise<void> {
  const options = { log, env: { ...env, DEBIAN_FRONTEND: "noninteractive" }, unstoppable: true };
  if (existsSync(UNFINISHED) && readdirSync(UNFINISHED).length > 0) {
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
