import { freeAddress, isUsable } from "../../network/address";
import type { HostTopology } from "../../network/topology";
import type { Fault } from "../fault";
import { attachmentsOf, containersOf, defaultGatewayOf, forExample, repeats, takenOn } from "./placed";

/** Endpoints on a network that their lab does not have. */
export function unknownNetworkFaults(host: HostTopology): Fault[] {
  return attachmentsOf(host)
    .filter(({ network }) => network === undefined)
    .map(({ endpoint, container }) => {
      const names = host.labs.find(({ lab }) => lab === container.lab)?.networks.map(({ name }) => name) ?? [];
      return {
        key: container.key,
        value: endpoint.network,
        allowed: names.length === 0 ? "no network: the lab has none" : `a network of the lab: ${names.join(", ")}`,
        cure: `put container "${container.name}" on one of them, or declare the network`,
      };
    });
}

/** Addresses that no host of the network's subnet can have. */
export function outsideFaults(host: HostTopology): Fault[] {
  const proposed: string[] = [];
  return attachmentsOf(host).flatMap(({ endpoint, container, network }) => {
    if (network === undefined || isUsable(network.subnet, endpoint.address)) {
      return [];
    }
    // Each fault proposes another address, so that all the cures can be taken at once.
    const example = freeAddress(network.subnet, [...takenOn(host, network), ...proposed]);
    proposed.push(...(example === undefined ? [] : [example]));
    return [
      {
        key: container.key,
        value: endpoint.address,
        allowed: `an address inside ${network.subnet} (network "${network.name}"), neither its first nor its last`,
        cure: `choose one that nothing has${forExample(example)}`,
      },
    ];
  });
}

/** Addresses that two have on one network. The gateways count as the first to have their own. */
export function sharedAddressFaults(host: HostTopology): Fault[] {
  const attached = attachmentsOf(host).filter(({ network }) => network !== undefined);
  const holders = attached.flatMap(({ endpoint, container, network }) => [
    { holder: "the gateway", isContainer: false, address: network!.gateway, network: network!, key: "" },
    ...defaultGatewayOf(network!).map((address) => ({
      holder: "the network keeps it free as its containers' default gateway, and nobody",
      isContainer: false,
      address,
      network: network!,
      key: "",
    })),
    {
      holder: `container "${container.name}"`,
      isContainer: true,
      address: endpoint.address,
      network: network!,
      key: container.key,
    },
  ]);
  return repeats(holders, ({ network, address }) => `${network.key} ${address}`)
    .filter(({ item }) => item.isContainer)
    .map(({ item: { key, address, network }, first: { holder } }) => ({
      key,
      value: address,
      allowed: `an address that nothing else on network "${network.name}" has`,
      cure: `choose another${forExample(freeAddress(network.subnet, takenOn(host, network)))}: ${holder} has it`,
    }));
}

/** Containers that share the network stack of a container that their lab does not have. */
export function sharedStackFaults(host: HostTopology): Fault[] {
  const containers = containersOf(host);
  return containers.flatMap(({ lab, key, name, sharesStackOf }) => {
    const owners = containers.filter((each) => each.lab === lab && each.sharesStackOf === undefined);
    return sharesStackOf === undefined || owners.some((owner) => owner.name === sharesStackOf)
      ? []
      : [
          {
            key,
            value: sharesStackOf,
            allowed: "a container of the lab that has a network stack of its own",
            cure: `let "${name}" share that of one of: ${owners.map((owner) => owner.name).join(", ")}`,
          },
        ];
  });
}
