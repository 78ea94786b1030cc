import * as pulumi from "@pulumi/pulumi";
import type { Container } from "../../containers/container";
import type { ContainerHost } from "../../hosts/container-host";
import { declareTopology } from "../declare";
import type { Lab } from "../lab";
import { Artefacts } from "./artefacts";
import { addressOf } from "./expectations";
import { ImageBuild } from "./image-build";
import { ImagePull, ImagePush } from "./image-push";
import { imageToRun, type Plan, planOf } from "./plan";
import type { ImageBuilderSettings } from "./settings";
import { topology } from "./topology";
import { WorkspaceCopy } from "./workspace-copy";

const lab = "image-builder";

export interface ImageBuilderLabArgs {
  settings: ImageBuilderSettings;
  /** Where the result runs. */
  host: ContainerHost;
  /** Every host, by name: one of them builds. */
  hosts: ReadonlyMap<string, ContainerHost>;
}

/**
 * The image-builder lab: a workspace goes to a server as one archive, images are built from it there and pushed to a
 * registry, one of them runs on the lab's host, and what the builds made comes back.
 */
export class ImageBuilderLab extends pulumi.ComponentResource implements Lab {
  readonly open: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
  readonly containers: readonly Container[];

  constructor(name: string, args: ImageBuilderLabArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:labs:ImageBuilderLab", name, {}, { providers: [args.host.docker], ...opts });
    const { settings, host } = args;
    const server = serverOf(args);
    const plan = planOf(settings, host.os, { environment: pulumi.getStack(), host: host.hostName });
    const builds = this.builds(name, server, plan, settings);
    const pushes = this.pushes(name, server, builds, settings);
    const artefacts = this.artefacts(name, server, builds, settings);
    const image = this.imageToRun(name, host, builds, pushes, settings);
    const placed = topology(settings, host.os);
    this.containers = [
      ...declareTopology({ name, lab, host, topology: placed, run: () => ({ image }) }, this).values(),
    ];
    this.open = { [settings.run.name]: addressOf(settings) };
    this.outputs = {
      server: serverObject(server),
      images: Object.fromEntries(
        [...builds].map(([of, { reference, imageId }]) => [of, { reference, imageId, ...digestOf(pushes.get(of)) }]),
      ),
      artefacts: artefacts?.files ?? [],
    };
    this.registerOutputs({ open: this.open, ...this.outputs });
  }

  private builds(name: string, server: ContainerHost, plan: Plan, settings: ImageBuilderSettings) {
    const { workspace, artefacts } = settings;
    const copy = new WorkspaceCopy(`${name}-workspace`, { component: name, server, workspace, plan }, { parent: this });
    const builds = new Map<string, ImageBuild>();
    for (const image of plan.images) {
      const { name: of } = image.settings;
      const after = image.settings.after.map((each) => builds.get(each)!);
      const keep = artefacts.filter((each) => each.image === of && each.from === "workspace").map(({ path }) => path);
      const args = { component: name, lab, server, workspace, copy, plan, image, after, keep };
      builds.set(of, new ImageBuild(`${name}-${of}-build`, args, { parent: this }));
    }
    return builds;
  }

  private pushes(
    name: string,
    server: ContainerHost,
    builds: ReadonlyMap<string, ImageBuild>,
    { registry }: ImageBuilderSettings,
  ): ReadonlyMap<string, ImagePush> {
    return new Map(
      registry === undefined
        ? []
        : [...builds].map(([image, build]) => [
            image,
            new ImagePush(
              `${name}-${image}-push`,
              { component: name, image, registry, server, build },
              { parent: this },
            ),
          ]),
    );
  }

  private artefacts(
    name: string,
    server: ContainerHost,
    builds: ReadonlyMap<string, ImageBuild>,
    { artefacts }: ImageBuilderSettings,
  ): Artefacts | undefined {
    return artefacts.length === 0
      ? undefined
      : new Artefacts(`${name}-artefacts`, { component: name, server, artefacts, builds }, { parent: this });
  }

  private imageToRun(
    name: string,
    host: ContainerHost,
    builds: ReadonlyMap<string, ImageBuild>,
    pushes: ReadonlyMap<string, ImagePush>,
    settings: ImageBuilderSettings,
  ): ImageBuild | ImagePull {
    const image = imageToRun(settings);
    const push = pushes.get(image);
    const { registry } = settings;
    if (push === undefined || registry === undefined) {
      return builds.get(image)!;
    }
    const tagged = builds.get(image)!.reference;
    return new ImagePull(
      `${name}-${image}-pull`,
      { component: name, image, registry, host, push, tagged },
      { parent: this },
    );
  }
}

/** The host that builds. */
function serverOf({ settings: { server }, host, hosts }: ImageBuilderLabArgs): ContainerHost {
  const found = server === undefined ? host : hosts.get(server);
  if (found === undefined) {
    throw new Error(`the lab is to build on ${server}, a host that was not given`);
  }
  return found;
}

/** What a program needs to go on working with the server. One that the cloud made for the lab has its resource there, too. */
function serverObject({ hostName, kind, os, address, user, credential }: ContainerHost) {
  return {
    name: hostName,
    kind,
    os,
    address,
    ...(user === undefined ? {} : { user }),
    ...(credential === undefined ? {} : { credential: pulumi.secret(credential) }),
  };
}

function digestOf(push: ImagePush | undefined): { digest?: pulumi.Output<string> } {
  return push === undefined ? {} : { digest: push.digest };
}
