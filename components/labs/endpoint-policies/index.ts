import type { LabDefinition } from "../lab";
import { EndpointPoliciesLab } from "./endpoint-policies-lab";
import { expectations } from "./expectations";
import { faults, settings } from "./settings";
import { topology } from "./topology";

/** Rules on a container's endpoint: who reaches whom follows from them, and is proved both ways. */
export const endpointPolicies: LabDefinition<typeof settings> = {
  settings,
  systems: ["linux", "windows"],
  topology,
  faults,
  expectations,
  declare: (name, given, host) => new EndpointPoliciesLab(name, { settings: given, host }),
};
