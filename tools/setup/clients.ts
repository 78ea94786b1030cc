import { UserError } from "../command";
import type { Progress } from "../terminal/progress";
import { installPackages } from "./debian";
import { type Machine, onPath } from "./machine";

/** Programs by which this machine works on servers, and the Debian packages that bring them. */
const clients = { docker: "docker.io", ssh: "openssh-client" } as const;

/** The clients that reach servers and their engines. Throws a UserError where one is missing and can't be installed. */
export async function ensureClients(progress: Progress, machine: Machine): Promise<void> {
  const missing = Object.entries(clients).filter(([program]) => onPath(machine, program).length === 0);
  if (missing.length === 0) {
    return;
  }
  const programs = missing.map(([program]) => program).join(" and ");
  if (!machine.debianRoot) {
    throw new UserError(
      `Servers are reached by ${programs}, which is not on PATH. Install it and run the same command again.`,
    );
  }
  const packages = missing.map(([, name]) => name);
  await progress.step(`Install ${programs}`, (report) => installPackages(machine, report, ...packages));
}
