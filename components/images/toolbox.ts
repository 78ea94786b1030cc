import { join } from "node:path";
import type { ContainerHost } from "../hosts/container-host";
import { Image } from "./image";

const made = new WeakMap<ContainerHost, Image>();

/**
 * The image that labs' images start from and that a host's network helpers run: on Linux Debian with Python, curl,
 * iproute2 and nftables, on Windows Server Core. One for each host, declared when it is first asked for;
 * a cluster's are those of its hosts.
 */
export function toolboxOn(host: ContainerHost): Image {
  const image =
    made.get(host) ??
    new Image(
      `${host.hostName}-toolbox`,
      {
        lab: "shared",
        host,
        repository: "container-network-labs-toolbox",
        folder: join(__dirname, "toolbox"),
        buildArgs: host.baseImage,
        part: toolboxOn,
      },
      { parent: host },
    );
  made.set(host, image);
  return image;
}
