import type { LabDefinition } from "../lab";
import { AppPoolLab, openingsOf } from "./app-pool-lab";
import { expectations } from "./expectations";
import { faults, settings } from "./settings";
import { topology } from "./topology";

/** One web application, many instances, each on a port of its own of the host. */
export const appPool: LabDefinition<typeof settings> = {
  settings,
  systems: ["linux", "windows"],
  spreads: true,
  topology,
  faults,
  openings: openingsOf,
  expectations,
  declare: (name, given, host) => new AppPoolLab(name, { settings: given, host }),
};
