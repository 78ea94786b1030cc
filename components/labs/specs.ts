import type { ContainerSpec, EndpointSpec } from "../network/topology";

/** A container of the toolbox image on no network, but for what a lab says of it. */
export function containerSpec(
  spec: Pick<ContainerSpec, "name" | "role" | "setting"> & Partial<ContainerSpec>,
): ContainerSpec {
  return { image: "toolbox", endpoints: [], hostsEntries: [], ports: [], ...spec };
}

/** A place on a network without further names and open to all, but for what a lab says of it. */
export function endpointSpec(network: string, address: string, more: Partial<EndpointSpec> = {}): EndpointSpec {
  return { network, address, aliases: [], ...more };
}
