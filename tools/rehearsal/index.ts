import { rmSync } from "node:fs";
import { join } from "node:path";
import { isRehearsed } from "../setup/declared-hosts";
import { ensureEngine, type Engine } from "../setup/engine";
import { type Machine, thisMachine } from "../setup/machine";
import { allEnded } from "../setup/side-by-side";
import type { Progress } from "../terminal/progress";
import { simulatedAzure } from "./azure/simulated-azure";
import { bringBaseImage } from "./base-image";
import { ensureContainer, findContainers } from "./container";
import { dockerOn } from "./docker";
import { hostContainer } from "./hosts";
import { ensureImage } from "./image";
import { ensureKeyPair, ensureRegistryKeys, keyFiles, keysFolder } from "./keys";
import { ensureNetwork } from "./network";
import { registryContainer, registryName } from "./registry";
import { everything, removeAll } from "./remove";
import { refuseUnlikeRehearsal, type RehearsedServer } from "./servers";

export interface Rehearsal {
  readonly environment: string;
  readonly servers: readonly RehearsedServer[];
  /** This machine's engine, on which hosts and registry are containers. */
  readonly engine: Pick<Engine, "dockerHost">;
  readonly machine: Machine;
}

/**
 * Sees to it that the servers of a rehearsed environment are there: containers of this machine's engine with sshd and an
 * engine of their own, and a registry beside them. What is there and at work is not touched.
 * @throws UserError with what to do where that can't be.
 */
export async function ensureRehearsal(progress: Progress, rehearsal: Rehearsal, baseImage: string): Promise<void> {
  const { environment, servers, machine, engine } = rehearsal;
  refuseUnlikeRehearsal(servers, environment);
  const docker = dockerOn(engine.dockerHost, machine);
  const keys = keyFiles(machine, environment);
  const pairs = [keys.user, ...servers.map(({ name }) => keys.host(name))];
  const [image, found] = await allEnded([
    ensureImage(progress, docker, baseImage),
    findContainers(docker, environment),
    ...pairs.map((file) => ensureKeyPair(file, `rehearsal of ${environment}`, machine)),
  ]);
  await allEnded([
    ensureRegistryKeys(keys.registry, registryName(environment), docker, image),
    ensureNetwork(docker, environment),
  ]);
  const stage = { environment, docker, progress, signal: machine.signal };
  const registry = registryContainer(environment, image, keys.registry, docker);
  await allEnded([
    ensureContainer(stage, registry, found),
    ...servers.map(async (server) => {
      const host = hostContainer(server, environment, image, keys, docker);
      await ensureContainer(stage, host, found);
      await bringBaseImage(progress, engine, machine, host, baseImage);
    }),
  ]);
}

/**
 * Removes an environment's rehearsal: containers, volumes, network, keys and a simulated cloud; does nothing for one that
 * is not rehearsed.
 * The image that they were made from stays, as the next rehearsal's. Returns what is left according to the engine:
 * nothing, if all went well.
 */
export async function removeRehearsal(
  progress: Progress,
  environment: string,
  machine: Machine = thisMachine(),
): Promise<readonly string[]> {
  if (!isRehearsed(machine, environment)) {
    return [];
  }
  const { dockerHost } = await ensureEngine(progress, machine);
  const docker = dockerOn(dockerHost, machine);
  const there = await everything(docker, environment);
  if (there.length > 0) {
    await progress.step("Rehearsal: remove", () => removeAll(docker, there));
  }
  for (const folder of [join(machine.project, keysFolder(environment)), simulatedAzure(machine, environment).folder]) {
    rmSync(folder, { recursive: true, force: true });
  }
  return (await everything(docker, environment)).map(({ kind, name }) => `${kind} ${name} on ${dockerHost}`);
}
