import type { Expectation } from "../checks/expectation";
import type { LabTopology, NetworkSpec } from "../network/topology";
import type { HostOs } from "./lab";

/**
 * What any lab expects: that the engine shows its networks and endpoints as they were declared.
 * @param onCluster Whether it is on a cluster: its networks are the cluster's, and each container is on one of the hosts.
 */
export function placementExpectations(
  { networks, containers }: LabTopology,
  os: HostOs,
  onCluster = false,
): Expectation[] {
  const driver = onCluster ? "overlay" : os === "windows" ? "nat" : "bridge";
  return [
    ...networks.map((network) => addressed(network, driver)),
    ...containers.flatMap(({ name, member, endpoints }) =>
      endpoints.map(({ network, address }): Expectation => ({
        kind: "endpoint",
        name: `${name} is at ${address}`,
        ...provedOn(member),
        container: name,
        network,
        address,
      })),
    ),
  ];
}

/** Where an expectation of a container is proved: on the host of a cluster that it is on; nothing is said on a host. */
export function provedOn(member: string | undefined): Pick<Expectation, "on"> {
  return member === undefined ? {} : { on: member };
}

function addressed({ name, subnet, gateway, ipRange, bridge }: NetworkSpec, driver: string): Expectation {
  return {
    kind: "network",
    name: `${name} is addressed as declared`,
    network: name,
    driver,
    subnet,
    gateway,
    ipRange,
    options: bridge === undefined ? {} : { "com.docker.network.bridge.name": bridge },
  };
}
