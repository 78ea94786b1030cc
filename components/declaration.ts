import type { CloudDescription } from "./azure/cloud";
import type { PlacedOpening } from "./azure/openings";
import type { Proof } from "./checks/during-update";
import type { Topology } from "./network/topology";

/** A cloud that an environment's hosts are in, once it is there. */
export interface DeclaredCloud extends CloudDescription {
  /** The public address of its load balancer. */
  readonly address: string;
  /**
   * The hosts that have a machine, and the ports that lead to it: the load balancer's, or those of tunnels from this
   * machine.
   */
  readonly instances: readonly {
    readonly host: string;
    readonly ssh: number;
    readonly docker: number;
    readonly winrm?: number;
  }[];
}

/** What an environment declares: `verify` and `graph` work from it. */
export interface Declaration extends Omit<Proof, "limitSeconds"> {
  topology: Topology;
  /** What others may reach of its hosts. */
  openings?: readonly PlacedOpening[];
  cloud?: DeclaredCloud;
}

/** The type under which the state records a declaration. */
export const environmentType = "container-network-labs:index:Environment";
