import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { isSwarm } from "../cluster/is-swarm";
import type { ContainerHost } from "../hosts/container-host";
import { labelList, labelsOf } from "../labels";
import { bridgeNetwork } from "./linux/bridge";
import { anchorsOf } from "./anchor";
import { overlayNetwork } from "./overlay";
import type { NetworkSpec } from "./topology";
import { natNetwork } from "./windows/nat";

export interface NetworkArgs {
  /** The lab it belongs to. */
  lab: string;
  host: ContainerHost;
  spec: NetworkSpec;
}

/**
 * A Docker network on a host, with its addressing said in full, in the dialect of the host's system.
 *
 *     new Network("docker-networks-chat", { lab: "docker-networks", host, spec }, { parent: this });
 */
export class Network extends pulumi.ComponentResource {
  /** The engine's id. Containers refer to it by this and not by name, so a network made anew takes them along. */
  readonly networkId: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:network:Network", name, {}, { providers: [args.host.docker], ...opts });
    const dialect = isSwarm(args.host)
      ? overlayNetwork(args.spec, args.host.encrypted)
      : args.host.os === "windows"
        ? natNetwork(args.spec)
        : bridgeNetwork(args.spec);
    const network = new docker.Network(
      name,
      { name: args.spec.name, ...dialect, labels: labelList(labelsOf(pulumi.getStack(), args.lab, "network")) },
      // Its name and subnet are fixed, so a new one can only be made once the old one is gone.
      { parent: this, deleteBeforeReplace: true, ...args.host.madeOnIt },
    );
    const { members = [] } = args.host;
    const anchors = anchorsOf(name, { lab: args.lab, members, network }, this);
    this.networkId = pulumi.all([network.id, ...anchors.map(({ id }) => id)]).apply(([id]) => id);
    this.registerOutputs({ networkId: this.networkId });
  }
}
