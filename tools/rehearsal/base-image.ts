import { BASE_IMAGE_STAND_IN } from "../../components/images/base-image";
import type { Engine } from "../setup/engine";
import type { Machine } from "../setup/machine";
import type { Progress } from "../terminal/progress";
import type { Wanted } from "./container";
import { dockerOn } from "./docker";
import { engineOf } from "./hosts";
import { hasImage } from "./image";

/**
 * Gives a host's engine the image that labs' images start from: a copy of what this machine's engine starts from, under
 * the stand-in's name, since an image that is carried over loses the digest that the official one is known by.
 */
export async function bringBaseImage(
  progress: Progress,
  { dockerHost }: Pick<Engine, "dockerHost">,
  machine: Machine,
  { title, name }: Wanted,
  baseImage: string,
): Promise<void> {
  const inner = engineOf(dockerOn(dockerHost, machine), name);
  if (await hasImage(inner, BASE_IMAGE_STAND_IN)) {
    return;
  }
  await progress.step(`Rehearsal: base image of ${title}`, async ({ detail }) => {
    const { execa } = await import("execa");
    const options = { env: machine.env, cancelSignal: machine.signal };
    const save = execa("docker", ["-H", dockerHost, "save", baseImage], { ...options, buffer: false });
    let bytes = 0;
    save.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      detail(`${Math.round(bytes / 1e6)} MB`);
    });
    const load = ["-H", dockerHost, "exec", "--interactive", name, "docker", "load"];
    const { stdout } = await save.pipe("docker", load, options);
    const [, loaded] = /^Loaded image(?: ID)?: (\S+)$/m.exec(stdout) ?? [];
    if (loaded === undefined) {
      throw new Error(`The engine of ${title} has not said what it loaded: ${stdout}`);
    }
    await inner(["tag", loaded, BASE_IMAGE_STAND_IN]);
  });
}
