import type { Expectation } from "../../checks/expectation";
import type { HostOs, Place } from "../lab";
import { placementExpectations } from "../placement";
import { artefactName } from "./faults";
import { remoteRepository } from "./image-push";
import { imageToRun, planOf, type PlannedImage } from "./plan";
import type { ImageBuilderSettings } from "./settings";
import { topology } from "./topology";

/** What must hold: what was built answers, from the digest that the registry serves, and what came back is what was built. */
export function expectations(settings: ImageBuilderSettings, os: HostOs, place: Place): Expectation[] {
  const { images } = planOf(settings, os, place);
  const running = images.find(({ settings: { name } }) => name === imageToRun(settings))!;
  return [
    ...placementExpectations(topology(settings, os), os),
    {
      kind: "answer",
      name: `${settings.run.name} answers, as it was built`,
      from: "operator",
      url: `${addressOf(settings)}${settings.run.path}`,
      status: 200,
      contains: settings.run.contains ?? running.buildId,
    },
    ...digestExpectations(settings, running),
    ...artefactExpectations(settings, images, place),
  ];
}

/** The address at which the result is opened, on the lab's host. */
export function addressOf({ run: { listen, port } }: ImageBuilderSettings): string {
  return `http://${listen === "0.0.0.0" ? "127.0.0.1" : listen}:${port}`;
}

function digestExpectations({ registry, run }: ImageBuilderSettings, image: PlannedImage): Expectation[] {
  if (registry === undefined) {
    return [];
  }
  const { address, username, passwordPath, caPath } = registry;
  const repository = remoteRepository(registry, image.settings.name);
  return [
    {
      kind: "digest",
      name: `${run.name} is made from what the registry serves as ${repository}`,
      container: run.name,
      registry: address,
      repository,
      tag: image.buildId,
      username,
      password:
        passwordPath === undefined ? { setting: "labs.image-builder.registry.password" } : { file: passwordPath },
      caPath,
    },
  ];
}

/** What a check left in the workspace is in no image: its checksums are compared when it is brought, and only then. */
function artefactExpectations(
  { artefacts, server }: ImageBuilderSettings,
  images: readonly PlannedImage[],
  place: Place,
): Expectation[] {
  return artefacts
    .filter(({ from }) => from === "image")
    .map(({ image, path, to }) => ({
      kind: "artefact",
      name: `${artefactName({ path, to })} is what ${image} has at ${path}`,
      at: server ?? place.host,
      image: images.find(({ settings: { name } }) => name === image)!.reference,
      path,
      file: `${componentOn(place)}/${artefactName({ path, to })}`,
    }));
}

/** Name of the lab's component on a host. */
function componentOn({ host, hosts }: Place): string {
  const isLocal = hosts.find(({ name }) => name === host)?.kind === "local";
  return isLocal ? "image-builder" : `image-builder-${host}`;
}
