import { poolInstances } from "../ports";
import { type DeclaredResource, fieldsOf, isAzure, isDocker, textsIn } from "../resource";
import type { Rule } from "../rule";

/** Tags that are another image every time. */
const moving = /^(latest|stable|edge|nightly|dev|devel|main|master|current|lts)$/i;

/** Whether a reference names one image: by the engine's id, a digest, or a tag that is meant to stay what it is. */
export function isPinned(reference: string): boolean {
  const [name, digest] = reference.split("@");
  // A port of the registry is before the last slash, and no tag.
  const [, tag] = name.split("/").at(-1)!.split(":");
  return /^sha256:[0-9a-f]{64}$/.test(digest ?? reference) || (tag !== undefined && tag !== "" && !moving.test(tag));
}

export const imagesPinned: Rule = {
  description: "A container's image is the same one tomorrow: named by id, by digest, or by a tag that stays.",
  level: "mandatory",
  cure: "Write the image's digest behind its name, name@sha256:…, or at least a version as its tag.",
  broken(resource) {
    return referencesIn(resource)
      .filter((reference) => !isPinned(reference))
      .map((reference) => `${reference} may be another image tomorrow`);
  },
};

function referencesIn(resource: DeclaredResource): string[] {
  const { image, name, build, taskSpec } = resource.properties;
  if (isDocker(resource, "Container")) {
    return textsIn(image);
  }
  if (isDocker(resource, "RemoteImage")) {
    // Every Dockerfile here starts from what its build argument BASE says.
    return textsIn(name, fieldsOf(fieldsOf(build).buildArgs).BASE);
  }
  if (isDocker(resource, "Service")) {
    return textsIn(fieldsOf(fieldsOf(taskSpec).containerSpec).image);
  }
  const references = Object.values(poolInstances(resource)).flatMap((instance) => textsIn(fieldsOf(instance).image));
  return [...new Set(references)];
}

export const machineImagesPinned: Rule = {
  description: "Machines that start today and tomorrow start from the same version of their image.",
  level: "advisory",
  cure: "Name a version, and renew it now and then: Azure takes old ones away.",
  broken(resource) {
    const { virtualMachineProfile, storageProfile } = resource.properties;
    if (!isAzure(resource, "compute:VirtualMachineScaleSet", "compute:VirtualMachine")) {
      return [];
    }
    const profile = fieldsOf(fieldsOf(virtualMachineProfile).storageProfile ?? storageProfile);
    const { version, offer } = fieldsOf(profile.imageReference);
    return textsIn(version).some((text) => text.toLowerCase() === "latest")
      ? [`its machines start from whatever is the newest of ${textsIn(offer).join("")} that day`]
      : [];
  },
};
