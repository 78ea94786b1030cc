import { createHash } from "node:crypto";
import { posix } from "node:path";
import { located } from "../../hosts/located";
import type { HostOs, Place } from "../lab";
import { argumentFor, inOrder } from "./order";
import type { ImageBuilderSettings, ImageSettings } from "./settings";
import { hashOf, type Source, Workspace } from "./workspace";

/** An image as it will be built. */
export interface PlannedImage {
  readonly settings: ImageSettings;
  readonly source: Source;
  /** A hash of all that its build can see; the image's tag, and the build argument BUILD_ID. */
  readonly buildId: string;
  /** A hash of what it sees of the workspace. */
  readonly sees: string;
  /** Repository and tag: `image-builder-web:1a2b3c4d5e6f`. */
  readonly reference: string;
}

/** What the settings and the workspace, as it is now, ask for. */
export interface Plan {
  /** A hash of all that any build sees of the workspace. */
  readonly workspace: string;
  /** Each after those that it needs. */
  readonly images: readonly PlannedImage[];
}

const workspaces = new WeakMap<ImageBuilderSettings, Workspace>();

/**
 * What is to be built for the lab on this host. The workspace is read once for the same settings. An image's id is no
 * other's, be it of another environment or for another host: they may be built on one server.
 * @throws Error where the workspace can't be read.
 */
export function planOf(
  settings: ImageBuilderSettings,
  os: HostOs,
  { environment, host }: Pick<Place, "environment" | "host">,
): Plan {
  const workspace = workspaces.get(settings) ?? new Workspace(located(settings.workspace));
  workspaces.set(settings, workspace);
  const ordered = inOrder(settings.images);
  const planned = new Map<string, PlannedImage>();
  for (const image of ordered) {
    const source = sourceOf(image, os);
    const sees = hashOf(workspace.seenBy(source));
    const before = image.after.map((name) => planned.get(name)!.buildId);
    const { name, target, arguments: given, labels, cacheFrom, check } = image;
    const buildId = createHash("sha256")
      .update(JSON.stringify([environment, host, name, source, sees, before, target, given, labels, cacheFrom, check]))
      .digest("hex")
      .slice(0, 12);
    planned.set(name, { settings: image, source, buildId, sees, reference: `${repositoryOf(name)}:${buildId}` });
  }
  const images = [...planned.values()];
  return { workspace: hashOf(workspace.seenByAny(images.map(({ source }) => source))), images };
}

/** What an image's build sees. */
export function sourceOf({ context, dockerfile }: ImageSettings, os: HostOs): Source {
  const folder = posix.normalize(context).replace(/\/$/, "");
  const standard = os === "windows" ? "Dockerfile.windows" : "Dockerfile";
  return { context: folder, dockerfile: posix.normalize(dockerfile ?? posix.join(folder, standard)) };
}

/** The repository of an image, without a registry. */
export function repositoryOf(image: string): string {
  return `image-builder-${image}`;
}

/** The image that is run. */
export function imageToRun({ run, images }: ImageBuilderSettings): string {
  return run.image ?? images.at(-1)!.name;
}

/** Build arguments that an image is given besides its own: its id, and the images that it comes after. */
export function givenArguments({ settings, buildId }: PlannedImage, plan: Plan): Record<string, string> {
  const before = plan.images.filter((each) => settings.after.includes(each.settings.name));
  return {
    BUILD_ID: buildId,
    ...Object.fromEntries(before.map(({ settings: { name }, reference }) => [argumentFor(name), reference])),
  };
}
