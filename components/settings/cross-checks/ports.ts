import { administrationServices } from "../../network/administration";
import type { HostTopology, PublishedPort } from "../../network/topology";
import type { Fault } from "../fault";
import { forExample, portsOf } from "./placed";

/**
 * Ports by which a host is administered. Other ports below 1024 are allowed: the engine listens as root. So are those
 * that the system lends to outgoing connections (on Linux from 32768 on), as a listener keeps its port; only at the
 * start can such a connection be in the way.
 */
export const reservedPorts = administrationServices;

const everywhere = "0.0.0.0";

type Listener = Pick<PublishedPort, "address" | "hostPort"> & { readonly protocol: string };

/** Whether two cannot listen on one host: same port and protocol, and the same address or one of them on all. */
export function portsClash(a: Listener, b: Listener): boolean {
  const shareAddress = a.address === b.address || a.address === everywhere || b.address === everywhere;
  return shareAddress && a.hostPort === b.hostPort && a.protocol === b.protocol;
}

/** The next port on the same address and protocol that nothing in `taken` has. */
export function freePort(like: Listener, taken: readonly Listener[]): number | undefined {
  for (let hostPort = like.hostPort + 1; hostPort <= 65_535; hostPort++) {
    if (!reservedPorts.has(hostPort) && !taken.some((each) => portsClash({ ...like, hostPort }, each))) {
      return hostPort;
    }
  }
  return undefined;
}

/** Published ports that a host needs for its own administration. */
export function reservedPortFaults(host: HostTopology): Fault[] {
  return portsOf(host)
    .filter(({ hostPort, protocol }) => protocol === "tcp" && reservedPorts.has(hostPort))
    .map(({ key, hostPort }) => ({
      key,
      value: hostPort,
      allowed: `a port other than ${[...reservedPorts.keys()].join(", ")}, by which hosts are administered`,
      cure: `choose another, for example 8080: ${hostPort} is for ${reservedPorts.get(hostPort)}`,
    }));
}

/** Ports of a host that are published twice. */
export function sharedPortFaults(host: HostTopology): Fault[] {
  const ports = portsOf(host);
  return ports.flatMap((port, index) => {
    const other = ports.slice(0, index).find((each) => portsClash(each, port));
    return other === undefined
      ? []
      : [
          {
            key: port.key,
            value: port.hostPort,
            allowed: `a ${port.protocol} port that nothing else on host "${host.name}" publishes`,
            cure: `choose another${forExample(freePort(port, ports))}: ${other.key} has ${other.address}:${other.hostPort}`,
          },
        ];
  });
}
