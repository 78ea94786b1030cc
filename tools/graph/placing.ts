import type {
  ContainerSpec,
  HostTopology,
  NetworkSpec,
  PublishedPort,
  Topology,
} from "../../components/network/topology";
import type { ContainerBox } from "./picture";

/** As many containers of one role are drawn each for itself; more are drawn as one. */
const MOST_OF_A_ROLE = 8;

/** A container with where it is and what it is drawn as. */
export interface Placed {
  readonly host: string;
  readonly spec: ContainerSpec;
  readonly box: string;
  readonly stack: string;
}

export interface PlacedPort extends PublishedPort {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  /** Box of the container it leads to. */
  readonly box: string;
}

export interface PlacedNetwork {
  readonly id: string;
  readonly host: string;
  readonly lab: string;
  readonly spec: NetworkSpec;
}

export interface PlacedStack {
  readonly id: string;
  /** The network, or the host where it is on none. */
  readonly inside: string;
  readonly boxes: readonly Omit<ContainerBox, "notes" | "status">[];
}

/** What is drawn in what. */
export interface Placing {
  readonly hosts: readonly { id: string; name: string; says: string; networks: readonly PlacedNetwork[] }[];
  readonly stacks: readonly PlacedStack[];
  readonly containers: readonly Placed[];
  readonly ports: readonly PlacedPort[];
}

interface InLab {
  readonly lab: string;
  readonly spec: ContainerSpec;
}

/** Gives each container its box, in its network stack, in its first network. */
export function placeContainers({ hosts }: Topology): Placing {
  const all = hosts.map((host, i) => placeOn(host, `h${i}`));
  return {
    hosts: all.map(({ host }) => host),
    stacks: all.flatMap(({ stacks }) => stacks),
    containers: all.flatMap(({ containers }) => containers),
    ports: all.flatMap(({ ports }) => ports),
  };
}

function placeOn({ name: host, kind, os, labs, members }: HostTopology, hostId: string) {
  const networks = labs
    .flatMap(({ lab, networks: specs }) => specs.map((spec) => ({ lab, spec })))
    .map((network, i): PlacedNetwork => ({ id: `${hostId}n${i}`, host, ...network }));
  const containers: Placed[] = [];
  const ports: PlacedPort[] = [];
  const stacks = stacksOf(labs.flatMap(({ lab, containers: specs }) => specs.map((spec) => ({ lab, spec })))).map(
    (groups, i): PlacedStack => {
      const id = `${hostId}s${i}`;
      const [first] = networksOf(groups[0][0].spec);
      const inside = networks.find(({ spec }) => spec.name === first)?.id ?? hostId;
      const boxes = groups.map((group, j) =>
        boxOf(
          group.map(({ spec }) => spec),
          `${id}c${j}`,
        ),
      );
      groups.forEach((group, j) => {
        const box = boxes[j].id;
        containers.push(...group.map(({ spec }) => ({ host, spec, box, stack: id })));
        ports.push(
          ...portsOf(
            group.map(({ spec }) => spec),
            host,
            box,
          ),
        );
      });
      return { id, inside, boxes };
    },
  );
  const says = members === undefined ? `${kind}, ${os}` : `${kind} of ${members.join(", ")}, ${os}`;
  return { host: { id: hostId, name: host, says, networks }, stacks, containers, ports };
}

function networksOf({ endpoints, joins = [] }: ContainerSpec): string[] {
  return [...endpoints.map(({ network }) => network), ...joins];
}

/** Network stacks, each a list of groups: the owner's, and those that share it. */
function stacksOf(containers: readonly InLab[]): (readonly InLab[])[][] {
  const byName = new Map(containers.map((container) => [container.spec.name, container]));
  const ownerOf = (container: InLab, depth = 0): InLab => {
    const owner = byName.get(container.spec.sharesStackOf ?? "");
    return owner === undefined || depth > containers.length ? container : ownerOf(owner, depth + 1);
  };
  const stacks = new Map<InLab, InLab[]>();
  for (const container of containers) {
    const owner = ownerOf(container);
    const sharing = stacks.get(owner) ?? [];
    stacks.set(owner, container === owner ? [owner, ...sharing] : [...sharing, container]);
  }
  const alone = [...stacks.values()].filter((members) => members.length === 1).map(([only]) => only);
  const groups = new Map(grouped(alone).map((group) => [group[0], group]));
  return [...stacks].flatMap(([owner, members]) =>
    members.length > 1 ? [grouped(members)] : groups.has(owner) ? [[groups.get(owner)!]] : [],
  );
}

/** Puts containers that only their names and addresses tell apart together, once they are too many to draw. */
function grouped(containers: readonly InLab[]): (readonly InLab[])[] {
  const alike = new Map<string, InLab[]>();
  for (const container of containers) {
    const { role, image, sharesStackOf, member } = container.spec;
    const key = JSON.stringify([container.lab, role, image, networksOf(container.spec), sharesStackOf, member]);
    const group = alike.get(key) ?? [];
    group.push(container);
    alike.set(key, group);
  }
  return [...alike.values()].flatMap((group) =>
    group.length > MOST_OF_A_ROLE ? [group] : group.map((container) => [container]),
  );
}

function boxOf(specs: readonly ContainerSpec[], id: string): PlacedStack["boxes"][number] {
  const [first, last] = [specs[0], specs.at(-1)!];
  const common = <T>(list: (spec: ContainerSpec) => readonly T[]): T[] =>
    list(first).filter((item) => specs.every((spec) => list(spec).includes(item)));
  return {
    id,
    name: span(first.name, last.name),
    count: specs.length,
    role: first.role,
    on: first.member,
    address: first.endpoints[0] && span(first.endpoints[0].address, last.endpoints[0].address),
    aliases: common(({ endpoints }) => endpoints[0]?.aliases ?? []),
    hostsEntries: common(({ hostsEntries }) => hostsEntries.map(({ name, address }) => `${name} ${address}`)),
  };
}

function portsOf(specs: readonly ContainerSpec[], host: string, box: string): PlacedPort[] {
  // A group's ports are drawn as one each, and every one of them leads there.
  const name = (i: number): string => {
    const { address, hostPort, containerPort, protocol } =
      specs[0].ports[i] ?? specs.find(({ ports }) => ports[i])!.ports[i];
    const last = specs.at(-1)!.ports[i]?.hostPort ?? hostPort;
    return `${address}:${span(String(hostPort), String(last))} → ${protocol} ${containerPort}`;
  };
  const names = Array.from({ length: Math.max(...specs.map(({ ports }) => ports.length)) }, (_, i) => name(i));
  return specs.flatMap(({ ports }) =>
    ports.map((port, i) => ({ ...port, id: `${box}p${i}`, host, box, name: names[i] })),
  );
}

/** From the first to the last, as one text. */
export function span(first: string, last: string): string {
  return first === last ? first : `${first} … ${last}`;
}
