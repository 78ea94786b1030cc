import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../hosts/container-host";
import { toolboxOn } from "../images/toolbox";
import { labelList, labelsOf } from "../labels";

/** The role of the containers that keep an overlay where it is. */
export const anchorRole = "anchor";

/**
 * A container on each host of a cluster that does nothing but be on an overlay, so that the overlay stays there.
 *
 * An engine takes an overlay away with the last endpoint it has there. Where one container goes at the moment in which
 * another comes, as when hosts come or go, the second finds no network, and the swarm keeps its address from it for good:
 * seen with Docker 20.10, "network … not found", then "Address already in use".
 */
export function anchorsOf(
  name: string,
  { lab, members, network }: { lab: string; members: readonly ContainerHost[]; network: docker.Network },
  parent: pulumi.Resource,
): docker.Container[] {
  return members.map(
    (host) =>
      new docker.Container(
        `${name}-${anchorRole}-${host.hostName}`,
        {
          name: pulumi.interpolate`${network.name}-${anchorRole}`,
          image: toolboxOn(host).imageId,
          networkMode: "bridge",
          networksAdvanced: [{ name: network.id }],
          labels: labelList(labelsOf(pulumi.getStack(), lab, anchorRole)),
          restart: "unless-stopped",
          mustRun: true,
        },
        { parent, provider: host.docker, deleteBeforeReplace: true, ...host.madeOnIt },
      ),
  );
}
