import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { relative } from "node:path";
import type { ContainerHost } from "../hosts/container-host";
import { imageRole, labelsOf } from "../labels";
import { buildLog } from "./build-log";
import { contentHash } from "./content-hash";

export interface ImageArgs {
  /** The lab it belongs to. */
  lab: string;
  host: ContainerHost;
  /** Repository part of the image's name: `mypython2`. The tag is made from what goes into the image. */
  repository: string;
  /** Folder with the Dockerfile and all that it copies; on a Windows host `Dockerfile.windows` is taken. */
  folder: string;
  /** The image it starts from, passed as build argument `BASE`. */
  base?: Image;
  /** Build arguments. They end up in the image's history: no secrets. */
  buildArgs?: Record<string, string>;
  /** Gives the image of a host of a cluster, where that is there for others as well; without it, it is made here. */
  part?: (host: ContainerHost, args: ImageArgs) => Image;
}

/**
 * Has the host's engine build. Otherwise the provider leaves the build to Docker's buildx, which knows nothing of the
 * provider's engine and builds on the one that the user's Docker client is set to. Each of the two has its own option for
 * labels, and ignores the other's.
 */
const onItsOwnEngine = (labels: Record<string, string>) => ({ useLegacyBuilder: true, labels });

/**
 * An image built on the host's engine from a folder of this project.
 *
 * The tag is a hash of the folder's content and of how it is built: whatever makes the provider replace the image gives the
 * new one a name of its own. It is made beside the old one, which is removed only after the containers have moved over. A
 * failing build changes nothing, and what it wrote is in its {@link buildLog}. On a cluster it is built on each of the
 * hosts, under the same tag.
 */
export class Image extends pulumi.ComponentResource {
  /** The engine's id of the image, `sha256:…`. Engines of a cluster have one each: see {@link imageOn}. */
  readonly imageId: pulumi.Output<string>;
  /** Name and tag. */
  readonly reference: string;

  constructor(name: string, args: ImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:images:Image", name, {}, { providers: [args.host.docker], ...opts });
    const { members } = args.host;
    if (members !== undefined) {
      // Built on each, as nobody says that there is a registry that all of them reach.
      const { base, part = (host, own) => new Image(`${name}-${host.hostName}`, own, { parent: this }) } = args;
      const images = members.map((host) => part(host, { ...args, host, base: base && imageOn(base, host) }));
      parts.set(this, new Map(members.map((host, i) => [host, images[i]])));
      this.imageId = pulumi.all(images.map(({ imageId }) => imageId)).apply((ids) => ids.join());
      this.reference = images[0].reference;
      this.registerOutputs({ reference: this.reference });
      return;
    }
    const dockerfile = args.host.os === "windows" ? "Dockerfile.windows" : "Dockerfile";
    const labels = labelsOf(pulumi.getStack(), args.lab, imageRole);
    const build = {
      dockerfile,
      buildArgs: { ...(args.base === undefined ? {} : { BASE: args.base.reference }), ...args.buildArgs },
      label: labels,
      remove: true,
      ...(args.host.kind === "local" ? { buildLogFile: buildLog(name) } : onItsOwnEngine(labels)),
    };
    const hash = createHash("sha256").update(contentHash(args.folder)).update(JSON.stringify(build)).digest("hex");
    this.reference = `${args.repository}:${hash.slice(0, 12)}`;
    const image = new docker.RemoteImage(
      name,
      {
        name: this.reference,
        // Relative to the project's folder, so that the state is the same in every clone.
        build: { context: relative(process.cwd(), args.folder), ...build },
        forceRemove: true,
      },
      { parent: this, dependsOn: args.base, ...args.host.madeOnIt },
    );
    this.imageId = image.imageId;
    this.registerOutputs({ imageId: this.imageId, reference: this.reference });
  }
}

/** Of an image on a cluster, the image of each of its hosts. */
const parts = new WeakMap<pulumi.Resource, ReadonlyMap<ContainerHost, Image>>();

/** An image as a host has it: on a cluster, that of the host's own engine. */
export function imageOn(image: Image, host: ContainerHost): Image {
  return parts.get(image)?.get(host) ?? image;
}
