import * as pulumi from "@pulumi/pulumi";
import type { Container } from "../containers/container";
import type { ContainerPool } from "../containers/container-pool";
import { declareTopology, type DeclareArgs } from "./declare";
import type { Lab } from "./lab";

export interface PlainLabArgs extends Omit<DeclareArgs, "name">, Partial<Pick<Lab, "open" | "outputs">> {}

/** A lab that is its networks and containers as its topology says, and nothing besides. */
export class PlainLab extends pulumi.ComponentResource implements Lab {
  readonly open: Lab["open"];
  readonly outputs: Lab["outputs"];
  readonly containers: readonly (Container | ContainerPool)[];

  constructor(name: string, { open = {}, outputs = {}, ...args }: PlainLabArgs) {
    super("container-network-labs:labs:PlainLab", name, {}, { providers: [args.host.docker] });
    const declared = declareTopology({ name, ...args }, this);
    this.containers = [...declared.values(), ...declared.pools];
    this.open = open;
    this.outputs = outputs;
    this.registerOutputs({ open, ...outputs });
  }
}
