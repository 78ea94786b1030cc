import { nthAddress } from "../../network/address";
import type { HostOs } from "../lab";
import { entries, portsOf } from "./ports";

/** An instance of the application. Its port is its identity: nothing else of it depends on which others there are. */
export interface Instance {
  readonly port: number;
  /** Docker's name of its container. */
  readonly name: string;
  /** Where it is in the subnet; no other port of the pool may have the same. */
  readonly place: number;
  readonly address: string;
  /** Which of the {@link bridgesOf}. */
  readonly bridge: number;
}

export interface PoolSettings {
  readonly name: string;
  readonly ports: string;
  readonly without: string;
  readonly network: { readonly subnet: string };
}

/** Most instances of a pool on one host. */
export const mostInstances = 1000;

/**
 * Most instances on one bridge. Linux allows 1,023 ports, and users saw trouble from about 1,000 containers on:
 * https://github.com/moby/moby/issues/44973. Half of that leaves room, and every broadcast reaches half as many.
 */
const mostOnBridge = 500;

/** The subnets of a pool: two halves, from /22 on; a smaller subnet is all there is. */
export function bridgesOf(subnet: string): string[] {
  const [address, prefix] = [subnet.split("/")[0], Number(subnet.split("/")[1])];
  if (prefix > 22) {
    return [subnet];
  }
  return [address, nthAddress(subnet, 2 ** (31 - prefix))].map((half) => `${half}/${prefix + 1}`);
}

/** How many places each of the subnets has, beside its own address, the broadcast address, a gateway and a front door. */
function placesOn(bridge: string): number {
  return Math.min(mostOnBridge, Math.max(0, 2 ** (32 - Number(bridge.split("/")[1])) - 4));
}

/** How many places there are for ports that follow one another. */
export function placesIn(subnet: string): number {
  return bridgesOf(subnet).reduce((sum, bridge) => sum + placesOn(bridge), 0);
}

/** All ports of the pool, in their order, those left empty among them; a port that is listed twice is there twice. */
export function poolPorts({ ports }: Pick<PoolSettings, "ports">): number[] {
  return entries(ports)
    .flatMap((entry) => portsOf(entry) ?? [])
    .sort((a, b) => a - b);
}

/** The ports that an entry of `without` means: of ports or of an instance's name. Not all need be the pool's. */
export function emptied({ name, ports }: Pick<PoolSettings, "name" | "ports">, entry: string): number[] {
  return portsOf(entry) ?? poolPorts({ ports }).filter((port) => nameOf(name, port) === entry);
}

export function nameOf(name: string, port: number): string {
  return `${name}-${port}`;
}

/** The pool's instances, in the order of their ports. */
export function instancesOf(settings: PoolSettings): Instance[] {
  const without = new Set(entries(settings.without).flatMap((entry) => emptied(settings, entry)));
  const placeOf = places(settings.network.subnet);
  return (
    [...new Set(poolPorts(settings))]
      .filter((port) => !without.has(port))
      // More are a fault, and need no address before they are refused.
      .slice(0, mostInstances)
      .map((port) => ({ port, name: nameOf(settings.name, port), ...placeOf(port) }))
  );
}

/**
 * Where in the subnet an instance is. It follows from its port alone, so that it never moves when others come and go: the
 * remainder of the number of places. In a row of no more ports than that, all are different.
 */
export function places(subnet: string): (port: number) => Pick<Instance, "place" | "bridge" | "address"> {
  const bridges = bridgesOf(subnet);
  const each = placesOn(bridges[0]);
  return (port) => {
    const place = each === 0 ? 0 : port % (each * bridges.length);
    const bridge = each === 0 ? 0 : Math.floor(place / each);
    return { place, bridge, address: nthAddress(bridges[bridge], 1 + place - bridge * each) };
  };
}

/** The networks' subnets: on Windows one, as a host carries no more, and no bridge has too many ports. */
export function networksOf(subnet: string, os: HostOs): string[] {
  return os === "windows" ? [subnet] : bridgesOf(subnet);
}
