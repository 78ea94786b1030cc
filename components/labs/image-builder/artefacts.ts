import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../../hosts/container-host";
import { type ArtefactsData, type ArtefactsReport, type BroughtFile, builder, machineOf } from "./data";
import { artefactName } from "./faults";
import type { ImageBuild } from "./image-build";
import type { ArtefactSettings } from "./settings";

export interface ArtefactsArgs {
  /** Name of the lab's component. */
  component: string;
  server: ContainerHost;
  artefacts: readonly ArtefactSettings[];
  builds: ReadonlyMap<string, ImageBuild>;
}

/** Files that builds made, brought to this machine, with their checksums. They go when the lab does. */
export class Artefacts extends pulumi.ComponentResource {
  /** By their path below the folder of the component's artefacts. */
  readonly files: pulumi.Output<readonly BroughtFile[]>;

  constructor(name: string, args: ArtefactsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:labs:Artefacts", name, {}, opts);
    const { component, server, builds } = args;
    const artefacts = args.artefacts.map(({ image, from, path, to }) => ({
      image,
      reference: builds.get(image)!.reference,
      from,
      path,
      to: artefactName({ path, to }),
    }));
    const data = { stack: pulumi.getStack(), component, artefacts };
    const stdin = machineOf(server).apply((machine) => JSON.stringify({ ...data, machine } satisfies ArtefactsData));
    const used = [...new Set(artefacts.map(({ image }) => builds.get(image)!))];
    const create = pulumi
      .all(used.map(({ imageId }) => imageId))
      .apply((ids) => builder("fetch", ...ids.flatMap((id) => ["--image", id])));
    const command = server.program(
      name,
      { create, delete: builder("remove", "artefacts"), stdin },
      { parent: this, dependsOn: used },
    );
    this.files = command.stdout.apply((text) => (JSON.parse(text) as ArtefactsReport).files);
    this.registerOutputs({ files: this.files });
  }
}
