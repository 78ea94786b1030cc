import { createHash } from "node:crypto";
import { join } from "node:path";
import { contentHash } from "../../components/images/content-hash";
import { CommandError } from "../processes";
import type { Progress } from "../terminal/progress";
import type { Docker } from "./docker";

const folder = join(__dirname, "image");

/** Reference of the image of hosts and registry; the tag is made from all that goes into it. */
export function imageReference(baseImage: string): string {
  const hash = createHash("sha256").update(contentHash(folder)).update(baseImage).digest("hex");
  return `container-network-labs-rehearsal:${hash.slice(0, 12)}`;
}

/** Builds the image unless the engine has it. It is kept when a rehearsal is over, as the base image is. */
export async function ensureImage(progress: Progress, docker: Docker, baseImage: string): Promise<string> {
  const reference = imageReference(baseImage);
  if (!(await hasImage(docker, reference))) {
    await progress.step("Rehearsal: image of the hosts", ({ log }) =>
      docker(["build", "--tag", reference, "--build-arg", `BASE=${baseImage}`, folder], { log }),
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
