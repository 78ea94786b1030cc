import * as pulumi from "@pulumi/pulumi";
import type { Proof } from "./checks/during-update";
import type { Topology } from "./network/topology";

/** What `verify` and `graph` work from. */
export interface Declaration extends Omit<Proof, "limitSeconds"> {
  topology: Topology;
}

/** The type under which the state records a {@link Environment}. */
export const environmentType = "container-network-labs:index:Environment";

/**
 * What the environment declares, kept in the state for the tools. A resource and not stack outputs, because those are
 * printed after every update, and a person wants to read the addresses there and not this.
 */
export class Environment extends pulumi.ComponentResource {
  constructor(name: string, declaration: Declaration) {
    super(environmentType, name);
    this.registerOutputs(declaration);
  }
}
