import { lastUsable, offset } from "../../network/address";
import type { HostOs } from "../lab";
import type { ImdsProxySettings } from "./settings";

/**
 * Where every machine in Azure finds the metadata service.
 * Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service
 */
export const metadataAddress = "169.254.169.254";

/** The port that the service, the proxy and the clients' port proxies listen on. */
export const metadataPort = 80;

/** The port on which the proxy says, to anybody, that it is up, and nothing else. */
export const healthPort = 8080;

/** The port on which the stand-in tells how often it was asked. */
export const counterPort = 8081;

/**
 * The address at which the proxy asks the service. One that holds the metadata address itself can't reach anybody there,
 * so it asks the stand-in at its endpoint; as it does on Windows, where a proxy that lost its route would ask Azure's.
 */
export function upstreamOf({ service, mode, standIn }: ImdsProxySettings, os: HostOs): string {
  return service === "stand-in" && (mode === "proxy-owns-address" || os === "windows")
    ? standIn.address
    : metadataAddress;
}

/**
 * The default gateway of all containers: the last address of the subnet that is not the host's, and nobody's at all. So
 * nothing leaves the machine for the metadata address, not even from a container whose network stack a restart emptied.
 */
export function deadEnd({ network }: ImdsProxySettings): string {
  const last = lastUsable(network.subnet);
  return last === network.gateway ? offset(last, -1) : last;
}
