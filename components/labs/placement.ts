import type { Expectation } from "../checks/expectation";
import type { LabTopology, NetworkSpec } from "../network/topology";
import type { HostOs } from "./lab";

/** What any lab expects: that the engine shows its networks and endpoints as they were declared. */
export function placementExpectations({ networks, containers }: LabTopology, os: HostOs): Expectation[] {
  return [
    ...networks.map((network) => addressed(network, os)),
    ...containers.flatMap(({ name, endpoints }) =>
      endpoints.map(({ network, address }): Expectation => ({
        kind: "endpoint",
        name: `${name} is at ${address}`,
        container: name,
        network,
        address,
      })),
    ),
  ];
}

function addressed({ name, subnet, gateway, ipRange, bridge }: NetworkSpec, os: HostOs): Expectation {
  return {
    kind: "network",
    name: `${name} is addressed as declared`,
    network: name,
    driver: os === "windows" ? "nat" : "bridge",
    subnet,
    gateway,
    ipRange,
    options: bridge === undefined ? {} : { "com.docker.network.bridge.name": bridge },
  };
}
