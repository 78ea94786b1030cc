import type * as docker from "@pulumi/docker";
import { createHash } from "node:crypto";
import type { NetworkSpec } from "./topology";

/** Ids of encrypted overlays: beside those that Swarm gives out itself, from 4096 on, and within a VXLAN's 24 bits. */
const firstId = 0x10_0000;
const ids = 0xf0_0000;

/**
 * A network over the hosts of a cluster, which containers that are no service's can be on, too.
 *
 * An encrypted one is given its id, which otherwise the engine would add to the options, and each update would find the
 * network changed. Source: moby/moby, `libnetwork/drivers/overlay/overlayutils` and `netlabel`.
 */
export function overlayNetwork(spec: NetworkSpec, encrypted: boolean): docker.NetworkArgs {
  const { name, subnet, gateway, ipRange } = spec;
  return {
    driver: "overlay",
    attachable: true,
    ipamConfigs: [{ subnet, gateway, ipRange }],
    options: encrypted
      ? { encrypted: "", "com.docker.network.driver.overlay.vxlanid_list": String(overlayId(name)) }
      : undefined,
  };
}

/** The id of a network of this name, the same at each run. */
function overlayId(name: string): number {
  const hash = createHash("sha256").update(name).digest();
  return firstId + (hash.readUInt32BE(0) % ids);
}
