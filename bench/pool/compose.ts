import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { CommandError, ask } from "../../tools/processes";
import type { GoProgram } from "../../tools/setup/go";
import { networksOf, type Pool, type PoolTool } from "./pool";
import type { Preparation } from "./preparation";

const VERSION = "2.35.1";

/** Docker's own plugin, for machines that lack it. */
const standIn: GoProgram = {
  folder: "docker-compose",
  version: VERSION,
  program: "docker-compose",
  package: "github.com/docker/compose/v2/cmd",
  versionVariable: ["github.com/docker/compose/v2/internal.Version", VERSION],
};

/** Docker Compose: the plugin of the user's Docker client, else one built from Go modules. */
export async function compose({ folder, builds, engine }: Preparation): Promise<PoolTool> {
  const plugin = await pluginVersion();
  const program: [string, ...string[]] =
    plugin === undefined ? [await builds.path("Docker Compose", standIn)] : ["docker", "compose"];
  // Without it, what a pool has lost from its file goes on running.
  const up = [...program, "up", "--detach", "--remove-orphans"] as const;
  return {
    name: "compose",
    says: plugin === undefined ? `Docker Compose ${VERSION}, built from Go modules` : `Docker Compose ${plugin}, yours`,
    folder,
    env: { DOCKER_HOST: engine },
    declare: (pool) => writeFileSync(join(folder, "compose.yaml"), stringify(composeFile(pool))),
    up,
    // It has no preview that compares with what runs; a second `up` is what its users do.
    again: up,
    down: [...program, "down"],
  };
}

async function pluginVersion(): Promise<string | undefined> {
  try {
    return (await ask("docker", ["compose", "version", "--short"])).trim();
  } catch (error) {
    if (error instanceof CommandError) {
      return undefined;
    }
    throw error;
  }
}

/** The pool as the content of a compose.yaml, which has no loops: a service for each instance. */
export function composeFile(pool: Pool): object {
  const labels = { [pool.label]: "compose" };
  // Compose reads a dollar sign as the start of a variable.
  const literal = (texts: readonly string[]) => texts.map((text) => text.replaceAll("$", "$$$$"));
  return {
    name: "bench-pool",
    services: Object.fromEntries(
      Array.from({ length: pool.count }, (_, i) => pool.firstPort + i).map((port, i) => [
        `app-${port}`,
        {
          container_name: `bench-app-${port}`,
          image: pool.image,
          pull_policy: "never",
          command: literal(pool.command),
          environment: literal(pool.environment),
          networks: [`pool-${Math.floor(i / pool.perNetwork)}`],
          ports: [`127.0.0.1:${port}:80`],
          restart: "unless-stopped",
          labels,
        },
      ]),
    ),
    networks: Object.fromEntries(
      networksOf(pool).map(({ name, ...addresses }, i) => [
        `pool-${i}`,
        { name, ipam: { config: [addresses] }, labels },
      ]),
    ),
  };
}
