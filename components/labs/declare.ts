import * as pulumi from "@pulumi/pulumi";
import { Container } from "../containers/container";
import type { ContainerHost } from "../hosts/container-host";
import type { Image } from "../images/image";
import { Network } from "../network/network";
import type { ContainerSpec, LabTopology } from "../network/topology";

/** What a container runs: the part of it that its spec does not say. */
export interface Run {
  image: Image;
  /** Instead of the image's own command. */
  command?: string[];
  /** Environment variables. Not for secrets: `docker inspect` shows them. */
  environment?: Record<string, string>;
  /** Files written into the container before it starts: content by path. Not for secrets, either. */
  files?: Record<string, string>;
}

export interface DeclareArgs {
  /** The name of the lab's component; its resources' names begin with it. */
  name: string;
  /** The lab's name in the registry. */
  lab: string;
  host: ContainerHost;
  topology: LabTopology;
  run: (spec: ContainerSpec) => Run;
}

/** Declares a lab's networks and containers, as its topology says, below the lab's component. By container's name. */
export function declareTopology(args: DeclareArgs, parent: pulumi.ComponentResource): Map<string, Container> {
  const { name, lab, host, topology } = args;
  const networks = new Map(
    topology.networks.map((spec) => [spec.name, new Network(`${name}-${spec.name}`, { lab, host, spec }, { parent })]),
  );
  const containers = new Map<string, Container>();
  // An owner of a network stack comes before those who share it.
  const sharing = (spec: ContainerSpec): number => Number(spec.sharesStackOf !== undefined);
  for (const spec of [...topology.containers].sort((a, b) => sharing(a) - sharing(b))) {
    const stackOwner = spec.sharesStackOf === undefined ? undefined : containers.get(spec.sharesStackOf);
    containers.set(
      spec.name,
      new Container(`${name}-${spec.name}`, { lab, host, spec, networks, stackOwner, ...args.run(spec) }, { parent }),
    );
  }
  return containers;
}
