import type { Opening } from "../network/opening";
import { MANAGER_PORT, MEMBER_PORT } from "./data";

/** Where the world begins: rules of the host's firewall take an address or all of them. */
const everyAddress = "0.0.0.0";

/**
 * Ports by which the members of a swarm know each other, and by which containers on different hosts reach each other.
 * Source: https://docs.docker.com/engine/swarm/swarm-tutorial/#open-protocols-and-ports-between-the-hosts
 * @param sources Subnets in CIDR form that the members are in, and nobody else.
 * @param address The member's own; without it, the ports are closed on all of its addresses.
 */
export function memberOpenings(sources: readonly string[], address?: string): Opening[] {
  const of = { listen: address ?? everyAddress, sources };
  return [
    { ...of, service: "Swarm managers", ports: [MANAGER_PORT] },
    { ...of, service: "Swarm members", ports: [MEMBER_PORT] },
    { ...of, service: "Swarm members", ports: [MEMBER_PORT], protocol: "udp" },
    // The kernel listens on all addresses, whatever the member's is.
    { ...of, listen: everyAddress, service: "Swarm overlays", ports: [4789], protocol: "udp" },
  ];
}
