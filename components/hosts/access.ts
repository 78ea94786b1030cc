import * as pulumi from "@pulumi/pulumi";
import type { EngineAccess } from "../checks/expectation";
import { toolboxOn } from "../images/toolbox";
import type { ContainerHost } from "./container-host";

/** How the tools reach a host's engine, as the state records it. What a host has not is not recorded. */
export function accessTo(host: ContainerHost): { [Key in keyof EngineAccess]: pulumi.Input<EngineAccess[Key]> } {
  const { hostName: name, kind, os, engine, certPath } = host;
  if (kind === "local") {
    return { name, kind, os, engine };
  }
  // Where the engine is reached by its own port, Docker has no need of SSH.
  const address = certPath === undefined ? { engine, sshConfig: host.sshConfig } : { engine, certPath };
  return {
    ...{ name, kind, os, ...address },
    ...(os === "linux" ? { toolbox: onceMade(host) } : {}),
    ...(kind === "scale-set" ? { address: host.address } : {}),
  };
}

/** The toolbox's name and tag, once the image is there. */
function onceMade(host: ContainerHost): pulumi.Output<string> {
  const { imageId, reference } = toolboxOn(host);
  return imageId.apply(() => reference);
}
