import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ask } from "../processes";
import { isProgram, type Machine, onPath, programFile } from "./machine";

/** The oldest CLI that this program works with: the first whose plugins may be files in a folder of another home. */
export const OLDEST_CLI = [3, 200, 0] as const;

export interface UsersCli {
  readonly path: string;
  readonly version: string;
  readonly newEnough: boolean;
}

/** The user's Pulumi home: their plugins, credentials and selected stacks. */
export function usersHome({ env, home, cache }: Machine): string {
  const set = env.PULUMI_HOME;
  // After `eval "$(npm run -s env)"` the variables of this program's own choice look like the user's.
  return set && !set.startsWith(cache) ? set : join(home, ".pulumi");
}

/** The user's own CLI, on PATH or where Pulumi's installer puts it; the first one that is new enough, if any is. */
export async function usersCli(machine: Machine): Promise<UsersCli | undefined> {
  const installed = join(usersHome(machine), "bin", programFile(machine, "pulumi"));
  const candidates = [...onPath(machine, "pulumi"), ...(isProgram(installed) ? [installed] : [])];
  const found: UsersCli[] = [];
  for (const path of candidates.filter((candidate) => !candidate.startsWith(machine.cache))) {
    const version = await versionOf(machine, path);
    found.push({ path, version, newEnough: isNewEnough(version) });
  }
  return found.find(({ newEnough }) => newEnough) ?? found[0];
}

function isNewEnough(version: string): boolean {
  const parts = version.split(/[.-]/).map(Number);
  const difference = OLDEST_CLI.map((oldest, i) => (parts[i] ?? 0) - oldest).find((part) => part !== 0);
  return (difference ?? 0) >= 0;
}

/** Whether the CLI comes with its Node language host: beside it, on PATH, or in the user's home. */
export function hasLanguageHost(machine: Machine, cli: string): boolean {
  const name = programFile(machine, "pulumi-language-nodejs");
  const folders = [dirname(cli), dirname(realpathSync(cli)), join(usersHome(machine), "bin")];
  const own = onPath(machine, "pulumi-language-nodejs").filter((path) => !path.startsWith(machine.cache));
  return own.length > 0 || folders.some((folder) => isProgram(join(folder, name)));
}

/** Asking costs a process; the answer holds as long as the file is the same. */
async function versionOf(machine: Machine, path: string): Promise<string> {
  const file = realpathSync(path);
  const { mtimeMs, size } = statSync(file);
  const key = `${file} ${size} ${mtimeMs}`;
  const memo = join(machine.cache, "versions.json");
  const known = readMemo(memo);
  const version = known[key] ?? (await askVersion(machine, path));
  if (known[key] === undefined) {
    mkdirSync(machine.cache, { recursive: true, mode: 0o700 });
    writeFileSync(memo, JSON.stringify({ ...known, [key]: version }));
  }
  return version;
}

async function askVersion(machine: Machine, path: string): Promise<string> {
  const env = { ...machine.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const answer = await ask(path, ["version"], { env, timeout: 20_000 }).catch(() => "");
  return /^v?(\d+\.\d+\.\d+\S*)/m.exec(answer)?.[1] ?? "0.0.0";
}

function readMemo(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  } catch {
    return {};
  }
}
