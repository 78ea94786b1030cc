import { join } from "node:path";
import { entryName, type GoProgram } from "./go";
import { UserError } from "../command";
import type { GoBuilds } from "./go-builds";
import type { Machine } from "./machine";
import type { Official } from "./official";
import { azurePlugin, copyPlugin, hasPlugin, neededPlugins, placeStandIn, type Plugin, standInEntry } from "./plugins";
import { allEnded } from "./side-by-side";
import { commandPlugin, dockerPlugin } from "./stand-ins";
import type { Origin, Source } from "./toolchain";
import { usersHome } from "./users-pulumi";

/** A Pulumi home that has all plugins, and where each of them is from. */
export interface CompleteHome {
  readonly home: string;
  readonly origin: Readonly<Record<string, Origin>>;
}

const programs: Readonly<Partial<Record<string, (version: string) => GoProgram>>> = {
  docker: dockerPlugin,
  command: commandPlugin,
};

function programOf({ name, version }: Plugin): GoProgram {
  const program = programs[name];
  if (program === undefined) {
    throw new UserError(
      `The ${name} plugin ${version} is not here, and Pulumi's downloads are out of reach. Where they can be reached:\n` +
        `  pulumi plugin install resource ${name} ${version}\n` +
        (name === azurePlugin
          ? "Without it, Azure can be rehearsed: npm start -- --environment rehearsal"
          : "Then run the same command again."),
    );
  }
  return program(version);
}

/**
 * Sees to it that there is a Pulumi home with all plugins. Plugins that were built are never put into the user's own
 * home: there they would pass for the official ones in every other project.
 */
export class PluginHomes {
  /** This program's own home. */
  readonly ownHome: string;
  private readonly theirHome: string;
  private readonly plugins: readonly Plugin[];

  constructor(
    private readonly machine: Machine,
    private readonly official: Official,
    private readonly builds: GoBuilds,
    azure = false,
  ) {
    this.ownHome = join(machine.cache, "home");
    this.theirHome = usersHome(machine);
    this.plugins = neededPlugins(machine, azure);
  }

  /** Completes `home` with official plugins, or where they cannot be had, this program's own home with built ones. */
  async complete(pulumi: string, home: string): Promise<CompleteHome> {
    const missing = this.plugins.filter((plugin) => !this.isIn(home, plugin));
    const downloaded =
      missing.length === 0 ||
      (!this.plugins.every((plugin) => this.isIn(this.ownHome, plugin)) &&
        (await this.official.downloadPlugins(pulumi, home, missing)));
    return downloaded ? this.described(home, missing) : this.completeByBuilding();
  }

  /** Completes this program's own home with built plugins; those that the user has are copied. */
  async completeByBuilding(): Promise<CompleteHome> {
    const missing = this.plugins.filter((plugin) => !this.isIn(this.ownHome, plugin));
    await allEnded(missing.map((plugin) => this.bring(plugin)));
    return this.described(this.ownHome, []);
  }

  private async bring(plugin: Plugin): Promise<void> {
    if (hasPlugin(this.machine, this.theirHome, plugin)) {
      copyPlugin(this.theirHome, this.ownHome, plugin);
    } else {
      placeStandIn(this.ownHome, plugin, await this.builds.path(`${plugin.name} plugin`, programOf(plugin)));
    }
  }

  /** A stand-in counts only as long as it is made from what the project holds now. */
  private isIn(home: string, plugin: Plugin): boolean {
    const entry = home === this.ownHome ? standInEntry(home, plugin) : undefined;
    const current = entry === undefined || entry === entryName(this.machine, programOf(plugin));
    return current && hasPlugin(this.machine, home, plugin);
  }

  private described(home: string, downloaded: readonly Plugin[]): CompleteHome {
    const origin = this.plugins.map((plugin): [string, Origin] => {
      const says = `${plugin.version}, ${join(home, "plugins")}`;
      return [`${plugin.name} plugin`, { source: this.sourceOf(home, plugin, downloaded), says }];
    });
    return { home, origin: Object.fromEntries(origin) };
  }

  private sourceOf(home: string, plugin: Plugin, downloaded: readonly Plugin[]): Source {
    if (home === this.ownHome && standInEntry(home, plugin) !== undefined) {
      return "built from Go modules";
    }
    const theirs = !downloaded.includes(plugin) && hasPlugin(this.machine, this.theirHome, plugin);
    return theirs ? "yours" : "official download";
  }
}
