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
 * so it asks the stand-in at its endpoint.
 */
export function upstreamOf({ mode, standIn }: ImdsProxySettings): string {
  return mode === "proxy-owns-address" ? standIn.address : metadataAddress;
}
