import type { CloudServer } from "../components/azure/cloud";
import {
  hostsOfInstances,
  type Instance,
  instancesOf,
  machinesOfHosts,
  numbersOf,
  type PoolMember,
} from "../components/azure/instances";
import { hashOfFiles, type ClientCredentials, writeCredentials } from "../components/hosts/scale-set-access";
import { hostCredentialsType, type RecordedHost, scaleSetHostType } from "../components/hosts/recorded-host";
import { UserError } from "./command";
import { CommandError, run } from "./processes";
import type { Toolchain } from "./setup/toolchain";
import { resourcesOf, type StackState } from "./stack";

/** The machines of a scale set that a state has things on, in the order of their hosts. */
export function recordedHosts(state: StackState | undefined): RecordedHost[] {
  return resourcesOf(state)
    .filter(({ type }) => type === scaleSetHostType)
    .flatMap(({ outputs }) => (outputs?.recorded as RecordedHost | undefined) ?? [])
    .sort((a, b) => a.server.name.localeCompare(b.server.name, "en", { numeric: true }));
}

/** Which machines there are, by host, and the load balancer's ports that lead to them, where it is the way there. */
export type Machines = ReadonlyMap<string, Pick<Instance, "id"> & Partial<Pick<Instance, "ports">>>;

/**
 * The machines behind the load balancer, as a state has it that was refreshed: nobody tells the load balancer's own record
 * when machines come. Undefined where only the way to them is gone.
 */
export function machinesIn(refreshed: StackState | undefined): Machines | undefined {
  const resources = resourcesOf(refreshed);
  const hosts = recordedHosts(refreshed);
  const scaleSet = resources.some(({ type }) => type === "azure-native:compute:VirtualMachineScaleSet");
  const balancer = resources.find(({ type }) => type === "azure-native:network:LoadBalancer");
  const pools = balancer?.outputs?.backendAddressPools as readonly Pool[] | undefined;
  const members = scaleSet ? pools?.flatMap(({ loadBalancerBackendAddresses: of = [] }) => of) : [];
  const names = namesUpTo(hosts.at(-1)?.server.name);
  if (members === undefined || hosts.every(({ server: { tunnel } }) => tunnel === undefined)) {
    return members && hostsOfInstances(names, instancesOf(members));
  }
  const before = Object.fromEntries(hosts.map(({ server: { name, instance } }) => [name, instance]));
  return new Map([...machinesOfHosts(names, before, numbersOf(members))].map(([name, id]) => [name, { id }]));
}

interface Pool {
  readonly loadBalancerBackendAddresses?: readonly PoolMember[];
}

/** Which machine is a host's goes by all hosts before it, also those that nothing was ever made on. */
function namesUpTo(last = "-0"): string[] {
  const [, prefix, number] = /^(.*-)(\d+)$/.exec(last)!;
  return Array.from({ length: Number(number) }, (_, i) => `${prefix}${i + 1}`);
}

/** The recorded hosts that have a machine, at the ports that lead to it. */
export function presentServers(hosts: readonly RecordedHost[], machines: Machines | undefined): CloudServer[] {
  return hosts.flatMap(({ server }): CloudServer[] => {
    const machine = machines?.get(server.name);
    if (machine === undefined) {
      return machines === undefined ? [server] : [];
    }
    const { id: instance, ports: { ssh: port, docker } = { ssh: server.port, docker: server.tls!.port } } = machine;
    return [{ ...server, instance, port, tls: { ...server.tls!, port: docker } }];
  });
}

/**
 * The recorded hosts whose machine is not there any more: it is gone, or another one has come in its place.
 * @param engines What the engines that answer call themselves, by host.
 */
export function hostsAnew(
  hosts: readonly RecordedHost[],
  machines: Machines | undefined,
  engines: ReadonlyMap<string, string>,
): string[] {
  return hosts
    .filter(({ server: { name, instance }, machine }) => {
      const moved = machines !== undefined && machines.get(name)?.id !== instance;
      return moved || (engines.get(name) ?? machine) !== machine;
    })
    .map(({ server: { name } }) => name);
}

/** The hosts of a state that are another machine in a later one. */
export function otherMachines(before: StackState | undefined, after: StackState | undefined): string[] {
  const known = new Map(recordedHosts(before).map(({ server: { name }, machine }) => [name, machine]));
  return recordedHosts(after)
    .filter(({ server: { name }, machine }) => (known.get(name) ?? machine) !== machine)
    .map(({ server: { name } }) => name);
}

/**
 * Sees to it that the keys and certificates by which these machines are reached are on this machine, which in a fresh clone
 * they are not: the state has them, encrypted, and Pulumi decrypts them.
 */
export async function ensureCredentials(
  hosts: readonly RecordedHost[],
  { environment, toolchain }: { readonly environment: string; readonly toolchain: Pick<Toolchain, "pulumi" | "env"> },
): Promise<void> {
  const wanted = hosts.at(0)?.credentials;
  if (wanted === undefined || wanted === hashOfFiles(environment)) {
    return;
  }
  const args = ["stack", "export", "--show-secrets", "--stack", environment];
  const text = await run(toolchain.pulumi, args, { env: toolchain.env }).catch((error: unknown) => {
    if (error instanceof CommandError) {
      throw new UserError(`The credentials of the hosts of "${environment}" can't be read.\n${error.message}`);
    }
    throw error;
  });
  writeCredentials(credentialsIn(JSON.parse(text) as StackState), environment);
}

/** A secret is recorded as an object with its JSON in clear, where secrets were asked for. */
function credentialsIn(state: StackState): ClientCredentials {
  const component = resourcesOf(state).find(({ type }) => type === hostCredentialsType);
  const { plaintext } = component?.outputs?.credentials as { plaintext: string };
  return JSON.parse(plaintext) as ClientCredentials;
}
