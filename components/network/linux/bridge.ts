import type * as docker from "@pulumi/docker";
import type { NetworkSpec } from "../topology";

/** Source of the name: moby/moby, `daemon/libnetwork/netlabel` and the bridge driver's `CreateNetwork`. */
function containersGateway({ defaultGateway }: NetworkSpec) {
  return defaultGateway === undefined ? {} : { auxAddress: { DefaultGatewayIPv4: defaultGateway } };
}

/**
 * A network in the Linux dialect: the `bridge` driver.
 * Source of the option's name: https://docs.docker.com/engine/network/drivers/bridge/
 */
export function bridgeNetwork(spec: NetworkSpec): docker.NetworkArgs {
  return {
    driver: "bridge",
    // Said in full: a network that leaves its gateway to the engine is seen as changed at every run.
    ipamConfigs: [{ subnet: spec.subnet, gateway: spec.gateway, ipRange: spec.ipRange, ...containersGateway(spec) }],
    options: spec.bridge === undefined ? undefined : { "com.docker.network.bridge.name": spec.bridge },
  };
}
