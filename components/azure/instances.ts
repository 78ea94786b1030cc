import type { AdministrationPort } from "./ports";
import { frontendRange } from "./ports";

/** A machine in the load balancer's pool, and the load balancer's ports that lead to it alone. */
export interface Instance {
  /** Azure's number of it, which no other machine of the scale set ever has. */
  readonly id: string;
  readonly ports: Readonly<Record<AdministrationPort, number>>;
}

/** A member of a pool, as far as it is read of what `getLoadBalancerBackendAddressPool` gives. */
export interface PoolMember {
  readonly networkInterfaceIPConfiguration?: { readonly id?: string };
  readonly inboundNatRulesPortMapping?: readonly {
    readonly inboundNatRuleName?: string;
    readonly frontendPort?: number;
  }[];
}

/** The machines of a pool that can be reached; one that Azure has given no ports yet is none of them. */
export function instancesOf(members: readonly PoolMember[]): Instance[] {
  return members.flatMap(({ networkInterfaceIPConfiguration, inboundNatRulesPortMapping = [] }) => {
    const id = /\/virtualMachines\/([^/]+)\//i.exec(networkInterfaceIPConfiguration?.id ?? "")?.[1];
    const portOf = (rule: AdministrationPort) =>
      inboundNatRulesPortMapping.find(({ inboundNatRuleName }) => inboundNatRuleName === rule)?.frontendPort;
    const [ssh, docker] = [portOf("ssh"), portOf("docker")];
    return id === undefined || ssh === undefined || docker === undefined ? [] : [{ id, ports: { ssh, docker } }];
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
