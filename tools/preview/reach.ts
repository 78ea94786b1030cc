import { VISITOR } from "../../components/checks/visitor";
import { connects, type Flow } from "../../components/network/acl/evaluate";
import { contains } from "../../components/network/address";
import type { PlacedOpening } from "../../components/azure/openings";
import type {
  ContainerSpec,
  EndpointSpec,
  HostTopology,
  NetworkSpec,
  PublishedPort,
  Topology,
} from "../../components/network/topology";

type Protocol = Flow["protocol"];

/** Where a connection is opened from: a container's network stack, or the host itself. */
export interface Asked {
  readonly host: string;
  /** A container's name, `operator` or `visitor`. */
  readonly from: string;
  /** An address or a name. */
  readonly to: string;
  /** Undefined for a protocol without ports. */
  readonly port?: number;
  readonly protocol?: Protocol;
}

/** What becomes of a connection. */
export interface Outcome {
  /** Undefined where the plan does not tell, as for what is not part of it. */
  readonly passes: boolean | undefined;
  /** Why it does not pass, or why that is not known. */
  readonly why?: string;
  /** Name of the container that it leads to. */
  readonly container?: string;
  /** Whether it never leaves the network stack that it is opened in. */
  readonly within?: boolean;
}

interface Step extends Required<Pick<Asked, "protocol">> {
  readonly at: HostTopology;
  readonly stack: ContainerSpec;
  readonly address: string;
  readonly port: number | undefined;
}

/**
 * Who reaches whom in a plan: by networks, addresses, names, routes, port proxies, published ports and the ACLs of both
 * ends. Whether anything listens there is not known to a plan.
 */
export class Reach {
  constructor(
    private readonly topology: Topology,
    private readonly openings: readonly PlacedOpening[] = [],
  ) {}

  /** What becomes of a connection that is opened now. */
  of({ host, from, to, port, protocol = 6 }: Asked): Outcome {
    const at = this.topology.hosts.find(({ name }) => name === host);
    if (at === undefined) {
      return no(`there is no host ${host}`);
    }
    if (from === "operator") {
      return fromHost(at, to, port, protocol);
    }
    if (from === VISITOR) {
      return this.fromVisitor(at, port);
    }
    const container = containersOf(at).find(({ name }) => name === from);
    if (container === undefined) {
      return no(`there is no container ${from} on ${host}`);
    }
    const stack = stackOwner(at, container);
    const address = resolve(at, [container, stack], to);
    return address === undefined
      ? no(`${from} knows nothing called ${to}`)
      : this.fromStack({ at, stack, address, port, protocol });
  }

  /** Through the load balancer, which hands on what openings speak of and nothing else. */
  private fromVisitor(at: HostTopology, port: number | undefined): Outcome {
    const opening = this.openings.find((each) => each.host === at.name && each.ports.includes(port ?? 0));
    const found = opening && publishedAt(at, opening.listen, port, 6);
    if (found === undefined) {
      return no(`the load balancer hands nothing on at port ${port}`);
    }
    const everybody = opening!.sources.includes("0.0.0.0/0");
    return everybody
      ? { passes: true, container: found.container.name }
      : unknown(`it is open to ${opening!.sources.join(", ")}`);
  }

  private fromStack(step: Step): Outcome {
    const { stack, address, port } = step;
    const { portProxies = [], routes = [] } = stack.stack ?? {};
    const proxy = portProxies.find(({ listen }) => listen.address === address && listen.port === port);
    if (proxy !== undefined && step.protocol === 6) {
      const connect = { ...step, address: proxy.connect.address, port: proxy.connect.port };
      return local(stack, connect.address) ? itself(stack) : this.onNetworks(connect);
    }
    if (local(stack, address)) {
      return itself(stack);
    }
    const route = routes.find(({ destination }) => destination === `${address}/32`);
    return this.onNetworks(step, route?.nextHop);
  }

  /** @param nextHop Who is to hand it on; the address' own holder unless a route says otherwise. */
  private onNetworks(step: Step, nextHop = step.address): Outcome {
    const { at, stack, address, port, protocol } = step;
    for (const mine of stack.endpoints) {
      const network = networksOf(at).find(({ name }) => name === mine.network)!;
      if (nextHop === network.gateway) {
        return nextHop === address ? this.atGateway(step, mine) : unknown(`${address} is outside of the environment`);
      }
      const holder = holderOf(at, mine.network, nextHop);
      if (holder !== undefined && (nextHop === address || local(holder.container, address))) {
        const { container, endpoint } = holder;
        const to = { address, acl: endpoint.acl, port };
        return { ...decided(connects(mine, to, protocol)), container: container.name };
      }
      if (contains(network.subnet, nextHop)) {
        return no(`nothing on network ${network.name} has ${nextHop}`);
      }
    }
    const other = networksOf(at).find(({ subnet }) => contains(subnet, nextHop));
    return other === undefined
      ? unknown(`${address} is outside of the environment`)
      : no(`${stack.name} is not on network ${other.name}`);
  }

  /** A port of the host, asked for by a container. */
  private atGateway({ at, address, port, protocol, stack }: Step, mine: EndpointSpec): Outcome {
    const found = publishedAt(at, address, port, protocol);
    if (found === undefined) {
      return port === undefined
        ? unknown("a host answers for itself")
        : no(`nothing is published at ${address}:${port}`);
    }
    const opening = this.openings.find((each) => each.host === at.name && opens(each, found.port));
    if (opening !== undefined && !opening.sources.some((source) => contains(source, mine.address))) {
      return no(`port ${found.port.hostPort} is not open to ${stack.name}`);
    }
    return {
      ...throughGateway(at, found.container, found.port.containerPort, protocol),
      container: found.container.name,
    };
  }
}

/** The host itself reaches its published ports and, over its own address on each network, every container. */
function fromHost(at: HostTopology, to: string, port: number | undefined, protocol: Protocol): Outcome {
  const address = to === "localhost" ? "127.0.0.1" : to;
  const found = publishedAt(at, address, port, protocol);
  if (found !== undefined) {
    const { container } = found;
    return { ...throughGateway(at, container, found.port.containerPort, protocol), container: container.name };
  }
  if (address.startsWith("127.")) {
    return no(`nothing is published at ${address}:${port}`);
  }
  const holder = networksOf(at)
    .map(({ name }) => holderOf(at, name, address))
    .find((each) => each !== undefined);
  return holder === undefined
    ? unknown(`${to} is outside of the environment`)
    : { ...throughGateway(at, holder.container, port, protocol), container: holder.container.name };
}

/** What the host hands on has its address on the container's network. */
function throughGateway(at: HostTopology, to: ContainerSpec, port: number | undefined, protocol: Protocol): Outcome {
  const { endpoints, joins = [] } = stackOwner(at, to);
  const [endpoint] = endpoints;
  if (endpoint === undefined && joins.length > 0) {
    // Its address is the cluster's to give, and such an endpoint has no ACL.
    return { passes: true };
  }
  const network = networksOf(at).find(({ name }) => name === endpoint?.network);
  return network === undefined
    ? no(`${to.name} is on no network`)
    : decided(connects({ address: network.gateway }, { address: endpoint.address, acl: endpoint.acl, port }, protocol));
}

function publishedAt(at: HostTopology, address: string, port: number | undefined, protocol: Protocol) {
  const wanted = protocol === 17 ? "udp" : "tcp";
  return containersOf(at)
    .flatMap((container) => container.ports.map((published) => ({ container, port: published })))
    .find(
      ({ port: each }) =>
        each.hostPort === port && each.protocol === wanted && (each.address === "0.0.0.0" || each.address === address),
    );
}

/** Whether an opening speaks of a published port. */
export function opens(opening: PlacedOpening, port: PublishedPort): boolean {
  return port.protocol === "tcp" && opening.listen === port.address && opening.ports.includes(port.hostPort);
}

export function containersOf({ labs }: HostTopology): ContainerSpec[] {
  return labs.flatMap(({ containers }) => containers);
}

export function networksOf({ labs }: HostTopology): NetworkSpec[] {
  return labs.flatMap(({ networks }) => networks);
}

/** The container whose network stack another one has. */
export function stackOwner(at: HostTopology, container: ContainerSpec): ContainerSpec {
  const owner = containersOf(at).find(({ name }) => name === container.sharesStackOf);
  return owner === undefined || owner === container ? container : stackOwner(at, owner);
}

/** Whether an address is of the stack itself, on loopback or any of its endpoints. */
function local({ endpoints, stack }: ContainerSpec, address: string): boolean {
  return (
    address.startsWith("127.") ||
    endpoints.some((endpoint) => endpoint.address === address) ||
    (stack?.addresses ?? []).some((alias) => alias.address === address)
  );
}

/** Who has an address on a network: as an endpoint's own, or as a further one on its interface. */
function holderOf(at: HostTopology, network: string, address: string) {
  for (const container of containersOf(at)) {
    for (const endpoint of container.endpoints.filter((each) => each.network === network)) {
      const further = (container.stack?.addresses ?? []).filter((alias) => alias.endpoint === endpoint.address);
      if (endpoint.address === address || further.some((alias) => alias.address === address)) {
        return { container, endpoint };
      }
    }
  }
  return undefined;
}

/** An address by its name, in the order in which a container looks: its hosts file, then Docker's DNS. */
export function resolve(at: HostTopology, asking: readonly ContainerSpec[], name: string): string | undefined {
  if (/^[\d.]+$/.test(name)) {
    return name;
  }
  if (name === "localhost") {
    return "127.0.0.1";
  }
  const entry = asking.flatMap(({ hostsEntries }) => hostsEntries).find((each) => each.name === name);
  return entry?.address ?? resolveByDns(at, asking, name);
}

/** What Docker's DNS answers to containers: names and aliases on their own networks. */
export function resolveByDns(at: HostTopology, asking: readonly ContainerSpec[], name: string): string | undefined {
  const networks = asking.flatMap(({ endpoints }) => endpoints.map(({ network }) => network));
  return containersOf(at)
    .flatMap((container) => container.endpoints.map((endpoint) => ({ container, endpoint })))
    .find(
      ({ container, endpoint }) =>
        networks.includes(endpoint.network) && (container.name === name || endpoint.aliases.includes(name)),
    )?.endpoint.address;
}

function itself({ name }: ContainerSpec): Outcome {
  return { passes: true, container: name, within: true };
}

function decided(passes: boolean | undefined): Outcome {
  const why = {
    false: "a rule of one of the two ends denies it",
    undefined: "it hangs on the port that the client has",
  };
  return passes === true ? { passes } : { passes, why: why[`${passes}`] };
}

function no(why: string): Outcome {
  return { passes: false, why };
}

function unknown(why: string): Outcome {
  return { passes: undefined, why };
}
