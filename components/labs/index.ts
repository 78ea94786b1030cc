import { appPool } from "./app-pool";
import { dockerNetworks } from "./docker-networks";
import { endpointPolicies } from "./endpoint-policies";
import { imageBuilder } from "./image-builder";
import { imdsProxy } from "./imds-proxy";
import type { LabDefinition } from "./lab";

/** The labs there are, by the name that settings know them by. A new lab is one folder beside this file and one line here. */
export const labs: Readonly<Record<string, LabDefinition>> = {
  "docker-networks": dockerNetworks,
  "imds-proxy": imdsProxy,
  "endpoint-policies": endpointPolicies,
  "app-pool": appPool,
  "image-builder": imageBuilder,
};
