import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { run } from "../processes";
import type { StepReport } from "../terminal/progress";
import { isProgram, type Machine, programFile } from "./machine";

/** A resource plugin of Pulumi, in the version that its npm package asks for. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
}

/** Besides them, what an environment in Azure takes. */
export const azurePlugin = "azure-native";

/**
 * The plugins that this program's npm packages work with.
 * @param azure Whether it works with Azure itself.
 */
export function neededPlugins({ project }: Machine, azure = false): Plugin[] {
  return ["docker", "command", ...(azure ? [azurePlugin] : [])].map((name) => {
    const file = join(project, "node_modules", "@pulumi", name, "package.json");
    const { pulumi, version } = JSON.parse(readFileSync(file, "utf8")) as {
      version: string;
      pulumi?: { version?: string };
    };
    return { name, version: pulumi?.version ?? version };
  });
}

/** Where the CLI keeps a plugin in a Pulumi home. */
function pluginFolder(home: string, { name, version }: Plugin): string {
  return join(home, "plugins", `resource-${name}-v${version}`);
}

function pluginFile(machine: Machine, home: string, plugin: Plugin): string {
  return join(pluginFolder(home, plugin), programFile(machine, `pulumi-resource-${plugin.name}`));
}

/** Whether a Pulumi home has the plugin whole: the CLI marks one that it has not finished installing. */
export function hasPlugin(machine: Machine, home: string, plugin: Plugin): boolean {
  return isProgram(pluginFile(machine, home, plugin)) && !existsSync(`${pluginFolder(home, plugin)}.partial`);
}

/** The entry of the cache that a plugin in this program's own home was copied from; undefined for an official one. */
export function standInEntry(home: string, plugin: Plugin): string | undefined {
  const mark = join(pluginFolder(home, plugin), STAND_IN_MARK);
  return existsSync(mark) ? readFileSync(mark, "utf8") : undefined;
}

const STAND_IN_MARK = "stand-in";

/** Downloads an official plugin into a Pulumi home, as `pulumi up` would. */
export async function installOfficial(
  machine: Machine,
  cli: string,
  home: string,
  { name, version }: Plugin,
  { log }: StepReport,
): Promise<void> {
  const env = { ...machine.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
  await run(cli, ["plugin", "install", "resource", name, version], { env, log, signal: machine.signal });
}

/** Puts a built plugin into this program's own home, where the CLI would have put the official one. */
export function placeStandIn(home: string, plugin: Plugin, program: string): void {
  placePlugin(home, plugin, (folder) => {
    cpSync(program, join(folder, basename(program)));
    writeFileSync(join(folder, STAND_IN_MARK), basename(dirname(program)));
  });
}

/** Copies a plugin that the user has into this program's own home. */
export function copyPlugin(from: string, home: string, plugin: Plugin): void {
  placePlugin(home, plugin, (folder) => cpSync(pluginFolder(from, plugin), folder, { recursive: true }));
}

function placePlugin(home: string, plugin: Plugin, fill: (folder: string) => void): void {
  const target = pluginFolder(home, plugin);
  const partial = join(home, `.${basename(target)}-${process.pid}`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  fill(partial);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  rmSync(target, { recursive: true, force: true });
  renameSync(partial, target);
}
