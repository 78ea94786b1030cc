import { contains } from "../../network/address";
import type { ContainerSpec, EndpointSpec, HostTopology, NetworkSpec } from "../../network/topology";

/** A spec with the lab it is of and the key that faults of it blame. */
export type Placed<Spec> = Spec & { readonly lab: string; readonly key: string };

function placed<Spec extends { readonly setting: string }>(lab: string, spec: Spec): Placed<Spec> {
  return { ...spec, lab, key: `labs.${lab}.${spec.setting}` };
}

export function networksOf(host: HostTopology): Placed<NetworkSpec>[] {
  return host.labs.flatMap(({ lab, networks }) => networks.map((network) => placed(lab, network)));
}

export function containersOf(host: HostTopology): Placed<ContainerSpec>[] {
  return host.labs.flatMap(({ lab, containers }) => containers.map((container) => placed(lab, container)));
}

export function portsOf(host: HostTopology) {
  return containersOf(host).flatMap(({ lab, ports }) => ports.map((port) => placed(lab, port)));
}

export interface Attachment {
  readonly endpoint: EndpointSpec;
  readonly container: Placed<ContainerSpec>;
  /** Undefined where the lab has no network of the endpoint's name. */
  readonly network: Placed<NetworkSpec> | undefined;
}

/** Every endpoint with its network. A lab's containers know only their own lab's networks. */
export function attachmentsOf(host: HostTopology): Attachment[] {
  const networks = networksOf(host);
  return containersOf(host).flatMap((container) =>
    container.endpoints.map((endpoint) => {
      const named = networks.filter(({ lab, name }) => lab === container.lab && name === endpoint.network);
      // Of two networks with one name, which is a fault of its own, the one meant is that of the address.
      const its = named.length < 2 ? undefined : named.find(({ subnet }) => contains(subnet, endpoint.address));
      return { endpoint, container, network: its ?? named[0] };
    }),
  );
}

/** The addresses on a network that are not free: its gateways' and its containers'. */
export function takenOn(host: HostTopology, network: Placed<NetworkSpec>): string[] {
  const own = attachmentsOf(host).filter((each) => each.network?.key === network.key);
  return [network.gateway, ...defaultGatewayOf(network), ...own.map(({ endpoint }) => endpoint.address)];
}

/** The engine gives its containers' default gateway to nobody. */
export function defaultGatewayOf({ defaultGateway }: NetworkSpec): string[] {
  return defaultGateway === undefined ? [] : [defaultGateway];
}

/** Every item that has the same identity as one before it, with that first one. */
export function repeats<T>(items: readonly T[], identity: (item: T) => string): { item: T; first: T }[] {
  const firsts = new Map<string, T>();
  return items.flatMap((item) => {
    const first = firsts.get(identity(item));
    if (first === undefined) {
      firsts.set(identity(item), item);
      return [];
    }
    return [{ item, first }];
  });
}

/** ", for example 10.0.0.1" where there is an example to give, else nothing. */
export function forExample(example: string | number | undefined): string {
  return example === undefined ? "" : `, for example ${example}`;
}
