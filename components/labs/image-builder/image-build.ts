import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../../hosts/container-host";
import { imageRole, label, labelsOf } from "../../labels";
import { type BuildData, type BuildReport, builder, machineOf } from "./data";
import { givenArguments, type Plan, type PlannedImage } from "./plan";
import type { WorkspaceCopy } from "./workspace-copy";

export interface ImageBuildArgs {
  /** Name of the lab's component. */
  component: string;
  lab: string;
  server: ContainerHost;
  /** The folder on this machine. */
  workspace: string;
  copy: WorkspaceCopy;
  plan: Plan;
  image: PlannedImage;
  /** The images that it comes after. */
  after: readonly ImageBuild[];
  /** What its check leaves in the workspace and is an artefact. */
  keep: readonly string[];
}

/**
 * An image built on a server from a workspace that is there. It is built anew when what its build sees has changed, or
 * an image that it comes after; if that fails, what was built before stays.
 */
export class ImageBuild extends pulumi.ComponentResource {
  /** The engine's id of the image, `sha256:…`. */
  readonly imageId: pulumi.Output<string>;
  /** Name and tag. */
  readonly reference: string;

  constructor(name: string, args: ImageBuildArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:labs:ImageBuild", name, {}, opts);
    const { component, lab, server, workspace, plan, image, after } = args;
    const { name: of, target, arguments: own, labels, cacheFrom, check } = image.settings;
    this.reference = image.reference;
    const stack = pulumi.getStack();
    const data: Omit<BuildData, "machine"> = {
      stack,
      component,
      workspace,
      image: of,
      ...image.source,
      sees: image.sees,
      reference: image.reference,
      target,
      givenArguments: { ...server.baseImage, ...givenArguments(image, plan) },
      arguments: own,
      labels: { ...labels, ...imageLabels(stack, lab, component, of) },
      cacheFrom,
      check,
      keep: args.keep,
    };
    const stdin = machineOf(server).apply((machine) => JSON.stringify({ ...data, machine } satisfies BuildData));
    // The engine's ids travel here and not with the data: a preview may not know them yet, and would show none of it.
    const create = pulumi
      .all(after.map(({ imageId }) => imageId))
      .apply((ids) => builder("build", ...ids.flatMap((id) => ["--after", id])));
    const command = server.program(
      name,
      { create, delete: builder("remove", "image"), stdin },
      { parent: this, dependsOn: [args.copy, ...after] },
    );
    this.imageId = command.stdout.apply((text) => (JSON.parse(text) as BuildReport).imageId);
    this.registerOutputs({ imageId: this.imageId, reference: this.reference });
  }
}

/** By these an engine's images of a component are found again. */
export function imageLabels(stack: string, lab: string, component: string, image: string): Record<string, string> {
  return { ...labelsOf(stack, lab, imageRole), [label.image]: `${component}/${image}` };
}
