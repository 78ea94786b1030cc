import type { LabDefinition } from "../lab";
import { expectations } from "./expectations";
import { ImdsProxyLab } from "./imds-proxy-lab";
import { faults, settings } from "./settings";
import { topology } from "./topology";

/** Azure's Instance Metadata Service for containers, through a proxy: link-local addresses, port proxies, ACLs. */
export const imdsProxy: LabDefinition<typeof settings> = {
  settings,
  systems: ["linux", "windows"],
  topology,
  faults,
  expectations,
  declare: (name, given, host) => new ImdsProxyLab(name, { settings: given, host }),
};
