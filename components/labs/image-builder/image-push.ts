import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../../hosts/container-host";
import { builder, machineOf, type PullData, type PushData, type PushReport, type RegistryData } from "./data";
import type { ImageBuild } from "./image-build";
import { repositoryOf } from "./plan";
import type { RegistrySettings } from "./registry";

interface Pushed {
  /** Name of the lab's component. */
  component: string;
  image: string;
  registry: RegistrySettings;
}

export interface ImagePushArgs extends Pushed {
  server: ContainerHost;
  build: ImageBuild;
}

/** An image in a registry, pushed by the machine that built it. What was pushed stays there. */
export class ImagePush extends pulumi.ComponentResource {
  /** Of the manifest that the registry has: `sha256:…`. */
  readonly digest: pulumi.Output<string>;
  /** The image by its digest. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: ImagePushArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:labs:ImagePush", name, {}, opts);
    const { component, image, registry, server, build } = args;
    const { address } = registry;
    const data = {
      stack: pulumi.getStack(),
      component,
      image,
      reference: build.reference,
      registry: login(registry),
      remote: `${address}/${remoteRepository(registry, image)}:${tagOf(build)}`,
    };
    const stdin = machineOf(server).apply((machine) => JSON.stringify({ ...data, machine } satisfies PushData));
    const command = server.program(
      name,
      { create: build.imageId.apply((id) => builder("push", "--image", id)), stdin: hidden(registry, stdin) },
      { parent: this, dependsOn: build },
    );
    const report = command.stdout.apply((text) => JSON.parse(text) as PushReport);
    this.digest = report.apply(({ digest }) => digest);
    this.reference = report.apply(({ reference }) => reference);
    this.registerOutputs({ digest: this.digest, reference: this.reference });
  }
}

export interface ImagePullArgs extends Pushed {
  host: ContainerHost;
  push: ImagePush;
  /** Its tag in the registry, which is only for people to read: it is pulled by its digest. */
  tagged: string;
}

/** An image on the host that runs it, by the digest under which it was pushed. */
export class ImagePull extends pulumi.ComponentResource {
  /** What a container is made from: the image by its digest. */
  readonly imageId: pulumi.Output<string>;
  readonly reference: string;

  constructor(name: string, args: ImagePullArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:labs:ImagePull", name, {}, opts);
    const { component, image, registry, host, push, tagged } = args;
    this.reference = tagged;
    const data = { stack: pulumi.getStack(), component, image, registry: login(registry) };
    const stdin = machineOf(host).apply((machine) => JSON.stringify({ ...data, machine } satisfies PullData));
    const command = host.program(
      name,
      {
        create: push.reference.apply((reference) => builder("pull", "--reference", reference)),
        delete: builder("remove", "image"),
        stdin: hidden(registry, stdin),
      },
      { parent: this, dependsOn: push },
    );
    // By way of the command, so that nothing is made from it before it is there.
    this.imageId = pulumi.all([push.reference, command.stdout]).apply(([reference]) => reference);
    this.registerOutputs({ imageId: this.imageId });
  }
}

/** An image's repository in a registry. */
export function remoteRepository({ path }: RegistrySettings, image: string): string {
  return [path, repositoryOf(image)].filter(Boolean).join("/");
}

/** The tag of a reference without a registry. */
export function tagOf({ reference }: Pick<ImageBuild, "reference">): string {
  return reference.split(":")[1];
}

function login({ address, username, password, passwordPath }: RegistrySettings): RegistryData {
  return { address, username, password, passwordPath };
}

/** A password from the settings is a secret of the state. One in a file never gets there. */
function hidden({ password }: RegistrySettings, data: pulumi.Output<string>): pulumi.Output<string> {
  return password === undefined ? data : pulumi.secret(data);
}
