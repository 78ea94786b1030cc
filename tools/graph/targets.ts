import type { Placed, PlacedPort, Placing } from "./placing";

/** What an address or name leads to. */
export type Found =
  | { readonly container: Placed; readonly port?: undefined }
  | { readonly port: PlacedPort; readonly container?: undefined };

/** Finds what a host or container means by an address or name, in the order in which a container would. */
export class Targets {
  private readonly byName = new Map<string, Placed>();
  private readonly byAddress = new Map<string, Placed[]>();
  private readonly byAlias = new Map<string, Placed>();
  private readonly byPort = new Map<number, PlacedPort[]>();
  private readonly gateways = new Set<string>();

  constructor({ hosts, containers, ports }: Placing) {
    for (const container of containers) {
      this.byName.set(key(container.host, container.spec.name), container);
      for (const { network, address, aliases } of container.spec.endpoints) {
        push(this.byAddress, address, container);
        aliases.forEach((alias) => this.byAlias.set(key(container.host, network, alias), container));
        this.byAlias.set(key(container.host, network, container.spec.name), container);
      }
      // What loopback holds is the stack's own; what an endpoint's interface holds, the network's others find there.
      for (const { address, endpoint } of container.spec.stack?.addresses ?? []) {
        if (endpoint !== undefined) {
          push(this.byAddress, address, container);
        }
      }
    }
    ports.forEach((port) => push(this.byPort, port.hostPort, port));
    hosts.forEach(({ networks }) => networks.forEach(({ host, spec }) => this.gateways.add(key(host, spec.gateway))));
  }

  container(host: string, name: string): Placed | undefined {
    return this.byName.get(key(host, name));
  }

  /** As a container sees it, be it an address or a name. */
  fromContainer(from: Placed, target: string, port?: number): Found | undefined {
    const stack = this.owner(from);
    if (isLoopback(target)) {
      return { container: stack };
    }
    const named = stack.spec.hostsEntries.find(({ name }) => name === target)?.address ?? target;
    const { local, address } = forwarded(stack, named, port);
    if (local) {
      return { container: stack };
    }
    const container =
      stack.spec.endpoints.map(({ network }) => this.byAlias.get(key(from.host, network, target))).find(Boolean) ??
      this.at(from.host, address);
    if (container !== undefined) {
      return { container };
    }
    const published = this.gateways.has(key(from.host, address)) && this.published(from.host, port);
    return published ? { port: published } : undefined;
  }

  /** As the machine that runs `verify` sees it: the ports of any host, and containers by their address. */
  fromOutside(host: string, target: string, port?: number): Found | undefined {
    const container = isLoopback(target) ? undefined : this.at(host, target);
    const published = this.published(host, port);
    return container !== undefined ? { container } : published && { port: published };
  }

  /** Addresses are a host's own, but one that only another host has can mean nothing else. */
  private at(host: string, address: string): Placed | undefined {
    const there = this.byAddress.get(address) ?? [];
    return there.find((container) => container.host === host) ?? (there.length === 1 ? there[0] : undefined);
  }

  private published(host: string, hostPort?: number): PlacedPort | undefined {
    return this.byPort.get(hostPort ?? -1)?.find((port) => port.host === host);
  }

  private owner(container: Placed): Placed {
    const seen = new Set<Placed>();
    let owner = container;
    while (owner.spec.sharesStackOf !== undefined && !seen.has(owner)) {
      seen.add(owner);
      owner = this.container(owner.host, owner.spec.sharesStackOf) ?? owner;
    }
    return owner;
  }
}

/** Where a network stack sends what is for this address: its port proxies come before its routes. */
function forwarded({ spec }: Placed, target: string, port?: number): { local: boolean; address: string } {
  const { addresses = [], routes = [], portProxies = [] } = spec.stack ?? {};
  const proxy = portProxies.find(({ listen }) => listen.address === target && listen.port === port);
  const route = routes.find(({ destination }) => destination === `${target}/32`);
  const local = proxy === undefined && addresses.some(({ address }) => address === target);
  return { local, address: proxy?.connect.address ?? route?.nextHop ?? target };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.startsWith("127.");
}

function key(...parts: string[]): string {
  return parts.join("\n");
}

function push<K, V>(map: Map<K, V[]>, at: K, value: V): void {
  const list = map.get(at) ?? [];
  list.push(value);
  map.set(at, list);
}
