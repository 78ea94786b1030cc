import type { AdministrationPort } from "./ports";
import { frontendRange } from "./ports";

/** A machine in the load balancer's pool, and the load balancer's ports that lead to it alone. */
export interface Instance {
  /** Azure's number of it, which no other machine of the scale set ever has. */
  readonly id: string;
  readonly ports: Readonly<Record<"ssh" | "docker", number> & Partial<Record<AdministrationPort, number>>>;
}

/** A member of a pool, as far as it is read of what `getLoadBalancerBackendAddressPool` gives. */
export interface PoolMember {
  readonly networkInterfaceIPConfiguration?: { readonly id?: string };
  readonly inboundNatRulesPortMapping?: readonly {
    readonly inboundNatRuleName?: string;
    readonly frontendPort?: number;
  }[];
}

/** Azure's numbers of the machines of a pool. */
export function numbersOf(members: readonly PoolMember[]): string[] {
  return members.flatMap(({ networkInterfaceIPConfiguration }) => numberIn(networkInterfaceIPConfiguration?.id) ?? []);
}

function numberIn(id = ""): string | undefined {
  return /\/virtualMachines\/([^/]+)\//i.exec(id)?.[1];
}

/** The machines of a pool that can be reached; one that Azure has given no ports yet is none of them. */
export function instancesOf(members: readonly PoolMember[]): Instance[] {
  return members.flatMap(({ networkInterfaceIPConfiguration, inboundNatRulesPortMapping = [] }) => {
    const id = numberIn(networkInterfaceIPConfiguration?.id);
    const portOf = (rule: AdministrationPort) =>
      inboundNatRulesPortMapping.find(({ inboundNatRuleName }) => inboundNatRuleName === rule)?.frontendPort;
    const [ssh, docker, winrm] = [portOf("ssh"), portOf("docker"), portOf("winrm")];
    return id === undefined || ssh === undefined || docker === undefined
      ? []
      : [{ id, ports: { ssh, docker, ...(winrm === undefined ? {} : { winrm }) } }];
  });
}

/**
 * Which host is which machine. Machines come and go, and their numbers with them; what stays is the load balancer's
 * port, which the next machine gets. So the first host is the machine behind the first port of the range, and so on;
 * hosts that are left over take, in their order, the machines that are.
 * @returns Those of the hosts that have a machine.
 */
export function hostsOfInstances(hosts: readonly string[], instances: readonly Instance[]): Map<string, Instance> {
  const { first } = frontendRange("ssh", 1);
  const sorted = [...instances].sort((a, b) => a.ports.ssh - b.ports.ssh);
  const own = new Map(
    hosts.flatMap((host, index) => {
      const instance = sorted.find(({ ports }) => ports.ssh === first + index);
      return instance === undefined ? [] : [[host, instance] as const];
    }),
  );
  const taken = new Set(own.values());
  const spare = sorted.filter((instance) => !taken.has(instance));
  return new Map(
    hosts.flatMap((host) => {
      const instance = own.get(host) ?? spare.shift();
      return instance === undefined ? [] : [[host, instance] as const];
    }),
  );
}

/**
 * The same where only an earlier answer tells: who has a machine keeps it as long as it is there; the hosts that are left
 * over take, in their order, the machines that are.
 * @param before The machines' numbers by host.
 */
export function machinesOfHosts(
  hosts: readonly string[],
  before: Readonly<Record<string, string>>,
  numbers: readonly string[],
): Map<string, string> {
  const kept = new Map(hosts.filter((host) => numbers.includes(before[host])).map((host) => [host, before[host]]));
  const taken = new Set(kept.values());
  const spare = numbers.filter((number) => !taken.has(number)).sort((a, b) => Number(a) - Number(b));
  return new Map(
    hosts.flatMap((host) => {
      const number = kept.get(host) ?? spare.shift();
      return number === undefined ? [] : [[host, number] as const];
    }),
  );
}
