import { copyFileSync, existsSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { Progress } from "../terminal/progress";
import { isRehearsed } from "./declared-hosts";
import { GoBuilds } from "./go-builds";
import { findLogin } from "./login";
import { isProgram, type Machine, onPath, programFile, thisMachine } from "./machine";
import { Official, officialCli } from "./official";
import { PluginHomes } from "./plugin-homes";
import { allEnded } from "./side-by-side";
import { cli, CLI_VERSION, languageHost } from "./stand-ins";
import { hasLanguageHost, OLDEST_CLI, usersCli, usersHome } from "./users-pulumi";

/** Where a part was taken from. */
export type Source = "yours" | "official download" | "built from Go modules" | "simulated";

export interface Origin {
  readonly source: Source;
  /** Version and place, in a line. */
  readonly says: string;
}

/** Pulumi, ready to run. */
export interface Toolchain {
  /** Path of the CLI. */
  readonly pulumi: string;
  /** What to add to the environment of the CLI, and of plugins started by it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where each part is from. */
  readonly origin: Readonly<Record<string, Origin>>;
  /** Whose login is used, or where the state is kept. */
  readonly login: string;
  /** URL of the backend that holds the state, where it is known. */
  readonly backend: string | undefined;
}

export interface ToolchainOptions {
  readonly machine?: Machine;
  /** The environment that is going to be worked with. */
  readonly environment?: string;
  /** Whether Azure is worked with, or a simulated one; for reading a state, neither is needed. */
  readonly azure?: "real" | "simulated";
}

/**
 * The Pulumi CLI, its Node language host and the plugins: what the user has, else the official downloads if they
 * answer quickly, else built from Go modules into the cache. What is there is looked at anew each time, which starts no
 * process. Throws a UserError that says what to do where none of the ways is open.
 */
export async function ensureToolchain(progress: Progress, options: ToolchainOptions = {}): Promise<Toolchain> {
  const { machine = thisMachine(), environment = "local", azure } = options;
  const official = new Official(machine, progress);
  const builds = new GoBuilds(machine, progress);
  const plugins = new PluginHomes(machine, official, builds, azure === "real");
  const { pulumi, host, homes } =
    (await withUsersCli(machine, progress, plugins, builds)) ??
    (await withOfficialCli(machine, official, plugins, builds)) ??
    (await withBuiltCli(machine, plugins, builds));
  const login = await findLogin(machine, environment, homes.home !== usersHome(machine));
  // A folder of the user's that is on PATH already stays where they put it.
  const first = onPath(machine, "pulumi")[0] === pulumi.path ? [] : [dirname(pulumi.path)];
  const simulated = azure === "simulated" ? simulation(machine, environment) : undefined;
  const folders = [...(simulated?.folders ?? []), ...first, ...host.folders];
  const path = new Set([...folders, ...(machine.env.PATH ?? "").split(delimiter)]);
  return {
    pulumi: pulumi.path,
    env: {
      PATH: [...path].join(delimiter),
      PULUMI_HOME: homes.home,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Pulumi.yaml says the same in a way that the language host built here is too old to know.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      ...simulated?.env,
      ...login.env,
    },
    origin: { "Pulumi CLI": pulumi.origin, [LANGUAGE_HOST]: host.origin, ...homes.origin, ...simulated?.origin },
    login: login.says,
    backend: login.backend,
  };
}

const LANGUAGE_HOST = "Node language host";

/**
 * The plugin that answers as Azure would, which the CLI takes from PATH, and what it is to know. Whoever rehearses has a
 * stand-in for Azure's command line, too: others may have the real one on their PATH, and mean it.
 */
function simulation(machine: Machine, environment: string) {
  const { simulatedAzure, simulatedSubscription } =
    require("../rehearsal/azure") as typeof import("../rehearsal/azure");
  const { plugin, commands, env } = simulatedAzure(machine, environment);
  return {
    folders: isRehearsed(machine, environment) ? [plugin, commands] : [plugin],
    // Whoever has a subscription of their own means another one by its id.
    env: { ...env, ARM_SUBSCRIPTION_ID: simulatedSubscription, PULUMI_IGNORE_AMBIENT_PLUGINS: "false" },
    origin: { "azure-native plugin": { source: "simulated", says: plugin } satisfies Origin },
  };
}

/** Each way to have Pulumi gives these parts. */
interface Parts {
  readonly pulumi: { path: string; origin: Origin };
  readonly host: { folders: readonly string[]; origin: Origin };
  readonly homes: { home: string; origin: Readonly<Record<string, Origin>> };
}

async function withUsersCli(
  machine: Machine,
  progress: Progress,
  plugins: PluginHomes,
  builds: GoBuilds,
): Promise<Parts | undefined> {
  const found = await usersCli(machine);
  if (found === undefined) {
    return undefined;
  }
  const { path, version } = found;
  if (!found.newEnough) {
    progress.line(`Your Pulumi CLI, ${path}, is version ${version}; ${OLDEST_CLI.join(".")} or newer is needed.`);
    return undefined;
  }
  const [homes, host] = await allEnded([
    plugins.complete(path, usersHome(machine)),
    hasLanguageHost(machine, path) ? comesWithCli("yours") : builtHost(builds),
  ]);
  return { pulumi: { path, origin: { source: "yours", says: `${version}, ${path}` } }, host, homes };
}

/** Once there is a CLI that was built, downloads are not looked for again. */
async function withOfficialCli(
  machine: Machine,
  official: Official,
  plugins: PluginHomes,
  builds: GoBuilds,
): Promise<Parts | undefined> {
  const path = join(officialCli(machine), programFile(machine, "pulumi"));
  const there = isProgram(path) || (!(builds.has(cli) && builds.has(languageHost)) && (await official.downloadCli()));
  if (!there) {
    return undefined;
  }
  const origin: Origin = { source: "official download", says: `${CLI_VERSION}, ${path}` };
  const homes = await plugins.complete(path, plugins.ownHome);
  return { pulumi: { path, origin }, host: comesWithCli("official download"), homes };
}

async function withBuiltCli(machine: Machine, plugins: PluginHomes, builds: GoBuilds): Promise<Parts> {
  // In the order of the time that they take, longest first.
  const [path, homes, host] = await allEnded([
    builds.path("Pulumi CLI", cli),
    plugins.completeByBuilding(),
    builtHost(builds),
  ]);
  const origin: Origin = { source: "built from Go modules", says: `${CLI_VERSION}, ${path}` };
  host.folders.forEach((folder) => placeBeside(path, join(folder, programFile(machine, "pulumi-language-nodejs"))));
  return { pulumi: { path, origin }, host: { ...host, folders: [] }, homes };
}

/** Puts a language host where the official CLI has it. The CLI warns at every run of one that it finds on PATH. */
function placeBeside(cliPath: string, hostPath: string): void {
  const place = join(dirname(cliPath), basename(hostPath));
  if (!existsSync(place)) {
    copyFileSync(hostPath, place);
  }
}

async function builtHost(builds: GoBuilds): Promise<Parts["host"]> {
  const path = await builds.path(LANGUAGE_HOST, languageHost);
  return {
    folders: [dirname(path)],
    origin: { source: "built from Go modules", says: `${languageHost.version}, ${path}` },
  };
}

function comesWithCli(source: Source): Parts["host"] {
  return { folders: [], origin: { source, says: "the CLI's own" } };
}
