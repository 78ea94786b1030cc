import { readFileSync } from "node:fs";
import { located } from "../../components/hosts/located";
import type {
  BuildReport,
  PullData,
  PushData,
  PushReport,
  RegistryData,
} from "../../components/labs/image-builder/data";
import { UserError } from "../command";
import { labelsOfImage } from "./build";
import { type Following, MachineError } from "./machine";
import { type Login, operationsOn } from "./operations";

/** Pushes an image from the machine that built it. Throws a UserError with the registry's own words if it is refused. */
export async function pushImage(data: PushData, imageId: string, following: Following): Promise<PushReport> {
  const { image, remote, registry } = data;
  const repository = remote.slice(0, remote.lastIndexOf(":"));
  following.say(`Pushing ${remote}`);
  const digests = await attempt(
    `Image ${image} was not pushed to ${registry.address}. The image that runs stays.`,
    operationsOn(data, following).push(imageId, remote, loginOf(registry)),
  );
  const reference = digests.find((each) => each.startsWith(`${repository}@sha256:`));
  if (reference === undefined) {
    throw new UserError(`The engine does not tell under which digest ${registry.address} has ${remote}.`, 1);
  }
  return { digest: reference.slice(repository.length + 1), reference };
}

/** Pulls an image by its digest. Throws a UserError with the registry's own words if that is refused. */
export async function pullImage(data: PullData, reference: string, following: Following): Promise<BuildReport> {
  following.say(`Pulling ${reference}`);
  const imageId = await attempt(
    `Image ${data.image} was not pulled from ${data.registry.address}. The image that runs stays.`,
    operationsOn(data, following).pull(reference, loginOf(data.registry), labelsOfImage(data)),
  );
  return { imageId };
}

async function attempt<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof MachineError
      ? new UserError(`${what}\n${error.message}`, error.exitCode, { cause: error })
      : error;
  }
}

function loginOf({ address, username, password, passwordPath }: RegistryData): Login {
  if (password !== undefined) {
    return { address, username, password };
  }
  try {
    return { address, username, password: readFileSync(located(passwordPath!), "utf8").trim() };
  } catch (error) {
    throw new UserError(`The registry's password can't be read: ${(error as Error).message}`, 1, { cause: error });
  }
}
