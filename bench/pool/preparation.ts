import type { GoBuilds } from "../../tools/setup/go-builds";
import type { Machine } from "../../tools/setup/machine";
import type { Toolchain } from "../../tools/setup/toolchain";
import type { Progress } from "../../tools/terminal/progress";

/** What a tool is made ready with. */
export interface Preparation {
  /** The tool's own folder, empty, and removed in the end. */
  readonly folder: string;
  readonly machine: Machine;
  readonly progress: Progress;
  /** Builds what cannot be had otherwise into the cache. */
  readonly builds: GoBuilds;
  readonly toolchain: Toolchain;
  /** DOCKER_HOST */
  readonly engine: string;
}
