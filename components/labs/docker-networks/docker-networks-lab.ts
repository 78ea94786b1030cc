import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import type { Container } from "../../containers/container";
import type { ContainerHost } from "../../hosts/container-host";
import { Image } from "../../images/image";
import type { ContainerSpec } from "../../network/topology";
import { declareTopology, memberNames } from "../declare";
import type { Lab } from "../lab";
import { greeting, pageAddress } from "./expectations";
import type { DockerNetworksSettings } from "./settings";
import { clientsOf, topology } from "./topology";

const lab = "docker-networks";

export interface DockerNetworksLabArgs {
  settings: DockerNetworksSettings;
  host: ContainerHost;
}

/**
 * The docker-networks lab on a host: a chat server and its clients on one network; on another a web server, a neighbour
 * that knows it by an alias, one that knows it from its hosts file, and one that shares its network stack.
 */
export class DockerNetworksLab extends pulumi.ComponentResource implements Lab {
  readonly open: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
  readonly containers: readonly Container[];

  constructor(name: string, args: DockerNetworksLabArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:labs:DockerNetworksLab", name, {}, { providers: [args.host.docker], ...opts });
    const { settings, host } = args;
    const images = this.images(name, args);
    const placed = topology(settings, host.os, memberNames(host));
    const run = (spec: ContainerSpec) => ({
      image: images[spec.image as keyof typeof images],
      ...commandOf(spec, settings, host),
    });
    const containers = declareTopology({ name, lab, host, topology: placed, run }, this);
    this.containers = [...containers.values()];
    this.open = { "web page": pageAddress(settings.web.server) };
    this.outputs = {
      chat: { server: `${settings.chat.server.address}:${settings.chat.server.port}`, image: images.chat.reference },
      defaultNetworks: this.defaultNetworks(host),
    };
    this.registerOutputs({ open: this.open, ...this.outputs });
  }

  private images(name: string, { settings, host }: DockerNetworksLabArgs) {
    const { image } = settings;
    const folder = (of: string) => join(__dirname, "images", of);
    return {
      chat: new Image(
        `${name}-chat-image`,
        {
          lab,
          host,
          repository: image.name,
          folder: folder("chat"),
          buildArgs: { ...host.baseImage, DESCRIPTION: image.description },
        },
        { parent: this },
      ),
      web: new Image(
        `${name}-web-image`,
        { lab, host, repository: `${lab}-web`, folder: folder("web"), buildArgs: host.baseImage },
        { parent: this },
      ),
    };
  }

  /** The networks that every engine has, described as `docker network inspect` shows them. */
  private defaultNetworks(host: ContainerHost): pulumi.Output<Record<string, unknown>> {
    const names = host.os === "windows" ? ["nat", "none"] : ["bridge", "host", "none"];
    const asked = names.map((name) => docker.getNetworkOutput({ name }, { parent: this, provider: host.docker }));
    return pulumi
      .all(asked)
      .apply((found) =>
        Object.fromEntries(
          found.map(({ name, driver, scope, internal, ipamConfigs, options }) => [
            name,
            { driver, scope, internal, options, ipam: ipamConfigs },
          ]),
        ),
      );
  }
}

/** What a container of the lab runs. The neighbours of the web server only wait to be looked around in. */
function commandOf(spec: ContainerSpec, settings: DockerNetworksSettings, host: ContainerHost): { command?: string[] } {
  const { server, clients } = settings.chat;
  const port = ["--port", String(server.port)];
  switch (spec.role) {
    case "chat-server":
      return { command: ["python3", "server.py", "--host", server.address, ...port] };
    case "chat-client": {
      const client = clientsOf(clients).find(({ container }) => container === spec.name)!;
      const says = ["--name", client.name, "--say", greeting(client.name)];
      return { command: ["python3", "client.py", server.address, ...port, ...says] };
    }
    case "web-server":
      return {};
    default:
      return { command: host.os === "windows" ? ["ping", "-t", "localhost"] : ["sleep", "infinity"] };
  }
}
