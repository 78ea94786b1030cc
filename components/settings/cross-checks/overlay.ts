import { contains } from "../../network/address";
import type { HostTopology } from "../../network/topology";
import type { Fault } from "../fault";
import { attachmentsOf, containersOf, networksOf } from "./placed";

/** What a swarm's networks and services cannot do and those of a host can. */
export function overlayFaults(host: HostTopology): Fault[] {
  const { members } = host;
  return members === undefined
    ? []
    : [...bridgeFaults(host), ...rangeFaults(host, members.length), ...takenFaults(host), ...portFaults(host)];
}

/**
 * Addresses of a network that are no lab's: of each host the swarm's own and that of its anchor (network/anchor.ts), and
 * those of the range's two ends and the gateway.
 */
export function addressesOfHosts(hosts: number): number {
  return 2 * hosts + 3;
}

function bridgeFaults(host: HostTopology): Fault[] {
  return networksOf(host).flatMap(({ key, bridge }) =>
    bridge === undefined
      ? []
      : [
          {
            key: `${key}.bridge`,
            value: bridge,
            allowed: "nothing on a cluster",
            cure: "remove it: the network is on all hosts, and its bridges are not the hosts' own",
          },
        ],
  );
}

/** A swarm gives addresses of the range and no others; whoever is to have one waits as long as there is none. */
function rangeFaults(host: HostTopology, hosts: number): Fault[] {
  return networksOf(host).flatMap(({ key, ipRange }) => {
    const needed = addressesOfHosts(hosts);
    return ipRange === undefined || 2 ** (32 - Number(ipRange.split("/")[1])) >= needed
      ? []
      : [
          {
            key: `${key}.ipRange`,
            value: ipRange,
            allowed: `a range of /${32 - Math.ceil(Math.log2(needed))} or larger: each host of the cluster has an address of it`,
            cure: "choose a larger one, away from the containers' addresses, or leave it out",
          },
        ];
  });
}

/** What is in the range the swarm may have given to a host when the container comes up. */
function takenFaults(host: HostTopology): Fault[] {
  return attachmentsOf(host)
    .filter(({ endpoint, network }) => network?.ipRange !== undefined && contains(network.ipRange, endpoint.address))
    .map(({ endpoint, container, network }) => ({
      key: container.key,
      value: endpoint.address,
      allowed: `an address outside ${network!.ipRange}, of which the cluster's hosts have theirs`,
      cure: `choose another, another ${network!.key}.ipRange, or a larger subnet`,
    }));
}

/** Of services: a single container is on one host, which publishes as any host does. */
function portFaults(host: HostTopology): Fault[] {
  return containersOf(host)
    .filter(({ pool }) => pool !== undefined)
    .flatMap(({ lab, ports }) => ports.map(({ address, setting }) => ({ lab, address, setting })))
    .filter(({ address }) => address !== "0.0.0.0")
    .map(({ lab, address, setting }) => ({
      key: `labs.${lab}.${setting}`,
      value: address,
      allowed: "ports that listen on 0.0.0.0 on a cluster: a swarm publishes on every address of its hosts",
      cure: "write listen: 0.0.0.0, and by openings who may reach it",
    }));
}
