import type { ContainerHost } from "../hosts/container-host";

/** A registry that is nowhere: nothing listens at this port, and whoever asks is told so at once. */
const nowhere = "127.0.0.1:1";

/**
 * The repository part of the name of an image that a cluster's services run. Before it starts a container, a member of a
 * swarm asks the image's registry for it, and only then takes the one that it has: under a plain name, somebody else's
 * image would come from the public registry, or, where that is out of reach, each start would wait in vain.
 * Source: moby/moby, daemon/cluster/executor/container/controller.go
 */
export function serviceRepository(name: string, { members }: Pick<ContainerHost, "members">): string {
  return members === undefined ? name : `${nowhere}/${name}`;
}
