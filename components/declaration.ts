import type { Proof } from "./checks/during-update";
import type { Topology } from "./network/topology";

/** What an environment declares: `verify` and `graph` work from it. */
export interface Declaration extends Omit<Proof, "limitSeconds"> {
  topology: Topology;
}

/** The type under which the state records a declaration. */
export const environmentType = "container-network-labs:index:Environment";
