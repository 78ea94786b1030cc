import * as pulumi from "@pulumi/pulumi";
import { Container } from "../containers/container";
import { ContainerPool } from "../containers/container-pool";
import type { Run } from "../containers/run";
import type { ContainerHost } from "../hosts/container-host";
import { imageOn } from "../images/image";
import { Network } from "../network/network";
import type { ContainerSpec, LabTopology } from "../network/topology";

export interface DeclareArgs {
  /** The name of the lab's component; its resources' names begin with it. */
  name: string;
  /** The lab's name in the registry. */
  lab: string;
  host: ContainerHost;
  topology: LabTopology;
  run: (spec: ContainerSpec) => Run;
  /** What has to be there before the first container is. */
  after?: pulumi.Resource[];
}

/** A lab's containers by name, but for those of its pools, and the pools. */
export type Declared = Map<string, Container> & { readonly pools: readonly ContainerPool[] };

/**
 * Declares a lab's networks, containers and pools, as its topology says, below the lab's component. On a cluster, networks
 * and pools are the cluster's, and a container is on the host that its spec names.
 */
export function declareTopology(args: DeclareArgs, parent: pulumi.ComponentResource): Declared {
  const { name, lab, host, topology, after } = args;
  const networks = new Map(
    topology.networks.map((spec) => [spec.name, new Network(`${name}-${spec.name}`, { lab, host, spec }, { parent })]),
  );
  const containers = new Map<string, Container>();
  // An owner of a network stack comes before those who share it.
  const sharing = (spec: ContainerSpec): number => Number(spec.sharesStackOf !== undefined);
  const single = topology.containers.filter(({ pool }) => pool === undefined);
  for (const spec of single.sort((a, b) => sharing(a) - sharing(b))) {
    const stackOwner = spec.sharesStackOf === undefined ? undefined : containers.get(spec.sharesStackOf);
    const { image, ...run } = args.run(spec);
    const at = hostOf(spec, host);
    containers.set(
      spec.name,
      new Container(
        `${name}-${spec.name}`,
        { lab, host: at, spec, networks, stackOwner, after, image: imageOn(image, at), ...run },
        { parent },
      ),
    );
  }
  const pools = [...new Set(topology.containers.flatMap(({ pool }) => pool ?? []))].map((pool) => {
    const specs = topology.containers.filter((spec) => spec.pool === pool);
    const instances = specs.map((spec) => ({ spec, run: args.run(spec) }));
    return new ContainerPool(`${name}-${pool}-pool`, { lab, host, pool, instances, networks, after }, { parent });
  });
  return Object.assign(containers, { pools });
}

/** The names of a cluster's hosts, as a lab's topology takes them; none of a host. */
export function memberNames({ members }: ContainerHost): string[] | undefined {
  return members?.map(({ hostName }) => hostName);
}

/** The host of a cluster that a container is on. */
function hostOf({ name, member }: ContainerSpec, host: ContainerHost): ContainerHost {
  if (host.members === undefined) {
    return host;
  }
  const found = host.members.find(({ hostName }) => hostName === member);
  if (found === undefined) {
    throw new Error(`container ${name} is to be on host ${member} of the cluster, which has none of that name`);
  }
  return found;
}
