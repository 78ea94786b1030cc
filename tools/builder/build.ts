import { readFileSync } from "node:fs";
import { join } from "node:path";
import { located } from "../../components/hosts/located";
import type { BuildData, BuildReport } from "../../components/labs/image-builder/data";
import { UserError } from "../command";
import { copyForImage, lineOf } from "./copy";
import { type Following, MachineError } from "./machine";
import { type Labels, MissingWorkspace, operationsOn } from "./operations";

/**
 * Builds an image on its server, runs its check, and gives it its name. Until then it has another one, so that a build that
 * fails changes nothing: what was built before stays, and what is half-made is removed.
 * @throws UserError with the build's own last lines, and its exit code.
 */
export async function buildImage(data: BuildData, following: Following): Promise<BuildReport> {
  const { image, reference, check, keep, machine } = data;
  const name = `${reference}-unfinished`;
  const layers = new LayersOf(following.say);
  const on = operationsOn(data, { ...following, say: layers.say });
  const sees = lineOf(data);
  const build = { sees, name, context: data.context, dockerfile: data.dockerfile, options: buildOptions(data) };
  try {
    const imageId = await on.build(build).catch(async (error: unknown) => {
      if (!(error instanceof MissingWorkspace)) {
        throw error;
      }
      following.say(`"${machine.host}" has lost the workspace.`);
      await copyForImage(data, following);
      return on.build(build);
    });
    if (check.length > 0) {
      following.say(`Checking ${image}: ${check.join(" ")}`);
      await on.check({ sees, image, id: imageId, words: check, keep });
    }
    await on.keep(name, reference, labelsOfImage(data));
    return { imageId };
  } catch (error) {
    following.signal?.throwIfAborted();
    // With the connection, this may be lost, too; the next build under this name takes its place.
    await operationsOn(data, following)
      .discard([name, ...layers.last])
      .catch(() => undefined);
    throw error instanceof MachineError
      ? new UserError(
          `Image ${image} was not built. Nothing was pushed, and what was built before stays.\n${error.message}`,
          error.exitCode,
          { cause: error },
        )
      : error;
  }
}

/** The labels by which an image and those that it replaces are found. */
export function labelsOfImage({ stack, component, image }: Pick<BuildData, "stack" | "component" | "image">): Labels {
  return { stack, image: `${component}/${image}` };
}

/** Options of `docker build`, but for the image's name, the Dockerfile and the context. */
export function buildOptions(data: BuildData): string[] {
  const { givenArguments, labels, cacheFrom, target, workspace, dockerfile } = data;
  const declared = declaredArguments(readFileSync(join(located(workspace), dockerfile), "utf8"));
  // Docker warns of an argument that nothing declares; a user's own may well be a mistake to be warned of.
  const given = Object.entries(givenArguments).filter(([name]) => declared.has(name));
  const all = { ...Object.fromEntries(given), ...data.arguments };
  return [
    "--force-rm",
    ...pairs("--build-arg", all),
    ...pairs("--label", labels),
    ...(target === undefined ? [] : ["--target", target]),
    ...cacheFrom.flatMap((each) => ["--cache-from", each]),
  ];
}

function pairs(option: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
}

/** The build arguments that a Dockerfile declares. */
export function declaredArguments(dockerfile: string): Set<string> {
  const lines = dockerfile.matchAll(/^[ \t]*ARG[ \t]+(.+)$/gim);
  return new Set([...lines].flatMap(([, rest]) => [...rest.matchAll(/(?:^|\s)(\w+)/g)].map(([, name]) => name)));
}

/**
 * Follows the layers that the classic builder makes, by what it writes: ` ---> 1a2b3c4d5e6f`. A build that fails leaves the
 * last one behind, without a name. BuildKit keeps what it makes in its cache, and writes nothing like it.
 */
class LayersOf {
  last: readonly string[] = [];

  constructor(private readonly tell: Following["say"]) {}

  readonly say = (line: string): void => {
    const [, id] = /^ ---> ([0-9a-f]{12})$/.exec(line) ?? [];
    this.last = id === undefined ? this.last : [id];
    this.tell(line);
  };
}
