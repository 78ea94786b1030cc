import type { EngineAddress } from "../hosts/engine-address";
import type { PlannedMember } from "./plan";

/** What `tools/run.js swarm claim` and `leave` read: a host that is to be a member, or is to be one no more. */
export interface ClaimData {
  readonly stack: string;
  /** The host's name. */
  readonly member: string;
  /** Of the bridge by which a member's containers leave it; none on Windows, where there is no such bridge. */
  readonly bridge?: string;
}

/** A member, and how a Docker client of this machine reaches its engine. */
export interface MemberData extends PlannedMember {
  readonly engine: EngineAddress;
  /** Where the other members reach it; without it, its engine chooses. */
  readonly address?: string;
}

/** What `tools/run.js swarm apply` reads. */
export interface SwarmData {
  readonly stack: string;
  /** Managers first. */
  readonly members: readonly MemberData[];
  /** In CIDR form: what the swarm takes the subnets of its own networks from. */
  readonly addresses: string;
}

/** What `tools/run.js swarm apply` prints. Nothing in it is secret. */
export interface SwarmReport {
  readonly changed: boolean;
  /** What was done, a line each. */
  readonly done: readonly string[];
  /** The swarm's id: another one once it was made anew. */
  readonly swarm: string;
  readonly members: readonly { readonly name: string; readonly node: string; readonly address: string }[];
}

/** The name that the engine knows the bridge by which a member's containers leave it. Source: moby/moby, libnetwork. */
export const GATEWAY_BRIDGE = "docker_gwbridge";

/** TCP port of the managers, of which the engine knows no other. */
export const MANAGER_PORT = 2377;

/** Where every member hears of the others. */
export const MEMBER_PORT = 7946;
