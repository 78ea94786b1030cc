import type { CloudServer } from "../azure/cloud";

/** How the state records a host of a scale set for the tools, which find it again by this. */
export interface RecordedHost {
  readonly server: CloudServer;
  /** Its engine's id, which no other machine has, nor had one that was here before. */
  readonly machine: string;
  /** `hashOf` of scale-set-access.ts: by which credentials it is reached. */
  readonly credentials: string;
}

/** The type under which the state records hosts of scale sets. */
export const scaleSetHostType = "container-network-labs:hosts:ScaleSetHost";

/** The type under which the state records by which credentials they are reached. */
export const hostCredentialsType = "container-network-labs:azure:HostCredentials";
