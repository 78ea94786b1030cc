import { SUBSCRIPTION, openSimulator, type Simulator } from "../../../tests/azure-simulator/simulator";
import { Subscription } from "../../../tests/azure-simulator/arm/subscription";
import { hostedInstance } from "../../../tests/azure-simulator/instances/hosted";
import type { Engine } from "../../setup/engine";
import type { Machine } from "../../setup/machine";
import { allEnded } from "../../setup/side-by-side";
import type { Progress } from "../../terminal/progress";
import { type Docker, dockerOn } from "../docker";
import { findContainers } from "../container";
import { ensureInstanceImage } from "../image";
import { nameOf } from "../labels";
import { ensureNetwork, subnetOf } from "../network";
import { removeContainers } from "../remove";
import { RehearsedInstances } from "./instance-hosts";
import { balancerName } from "./load-balancer";
import { settle } from "./settings";
import { simulatedAzure } from "./simulated-azure";

export { simulatedAzure, type SimulatedAzure } from "./simulated-azure";

/** The subscription that a rehearsal's resources are in. */
export const simulatedSubscription = SUBSCRIPTION;

export interface AzureRehearsal {
  readonly environment: string;
  /** This machine's engine, on which instances and load balancer are containers. */
  readonly engine: Pick<Engine, "dockerHost">;
  readonly machine: Machine;
}

/**
 * Sees to it that an environment's simulated Azure can make machines, and that those which it has made run: one that
 * stopped is started. One whose container is gone is gone from its scale set, too, as if somebody had deleted it.
 * @throws UserError with what to do where that can't be.
 */
export async function ensureAzureRehearsal(
  progress: Progress,
  { environment, engine: { dockerHost }, machine }: AzureRehearsal,
  baseImage: string,
): Promise<void> {
  const docker = dockerOn(dockerHost, machine);
  const azure = simulatedAzure(machine, environment);
  const [, network] = await allEnded([
    ensureInstanceImage(progress, docker, baseImage),
    ensureNetwork(docker, environment),
  ]);
  const options = { environment, dockerHost, baseImage, folder: azure.folder };
  settle(azure, options, await subnetOf(docker, network));
  const hosts = new RehearsedInstances(options, progress, machine);
  const simulator = openSimulator(SUBSCRIPTION, { ...machine.env, ...azure.env }, hosts);
  const lost = await machinesWithout(docker, environment, simulator);
  for (const { scaleSetId, instanceId, name } of lost) {
    progress.line(`Rehearsal: ${name} has no container any more, and is taken out of its scale set`);
    await simulator.arm.deleteMachine(scaleSetId, instanceId, false);
  }
  await removeStrays(docker, environment, simulator);
  const subscription = new Subscription(simulator.store.read());
  const hosted = subscription.machines().filter(({ instance }) => instance.hosted);
  await allEnded(
    hosted.map(({ scaleSet, instance }) => hosts.create(hostedInstance(scaleSet, instance, subscription))),
  );
}

interface Lost {
  readonly scaleSetId: string;
  readonly instanceId: string;
  readonly name: string;
}

/** Instances that were made and have no container any more. */
async function machinesWithout(docker: Docker, environment: string, { store }: Simulator): Promise<Lost[]> {
  const found = await findContainers(docker, environment);
  return new Subscription(store.read()).machines().flatMap(({ scaleSet, instance }) => {
    const there = found.get(nameOf(environment, instance.name))?.spec === instance.vmId;
    const { instanceId, name } = instance;
    return instance.hosted && !there ? [{ scaleSetId: scaleSet.id, instanceId, name }] : [];
  });
}

/** Containers of instances that Azure does not know any more: a killed run's, or those of a subscription that is gone. */
async function removeStrays(docker: Docker, environment: string, { store }: Simulator): Promise<void> {
  const machines = new Subscription(store.read()).machines();
  const known = [balancerName(environment), ...machines.map(({ instance: { name } }) => nameOf(environment, name))];
  const found = await findContainers(docker, environment);
  await removeContainers(
    docker,
    environment,
    [...found.keys()].filter((name) => !known.includes(name)),
  );
}
