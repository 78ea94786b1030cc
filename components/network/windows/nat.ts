import type * as docker from "@pulumi/docker";
import type { NetworkSpec } from "../topology";

/**
 * A network in the Windows dialect: the `nat` driver, which knows no ip-range and names its switch itself. The settings
 * refuse both before this is asked.
 * Source: https://learn.microsoft.com/virtualization/windowscontainers/container-networking/architecture
 */
export function natNetwork(spec: NetworkSpec): docker.NetworkArgs {
  return { driver: "nat", ipamConfigs: [{ subnet: spec.subnet, gateway: spec.gateway }] };
}
