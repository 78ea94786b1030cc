import * as pulumi from "@pulumi/pulumi";
import { type Declaration, environmentType } from "./declaration";

type Declared = Omit<Declaration, "cloud"> & { readonly cloud?: pulumi.Input<Declaration["cloud"]> };

/**
 * What the environment declares, kept in the state for the tools. A resource and not stack outputs, because those are
 * printed after every update, and a person wants to read the addresses there and not this.
 */
export class Environment extends pulumi.ComponentResource {
  constructor(name: string, declaration: Declared) {
    super(environmentType, name);
    // As text: a tree of many small values takes Pulumi long to hand over, 0.4 s for an endpoint with 500 rules.
    const { expectations, topology, openings, ...rest } = declaration;
    this.registerOutputs({ ...rest, declared: JSON.stringify({ expectations, topology, openings }) });
  }
}
