import type { LabDefinition } from "../lab";
import { expectations } from "./expectations";
import { ImageBuilderLab } from "./image-builder-lab";
import { faults, settings } from "./settings";
import { topology } from "./topology";

/** Images built on a server from a folder of this machine, pushed to a registry, and run. */
export const imageBuilder: LabDefinition<typeof settings> = {
  settings,
  systems: ["linux", "windows"],
  topology,
  faults,
  expectations,
  declare: (name, given, host, hosts) => new ImageBuilderLab(name, { settings: given, host, hosts }),
};
