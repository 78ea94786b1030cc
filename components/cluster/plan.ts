import { networkOf, offset, overlap } from "../network/address";

/** What a member of a swarm does: managers keep its state and decide, and all of them run containers. */
export type Role = "manager" | "worker";

/** A host as a member of a swarm. */
export interface PlannedMember {
  /** The host's name. */
  readonly name: string;
  readonly role: Role;
}

/**
 * How many managers a swarm of so many hosts has: an odd number, as more than half of them have to be there for anything
 * to be decided. Source: https://docs.docker.com/engine/swarm/admin_guide/#add-manager-nodes-for-fault-tolerance
 */
export function managerCount(hosts: number): number {
  return hosts < 3 ? 1 : hosts < 7 ? 3 : 5;
}

/** Which hosts are managers: the first ones, in the order of the settings. Pure. */
export function plannedMembers(hosts: readonly { readonly name: string }[]): PlannedMember[] {
  const managers = managerCount(hosts.length);
  return hosts.map(({ name }, i) => ({ name, role: i < managers ? "manager" : "worker" }));
}

/** Subnets in CIDR form that a swarm needs for itself. */
export interface SwarmAddresses {
  /** On each host, of the bridge by which containers leave it; the same on all, as nobody else comes there. */
  readonly bridge: string;
  /** What the swarm's own networks are taken from. */
  readonly overlays: string;
}

/** The first of the blocks that are looked through: far from where labs, clouds and home networks usually are. */
const firstBlock = "10.213.0.0/16";
const blocks = 40;

/**
 * The addresses of a swarm: the first block in which nothing of `taken` lies. Left to itself, Docker would take
 * 10.0.0.0/24, where clouds have their virtual networks. Pure, so that it is the same at each run.
 * @param taken Subnets in CIDR form.
 */
export function plannedAddresses(taken: readonly string[]): SwarmAddresses {
  const [first] = firstBlock.split("/");
  const bases = Array.from({ length: blocks }, (_, i) => offset(first, i * 65_536));
  const base = bases.find((each) => !taken.some((subnet) => overlap(subnet, `${each}/16`))) ?? first;
  // A bridge carries a thousand containers; so many have room in a /20.
  return { bridge: `${base}/20`, overlays: networkOf(`${offset(base, 32_768)}/17`) };
}
