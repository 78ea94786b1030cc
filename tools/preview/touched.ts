import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../command";
import { ask } from "../processes";

/** What every environment is made of. */
const shared = /^(index\.ts|Pulumi\.yaml|package(-lock)?\.json|components\/|policies\/)/;

const stackFile = /^stacks\/Pulumi\.([^/]+)\.yaml$/;

/**
 * The environments that a change touches: those whose stack file it changes, and all of them where it changes what they
 * have in common.
 * @param changed Paths from the project's root.
 * @param environments Those that there are.
 */
export function touchedBy(changed: readonly string[], environments: readonly string[]): string[] {
  const named = changed.flatMap((path) => stackFile.exec(path)?.[1] ?? []);
  const all = changed.some((path) => shared.test(path));
  return environments.filter((environment) => all || named.includes(environment));
}

/** The environments that what was committed since a revision, or since it was branched off, touches. */
export async function touchedSince(project: string, revision: string): Promise<string[]> {
  const git = ["diff", "--name-only", "--merge-base", "--end-of-options", revision, "HEAD"];
  const printed = await ask("git", git, { cwd: project }).catch((cause: unknown) => {
    throw new UserError(`What changed since "${revision}" can't be told: ${(cause as Error).message}`, 2, { cause });
  });
  return touchedBy(printed.split("\n").filter(Boolean), environmentsOf(project));
}

/** The environments that have a stack file. */
function environmentsOf(project: string): string[] {
  const folder = join(project, "stacks");
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.flatMap((file) => stackFile.exec(`stacks/${file}`)?.[1] ?? []).sort();
}
