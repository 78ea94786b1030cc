import { contains, freeAddress, freeSubnet, isUsable, lastUsable, networkOf, overlap } from "../../network/address";
import type { HostTopology } from "../../network/topology";
import type { Fault } from "../fault";
import { attachmentsOf, forExample, networksOf, takenOn } from "./placed";

/** Gateways that no host of their subnet can have. */
export function gatewayFaults(host: HostTopology): Fault[] {
  return networksOf(host)
    .filter(({ subnet, gateway }) => !isUsable(subnet, gateway))
    .map((network) => {
      const { subnet } = network;
      const taken = takenOn(host, network);
      const example = taken.includes(lastUsable(subnet)) ? freeAddress(subnet, taken) : lastUsable(subnet);
      return {
        key: `${network.key}.gateway`,
        value: network.gateway,
        allowed: `an address inside ${subnet}, neither its first nor its last`,
        cure: `choose one that no container has${forExample(example)}`,
      };
    });
}

/** Ranges that are not part of their subnet. */
export function ipRangeFaults(host: HostTopology): Fault[] {
  return networksOf(host).flatMap(({ key, subnet, ipRange }) => {
    if (ipRange === undefined || contains(subnet, ipRange)) {
      return [];
    }
    const [address] = subnet.split("/");
    const longest = Math.max(...[subnet, ipRange].map((cidr) => Number(cidr.split("/")[1])));
    return [
      {
        key: `${key}.ipRange`,
        value: ipRange,
        allowed: `a part of the subnet ${subnet}`,
        cure: `choose a range inside it, for example ${networkOf(`${address}/${longest}`)}`,
      },
    ];
  });
}

/** Subnets that have addresses in common with another of the same host, whichever lab it is of. */
export function overlapFaults(host: HostTopology): Fault[] {
  const networks = networksOf(host);
  const subnets = networks.map(({ subnet }) => subnet);
  return networks.flatMap((network, index) => {
    const other = networks.slice(0, index).find(({ subnet }) => overlap(subnet, network.subnet));
    return other === undefined
      ? []
      : [
          {
            key: `${network.key}.subnet`,
            value: network.subnet,
            allowed: `a subnet that overlaps no other network of host "${host.name}"`,
            cure:
              `choose another${forExample(freeSubnet(network.subnet, subnets))}: ` +
              `${other.key}.subnet has ${other.subnet}`,
          },
        ];
  });
}

/**
 * How many endpoints a network carries. A Linux bridge has 1,024 ports, and users saw containers beyond about 1,001 go
 * unreached: https://github.com/moby/moby/issues/34098, https://github.com/moby/moby/issues/44973.
 */
export const mostEndpoints = 1000;

/** The setting that most of these come from, and how many do. */
export function mostOften(keys: readonly string[]): { key: string; value: number } {
  const counts = new Map<string, number>();
  keys.forEach((key) => counts.set(key, (counts.get(key) ?? 0) + 1));
  const [key, value] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most));
  return { key, value };
}

/** Networks with more endpoints than a bridge carries; the setting with the most of them is blamed. */
export function endpointCountFaults(host: HostTopology): Fault[] {
  const attachments = attachmentsOf(host);
  return networksOf(host).flatMap((network) => {
    const keys = attachments.filter((each) => each.network?.key === network.key).map(({ container }) => container.key);
    if (keys.length <= mostEndpoints) {
      return [];
    }
    const { key, value } = mostOften(keys);
    return [
      {
        key,
        value,
        allowed: `at most 1,000 endpoints on a bridge; network "${network.name}" would have ${keys.length}`,
        cure: `declare ${keys.length - mostEndpoints} fewer, or put some on another network`,
      },
    ];
  });
}
