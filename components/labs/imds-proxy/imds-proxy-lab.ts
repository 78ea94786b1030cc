import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import type { Container } from "../../containers/container";
import type { ContainerHost } from "../../hosts/container-host";
import { Image } from "../../images/image";
import { toolboxOn } from "../../images/toolbox";
import type { ContainerSpec } from "../../network/topology";
import type { Run } from "../../containers/run";
import { declareTopology } from "../declare";
import type { HostOs, Lab } from "../lab";
import { metadataAddress, metadataPort } from "./addresses";
import { caddyfile, caddyfilePath } from "./caddyfile";
import { instanceDocument } from "./metadata";
import type { ImdsProxySettings } from "./settings";
import { topology } from "./topology";

const lab = "imds-proxy";

/** Where the stand-in reads what to say, on both systems. */
const instancePath = "/etc/imds/instance.json";

export interface ImdsProxyLabArgs {
  settings: ImdsProxySettings;
  host: ContainerHost;
}

/**
 * The imds-proxy lab on a host: containers that ask Azure's metadata service through a proxy, which decides who gets
 * what; a stand-in for the service where there is none; and an outsider, who gets nothing.
 */
export class ImdsProxyLab extends pulumi.ComponentResource implements Lab {
  readonly open: Readonly<Record<string, string>> = {};
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
  readonly containers: readonly Container[];

  constructor(name: string, args: ImdsProxyLabArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:labs:ImdsProxyLab", name, {}, { providers: [args.host.docker], ...opts });
    const { settings, host } = args;
    const placed = topology(settings, host.os);
    const images = this.images(name, args);
    const run = (spec: ContainerSpec): Run => ({
      image: images[spec.image as keyof typeof images]!,
      ...given(spec, settings, host.os),
    });
    this.containers = [...declareTopology({ name, lab, host, topology: placed, run }, this).values()];
    this.outputs = summary(settings, placed.containers);
    this.registerOutputs({ open: this.open, ...this.outputs });
  }

  private images(name: string, { settings, host }: ImdsProxyLabArgs) {
    // On Windows each image starts from another official one, which its Dockerfile names.
    const toolbox = toolboxOn(host);
    const base = host.os === "windows" ? undefined : toolbox;
    const image = (of: string) =>
      new Image(
        `${name}-${of}-image`,
        { lab, host, repository: `${lab}-${of}`, folder: join(__dirname, "images", of), base },
        { parent: this },
      );
    return {
      toolbox,
      proxy: image("proxy"),
      ...(settings.service === "stand-in" ? { imds: image("imds") } : {}),
    };
  }
}

/** What a container of the lab is given beside its image. Clients and the outsider only wait to be asked from. */
function given(spec: ContainerSpec, settings: ImdsProxySettings, os: HostOs): Omit<Run, "image"> {
  switch (spec.role) {
    case "service":
      return { files: { [instancePath]: `${JSON.stringify(instanceDocument(settings.metadata), undefined, 2)}\n` } };
    case "proxy":
      return { files: { [caddyfilePath]: caddyfile(settings, os) } };
    case "client":
      return { environment: { IMSProxyIpAddress: settings.proxy.address } };
    default:
      return {};
  }
}

function summary({ service, proxy, standIn }: ImdsProxySettings, containers: readonly ContainerSpec[]) {
  const clients = containers.filter(({ role }) => role === "client");
  const url = `http://${metadataAddress}/metadata/instance?api-version=2017-04-02`;
  return {
    proxy: `${proxy.address}:${metadataPort}`,
    service: service === "azure" ? `${metadataAddress}, Azure's own` : `${standIn.address}, the stand-in`,
    clients: Object.fromEntries(clients.map(({ name, endpoints }) => [name, endpoints[0].address])),
    try: clients.slice(0, 1).map(({ name }) => `docker exec ${name} curl --silent --header Metadata:true "${url}"`),
  };
}
