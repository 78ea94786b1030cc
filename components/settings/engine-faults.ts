import { freeSubnet, overlap } from "../network/address";
import type { EngineFacts } from "../hosts/engine-facts";
import { label } from "../labels";
import type { HostTopology } from "../network/topology";
import { mostOften } from "./cross-checks/networks";
import { attachmentsOf, containersOf, forExample, networksOf, portsOf } from "./cross-checks/placed";
import { freePort, portsClash } from "./cross-checks/ports";
import type { Fault } from "./fault";

type Labels = Readonly<Record<string, string | undefined>>;

/**
 * What the settings ask for and the engine has already for somebody else: names, subnets, bridges, ports. Whatever
 * carries the label of `stack` is this stack's own and never in its way.
 */
export function engineFaults(hosts: readonly HostTopology[], engine: EngineFacts, stack: string): Fault[] {
  const foreign = ({ labels }: { labels: Labels }) => labels[label.stack] !== stack;
  const others: EngineFacts = {
    ...engine,
    networks: engine.networks.filter(foreign),
    containers: engine.containers.filter(foreign),
    // A bridge network's subnet is among the host's routes too, and belongs to the network.
    hostSubnets: (engine.hostSubnets ?? []).filter(
      (subnet) => !engine.networks.some(({ subnets }) => subnets.includes(subnet)),
    ),
  };
  return hosts.flatMap((host) => [
    ...networkFaults(host, others),
    ...containerFaults(host, others),
    ...portFaults(host, others),
    ...listenerFaults(host, engine),
    ...neighbourFaults(host, others),
  ]);
}

/** Entries that the host needs for all but containers: its loopback, its router, its other neighbours. */
const otherNeighbours = 24;

/**
 * A container that is asked, or asks, takes an entry in the host's network namespace and one in its own; Linux has one
 * table for all of them. Once it is full nothing new is reached, on the loopback interface neither: with 1,000 containers
 * and the kernel's own 1,024 entries, half of them did not answer, and programs of the host lost their connections.
 * Source: neigh/default/gc_thresh3, https://docs.kernel.org/networking/ip-sysctl.html
 */
function neighbourFaults(host: HostTopology, { containers, neighbours }: EngineFacts): Fault[] {
  // What a cluster puts somewhere may come to be on this host, once others are lost.
  const anywhere = containersOf(host).flatMap(({ key, joins = [] }) => joins.map(() => key));
  const keys = [...attachmentsOf(host).map(({ container }) => container.key), ...anywhere];
  const needed = 2 * (keys.length + containers.length) + otherNeighbours;
  if (neighbours === undefined || needed <= neighbours || keys.length === 0) {
    return [];
  }
  const { key, value } = mostOften(keys);
  const most = Math.max(0, value - Math.ceil((needed - neighbours) / 2));
  return [
    {
      key,
      value,
      allowed: `at most ${most} containers: the kernel of host "${host.name}" keeps ${neighbours} neighbours`,
      cure: `let it keep more, on the host: sysctl -w net.ipv4.neigh.default.gc_thresh3=${roomFor(needed)}; or declare fewer`,
    },
  ];
}

function networkFaults(host: HostTopology, { networks, hostSubnets = [] }: EngineFacts): Fault[] {
  const declared = networksOf(host);
  const onEngine = networks.flatMap(({ subnets }) => subnets.filter(isIpv4));
  const routed = hostSubnets.filter((subnet) => isIpv4(subnet) && !isDefaultRoute(subnet));
  const taken = [...onEngine, ...routed, ...declared.map(({ subnet }) => subnet)];
  return declared.flatMap(({ key, name, subnet, bridge }) => {
    const sameName = networks.find((each) => each.name === name);
    const sameBridge = networks.find((each) => bridge !== undefined && each.bridge === bridge);
    const sameSubnet = networks.find(({ subnets }) => subnets.filter(isIpv4).some((each) => overlap(each, subnet)));
    const sameRoute = routed.find((each) => overlap(each, subnet));
    const example = forExample(freeSubnet(subnet, taken));
    return [
      ...(sameName === undefined ? [] : [named("network", `${key}.name`, name, sameName)]),
      ...(sameBridge === undefined ? [] : [named("bridge", `${key}.bridge`, bridge!, sameBridge)]),
      ...(sameSubnet === undefined
        ? []
        : [
            {
              key: `${key}.subnet`,
              value: subnet,
              allowed: "a subnet that overlaps no network of the engine",
              cure:
                `choose another${example}, or ${removal("network", sameSubnet)}, ` +
                `which has ${sameSubnet.subnets.filter(isIpv4).find((each) => overlap(each, subnet))}`,
            },
          ]),
      ...(sameRoute === undefined
        ? []
        : [
            {
              key: `${key}.subnet`,
              value: subnet,
              allowed: "a subnet that the host does not itself use",
              cure: `choose another${example}: the host is connected to ${sameRoute}`,
            },
          ]),
    ];
  });
}

function containerFaults(host: HostTopology, { containers }: EngineFacts): Fault[] {
  return containersOf(host).flatMap(({ key, name }) => {
    const same = containers.find((each) => each.name === name);
    return same === undefined ? [] : [named("container", key, name, same)];
  });
}

function portFaults(host: HostTopology, { containers }: EngineFacts): Fault[] {
  const declared = portsOf(host);
  const published = containers.flatMap(({ name, labels, ports }) =>
    ports.filter(({ address }) => isIpv4(address)).map((port) => ({ ...port, name, labels })),
  );
  return declared.flatMap((port) => {
    const other = published.find((each) => portsClash(each, port));
    return other === undefined
      ? []
      : [
          {
            key: port.key,
            value: port.hostPort,
            allowed: `a ${port.protocol} port that no container of the engine publishes`,
            cure:
              `choose another${forExample(freePort(port, [...published, ...declared]))}, or ` +
              `${removal("container", other)}, which has ${other.address}:${other.hostPort}`,
          },
        ];
  });
}

/** What listens for a container is told with the container, or is this stack's own. */
function listenerFaults(host: HostTopology, { containers, listeners = [] }: EngineFacts): Fault[] {
  const declared = portsOf(host);
  const published = containers.flatMap(({ ports }) => ports);
  const foreign = listeners.filter((listener) => !published.some((port) => portsClash(port, listener)));
  return declared.flatMap((port) => {
    const other = foreign.find((each) => portsClash(each, port));
    return other === undefined
      ? []
      : [
          {
            key: port.key,
            value: port.hostPort,
            allowed: `a ${port.protocol} port that no process of the host listens on`,
            cure:
              `choose another${forExample(freePort(port, [...foreign, ...published, ...declared]))}, or stop ` +
              `${other.owner() ?? "the process"} that listens on ${other.address}:${other.hostPort}`,
          },
        ];
  });
}

/** A power of two with as much again to spare. */
function roomFor(entries: number): number {
  return 2 ** Math.ceil(Math.log2(2 * entries));
}

function named(kind: string, key: string, name: string, other: { name: string; labels: Labels }): Fault {
  const thing = kind === "bridge" ? "network" : kind;
  return {
    key,
    value: name,
    allowed: `a name that no ${kind} of the engine has`,
    cure: `choose another, or ${removal(thing, other)}, which has it`,
  };
}

/** How a user gets rid of what is in the way: another stack's goes with its stack. */
function removal(thing: string, { name, labels }: { name: string; labels: Labels }): string {
  const stack = labels[label.stack];
  return stack === undefined
    ? `remove ${thing} "${name}" (made by something else)`
    : `destroy stack "${stack}" with its ${thing} "${name}" of lab "${labels[label.lab] ?? "unknown"}"`;
}

function isIpv4(address: string): boolean {
  return !address.includes(":");
}

/** A VPN that takes over the default route does so by its two halves, 0.0.0.0/1 and 128.0.0.0/1. */
function isDefaultRoute(subnet: string): boolean {
  return Number(subnet.split("/")[1]) < 8;
}
