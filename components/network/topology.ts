import type { AclRule } from "./acl/rule";

/**
 * What a lab puts on a host, as plain data. A lab computes it from its settings before any resource exists, so the
 * cross checks, the preview, the picture and the resources all tell the same story.
 */

/** A Docker network with its addressing said in full. */
export interface NetworkSpec {
  /** Docker's name of the network, unique on an engine. */
  readonly name: string;
  /** IPv4 subnet in CIDR form. */
  readonly subnet: string;
  /** The host's own address on the network, inside `subnet`. */
  readonly gateway: string;
  /** The part of `subnet` that the engine allocates from, in CIDR form. Linux only. */
  readonly ipRange?: string;
  /** Name of the Linux bridge interface on the host, at most 15 characters. Linux only. */
  readonly bridge?: string;
  /**
   * The default gateway of its containers, where that is not `gateway`. One that nobody has leaves them no way out, from
   * their start on and whatever becomes of their network stacks. Linux only: `nat` knows no such thing.
   */
  readonly defaultGateway?: string;
  /** Path of the setting this comes from, below the lab: `chat.network`. */
  readonly setting: string;
}

/** A container's place on a network. */
export interface EndpointSpec {
  /** {@link NetworkSpec.name} */
  readonly network: string;
  readonly address: string;
  /** Names by which others on the network find it, besides its own. */
  readonly aliases: readonly string[];
  /** The ACL on it, complete: what no rule speaks of is denied. No rules at all leave the endpoint open. */
  readonly acl?: readonly AclRule[];
}

/** An extra address in a container's network stack. Connections that it opens keep their endpoint's address. */
export interface AddressAlias {
  readonly address: string;
  /** Address of the endpoint whose interface gets it, so that the network's others can reach it; else loopback's. */
  readonly endpoint?: string;
}

/** A route in a container's network stack. */
export interface Route {
  /** In CIDR form: `169.254.169.254/32`. */
  readonly destination: string;
  /** Address of the next hop; without one, the destination is on the endpoint's own network. */
  readonly nextHop?: string;
  /** Address of the endpoint whose interface leads there. */
  readonly endpoint: string;
}

/** An address and a TCP port. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** TCP connections to `listen`, an address of the container's network stack, go on to `connect`. */
export interface PortProxy {
  readonly listen: SocketAddress;
  readonly connect: SocketAddress;
}

/** What is in a container's network stack besides its endpoints. */
export interface StackSpec {
  readonly addresses: readonly AddressAlias[];
  readonly routes: readonly Route[];
  readonly portProxies: readonly PortProxy[];
}

/** A host port that leads to a port of the container. */
export interface PublishedPort {
  /** The host's address that listens; Windows engines take 0.0.0.0 only. */
  readonly address: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp";
  /** Path of the setting this comes from, below the lab: `web.port`. */
  readonly setting: string;
}

/** A line of the container's hosts file. */
export interface HostsEntry {
  readonly name: string;
  readonly address: string;
}

export interface ContainerSpec {
  /** Docker's name of the container, unique on an engine. */
  readonly name: string;
  /** What it is in the lab: `server`, `client`, … Also its `container-network-labs.role` label. */
  readonly role: string;
  /** Name of the lab's image it runs, a folder below the lab's `images`. */
  readonly image: string;
  readonly endpoints: readonly EndpointSpec[];
  /** Docker's names of the networks on which a cluster gives it an address, as of a pool's instances it does. */
  readonly joins?: readonly string[];
  /** On a cluster: name of the host that it is on. Without it, the cluster chooses, and chooses again if that one is lost. */
  readonly member?: string;
  /** What its network stack holds besides; undefined where that is nothing. */
  readonly stack?: StackSpec;
  /** The pool it belongs to: a pool's containers are one resource, so that a thousand of them cost no thousand. */
  readonly pool?: string;
  /** Labels besides those that everything of a stack carries. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Name of the container whose network stack it shares; it then has no endpoint of its own. */
  readonly sharesStackOf?: string;
  readonly hostsEntries: readonly HostsEntry[];
  readonly ports: readonly PublishedPort[];
  /** Path of the setting this comes from, below the lab: `chat.clients`. */
  readonly setting: string;
}

export interface LabTopology {
  readonly networks: readonly NetworkSpec[];
  readonly containers: readonly ContainerSpec[];
}

/** A host, or a cluster of them, and the labs placed on it. */
export interface HostTopology {
  readonly name: string;
  readonly kind: string;
  readonly os: "linux" | "windows";
  /** Of a cluster: the names of its hosts, which are hosts of the topology themselves. */
  readonly members?: readonly string[];
  readonly labs: readonly ({ readonly lab: string } & LabTopology)[];
}

/** The stack output `topology`: everything the environment declares, for pictures. */
export interface Topology {
  readonly environment: string;
  readonly hosts: readonly HostTopology[];
}
