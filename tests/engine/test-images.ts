import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { baseImageOn, localEngine } from "../../components/hosts/engine";
import { docker } from "./support";

/** Folder of the docker-networks lab's images. */
export const imagesFolder = join(__dirname, "..", "..", "components", "labs", "docker-networks", "images");

// Test files run side by side, each in a process of its own, and take their images away when they are done.
const tags = { chat: `cnl-test-chat-${process.pid}`, web: `cnl-test-web-${process.pid}` };
const built = new Set<string>();

/** Builds the lab's own images under names of the tests, once for all tests of a run. */
export async function testImages(): Promise<typeof tags> {
  for (const [folder, tag] of Object.entries(tags).filter(([, each]) => !built.has(each))) {
    await buildImage(folder, tag);
  }
  return tags;
}

/** Builds one of the lab's images from the image that the program takes on this engine. */
export async function buildImage(folder: string, tag: string, ...options: string[]): Promise<void> {
  const base = await baseImageOn({ engine: await localEngine() });
  const args = ["build", "--tag", tag, "--build-arg", `BASE=${base}`, ...options, join(imagesFolder, folder)];
  const { status, stdout, stderr } = spawnSync("docker", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  assert.equal(status, 0, stdout + stderr);
  built.add(tag);
}

/** Starts a container `cnl-test-NAME`; `options` are those of `docker run` and the image, with its command behind it. */
export function start(name: string, ...options: string[]): void {
  docker("run", "--detach", "--name", `cnl-test-${name}`, ...options);
}

/** Takes away what tests started or made by these names, and what a killed run of theirs left. */
export function clear(containers: readonly string[], networks: readonly string[] = []): void {
  const named = (all: readonly string[]): string[] => all.map((name) => `cnl-test-${name}`);
  spawnSync("docker", ["rm", "--force", "--volumes", ...named(containers)]);
  if (networks.length > 0) {
    spawnSync("docker", ["network", "rm", ...named(networks)]);
  }
}

after(() => {
  spawnSync("docker", ["image", "rm", "--force", ...built]);
});
