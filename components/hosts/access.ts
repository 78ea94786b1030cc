import * as pulumi from "@pulumi/pulumi";
import type { EngineAccess } from "../checks/expectation";
import { toolboxOn } from "../images/toolbox";
import type { ContainerHost } from "./container-host";
import type { EngineAddress } from "./engine-address";

/** How the tools reach a host's engine, as the state records it. What a host has not is not recorded. */
export function accessTo(host: ContainerHost): { [Key in keyof EngineAccess]: pulumi.Input<EngineAccess[Key]> } {
  const { hostName: name, kind, os, engine, members } = host;
  if (kind === "local") {
    return { name, kind, os, engine };
  }
  // What a cluster is made of are hosts themselves, but for a cluster of this machine alone.
  const isRemote = members === undefined || members[0].kind !== "local";
  return {
    ...{ name, kind, os, engine, ...wayTo(host) },
    ...(os === "linux" && isRemote ? { toolbox: onceMade(host) } : {}),
    ...(kind === "scale-set" ? { address: host.address } : {}),
    ...(members === undefined ? {} : { members: members.map(({ hostName }) => hostName) }),
  };
}

/** How a Docker client of this machine reaches a host's engine. What a host has not is left out. */
export function addressOf(host: ContainerHost): pulumi.Output<EngineAddress> {
  return pulumi.output(host.engine).apply((engine) => ({ engine, ...wayTo(host) }));
}

/** Where the engine is reached by its own port, Docker has no need of SSH. */
function wayTo({ sshConfig, certPath }: ContainerHost): Omit<EngineAddress, "engine"> {
  return certPath === undefined ? (sshConfig === undefined ? {} : { sshConfig }) : { certPath };
}

/** The toolbox's name and tag, once the image is there. */
function onceMade(host: ContainerHost): pulumi.Output<string> {
  const { imageId, reference } = toolboxOn(host);
  return imageId.apply(() => reference);
}
