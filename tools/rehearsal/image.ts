import { createHash } from "node:crypto";
import { join } from "node:path";
import { contentHash } from "../../components/images/content-hash";
import { CommandError } from "../processes";
import type { Progress } from "../terminal/progress";
import type { Docker } from "./docker";

/** An image that rehearsals are made from. */
interface ImageSource {
  readonly title: string;
  readonly folder: string;
  readonly repository: string;
}

const hosts: ImageSource = {
  title: "image of the hosts",
  folder: join(__dirname, "image"),
  repository: "container-network-labs-rehearsal",
};

const instances: ImageSource = {
  title: "image of the cloud's machines",
  folder: join(__dirname, "instance-image"),
  repository: "container-network-labs-rehearsal-instance",
};

/** Reference of the image of hosts and registry; the tag is made from all that goes into it. */
export function imageReference(baseImage: string): string {
  return referenceOf(hosts, baseImage);
}

/** Builds the image unless the engine has it. It is kept when a rehearsal is over, as the base image is. */
export async function ensureImage(progress: Progress, docker: Docker, baseImage: string): Promise<string> {
  return built(progress, docker, hosts, baseImage);
}

/** Reference of the image of a rehearsed cloud's machines and load balancer, which is made from the hosts' image. */
export function instanceImageReference(baseImage: string): string {
  return referenceOf(instances, imageReference(baseImage));
}

/** As ensureImage. */
export async function ensureInstanceImage(progress: Progress, docker: Docker, baseImage: string): Promise<string> {
  const reference = instanceImageReference(baseImage);
  if (await hasImage(docker, reference)) {
    return reference;
  }
  return built(progress, docker, instances, await ensureImage(progress, docker, baseImage));
}

function referenceOf({ folder, repository }: ImageSource, base: string): string {
  const hash = createHash("sha256").update(contentHash(folder)).update(base).digest("hex");
  return `${repository}:${hash.slice(0, 12)}`;
}

async function built(progress: Progress, docker: Docker, source: ImageSource, base: string): Promise<string> {
  const reference = referenceOf(source, base);
  if (!(await hasImage(docker, reference))) {
    await progress.step(`Rehearsal: ${source.title}`, ({ log }) =>
      docker(["build", "--tag", reference, "--build-arg", `BASE=${base}`, source.folder], { log }),
    );
  }
  return reference;
}

/** Whether an engine has an image. Throws a CommandError where it does not answer. */
export async function hasImage(docker: Docker, reference: string): Promise<boolean> {
  try {
    await docker(["image", "inspect", "--format", "{{.Id}}", reference], { timeout: 30_000 });
    return true;
  } catch (error) {
    if (error instanceof CommandError && /no such image/i.test(error.message)) {
      return false;
    }
    throw error;
  }
}
