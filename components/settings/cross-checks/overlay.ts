import type { HostTopology } from "../../network/topology";
import type { Fault } from "../fault";
import { containersOf, networksOf } from "./placed";

/** What a swarm's networks and services cannot do and those of a host can. */
export function overlayFaults(host: HostTopology): Fault[] {
  return host.members === undefined ? [] : [...networkFaults(host), ...portFaults(host)];
}

function networkFaults(host: HostTopology): Fault[] {
  return networksOf(host).flatMap(({ key, ipRange, bridge }) => [
    ...absent(`${key}.ipRange`, ipRange, "once it has given the addresses of a range away, a swarm gives no others"),
    ...absent(`${key}.bridge`, bridge, "the network is on all hosts, and its bridges are not the hosts' own"),
  ]);
}

function absent(key: string, value: string | undefined, reason: string): Fault[] {
  return value === undefined ? [] : [{ key, value, allowed: "nothing on a cluster", cure: `remove it: ${reason}` }];
}

/** Only of services: a single container is on one host, which publishes as any host does. */
function portFaults(host: HostTopology): Fault[] {
  return containersOf(host)
    .filter(({ joins = [] }) => joins.length > 0)
    .flatMap(({ lab, ports }) => ports.map(({ address, setting }) => ({ lab, address, setting })))
    .filter(({ address }) => address !== "0.0.0.0")
    .map(({ lab, address, setting }) => ({
      key: `labs.${lab}.${setting}`,
      value: address,
      allowed: "ports that listen on 0.0.0.0 on a cluster: a swarm publishes on every address of its hosts",
      cure: "write listen: 0.0.0.0, and by openings who may reach it",
    }));
}
