import { chmod, cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../command";
import type { Go, GoProgram } from "./go";

/** The CLI's version, as download and as module: the newest that Go's module mirror has whole. */
export const CLI_VERSION = "3.258.0";

const SDK_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

export const cli: GoProgram = {
  folder: "pulumi",
  version: CLI_VERSION,
  program: "pulumi",
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  versionVariable: [SDK_VERSION, `v${CLI_VERSION}`],
};

/** The last release that is part of a module that can be had; the protocol between it and the CLI has not changed. */
const LANGUAGE_HOST_VERSION = "3.68.0";

export const languageHost: GoProgram = {
  folder: "nodejs-language-host",
  version: LANGUAGE_HOST_VERSION,
  program: "pulumi-language-nodejs",
  package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  versionVariable: [SDK_VERSION, `v${LANGUAGE_HOST_VERSION}`],
  finish: addLaunchers,
};

/** Policy packs and dynamic providers are started by scripts that lie beside the language host. */
async function addLaunchers(folder: string, go: Go): Promise<void> {
  const module = await go(folder, "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3");
  const scripts = join(module.trim(), "nodejs", "dist");
  for (const script of await readdir(scripts)) {
    await cp(join(scripts, script), join(folder, script));
    await chmod(join(folder, script), 0o755);
  }
}

/** The Terraform provider behind the docker plugin. The checksum is the one that go.sum would hold. */
const provider = {
  module: "github.com/kreuzwerker/terraform-provider-docker@v0.0.0-20260916201441-96d331c98ff4",
  sum: "h1:T3HvvZCRd4h2qkMl+SXA2zza26Rdz8xqV81skikQWy4=",
};

/** The plugin of the npm package @pulumi/docker of this version. */
export function dockerPlugin(version: string): GoProgram {
  return {
    folder: "docker",
    version,
    program: "pulumi-resource-docker",
    package: ".",
    versionVariable: ["main.version", version],
    // Leaves out Docker Compose, which no resource of the plugin needs.
    tags: ["no_compose"],
    from: provider,
    prepare: addProvider,
  };
}

/**
 * Puts the provider's module into the folder, so that it can be built together with a package that opens it: the module
 * goes by another name than its path, and keeps the provider internal.
 */
async function addProvider(source: string, go: Go): Promise<void> {
  const { Dir, Sum } = JSON.parse(await go(source, "mod", "download", "-json", provider.module)) as Record<
    string,
    string
  >;
  if (Sum !== provider.sum) {
    throw new UserError(
      `${provider.module} is not what it was: its checksum is ${Sum}, and should be ${provider.sum}.`,
    );
  }
  // Go's module cache is read-only; a copy of its modes could not be added to.
  const files = await readdir(Dir, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const from = join(file.parentPath, file.name);
    await cp(from, join(source, "provider", from.slice(Dir.length)));
  }
}

/** The plugin of the npm package @pulumi/command of this version. */
export function commandPlugin(version: string): GoProgram {
  return {
    folder: "command",
    version,
    program: "pulumi-resource-command",
    package: ".",
    versionVariable: ["main.version", version],
  };
}
