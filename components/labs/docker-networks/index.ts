import type { LabDefinition } from "../lab";
import { DockerNetworksLab } from "./docker-networks-lab";
import { expectations } from "./expectations";
import { faults, settings } from "./settings";
import { topology } from "./topology";

/** Networks, addresses and names as Docker gives them: a chat on a bridge of its own, and a web server met in four ways. */
export const dockerNetworks: LabDefinition<typeof settings> = {
  settings,
  systems: ["linux", "windows"],
  spreads: true,
  topology,
  faults,
  expectations,
  declare: (name, given, host) => new DockerNetworksLab(name, { settings: given, host }),
};
