import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuilderData } from "../../components/labs/image-builder/data";
import type { Source } from "../../components/labs/image-builder/workspace";
import { UserError } from "../command";
import type { Following } from "./machine";
import { operationsOn } from "./operations";

/**
 * Builds of Windows Server by the words that tags of images have for them. Source: the table of base images' life cycles in
 * https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/base-image-lifecycle
 */
const builds: Readonly<Record<string, number>> = {
  ltsc2025: 26_100,
  ltsc2022: 20_348,
  "20H2": 19_042,
  "2004": 19_041,
  "1909": 18_363,
  "1903": 18_362,
  ltsc2019: 17_763,
  "1809": 17_763,
  "1803": 17_134,
  "1709": 16_299,
  ltsc2016: 14_393,
};

/**
 * Builds that a host runs under process isolation, which is a server's default: its own, and Windows Server 2025 also that
 * of 2022. Source: https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/version-compatibility
 */
function runsOn(host: number): readonly number[] {
  return host >= 26_100 ? [host, 26_100, 20_348] : [host];
}

/** An image that a Dockerfile starts from and that its host can't run. */
export interface WrongBase {
  readonly image: string;
  readonly build: number;
}

/**
 * The images that a Dockerfile starts from whose Windows the host can't run. What does not tell its Windows by its tag is
 * left to the engine to judge.
 */
export function wrongBases(dockerfile: string, given: Readonly<Record<string, string>>, host: number): WrongBase[] {
  const defaults = [...dockerfile.matchAll(/^[ \t]*ARG[ \t]+(\w+)=(\S+)/gim)].map(([, name, value]) => [name, value]);
  const values = { ...(Object.fromEntries(defaults) as Record<string, string>), ...given };
  const bases = [...dockerfile.matchAll(/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)/gim)].map(([, image]) =>
    image.replace(/\$\{?(\w+)\}?/g, (_, name: string) => values[name] ?? ""),
  );
  return bases.flatMap((image) => {
    const [, tag = ""] = /:([^/@]+)(?:@.*)?$/.exec(image) ?? [];
    const word = tag.split("-").find((each) => Object.hasOwn(builds, each));
    const build = word === undefined ? undefined : builds[word];
    return build === undefined || runsOn(host).includes(build) ? [] : [{ image, build }];
  });
}

/**
 * Refuses to copy anything to a Windows machine that could not build from it: Docker itself says so only once all is
 * there, as "The operating system of the container does not match the OS of the host".
 */
export async function refuseWindowsBase(
  folder: string,
  data: BuilderData,
  images: readonly (Source & { readonly image: string; readonly arguments?: Readonly<Record<string, string>> })[],
  following: Following,
): Promise<void> {
  const host = data.machine.os === "windows" ? await operationsOn(data, following).windowsBuild() : undefined;
  if (host === undefined) {
    return;
  }
  const wrong = images.flatMap(({ image, dockerfile, arguments: given = {} }) =>
    wrongBases(readFileSync(join(folder, dockerfile), "utf8"), given, host).map((base) => ({
      ...base,
      of: image,
      dockerfile,
    })),
  );
  if (wrong.length > 0) {
    const lines = wrong.map(
      ({ of, dockerfile, image, build }) => `  ${of}: ${dockerfile} starts from ${image}, build ${build}`,
    );
    const fitting = Object.keys(builds).filter((word) => runsOn(host).includes(builds[word]));
    throw new UserError(
      `Host "${data.machine.host}" runs build ${host} of Windows, and containers of these images would need another. Nothing ` +
        `was copied.\n${lines.join("\n")}\nChoose tags with ${fitting.join(" or ") || "that build"}, or another host.`,
      1,
    );
  }
}
