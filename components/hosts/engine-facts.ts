import type { MemberFacts } from "./member-facts";

/** What a container engine has before this program touches it, as far as it can clash with what the settings ask for. */
export interface EngineFacts {
  readonly networks: readonly EngineNetwork[];
  /** Running and stopped: a stopped one still has its name. */
  readonly containers: readonly EngineContainer[];
  /** Subnets that the host itself routes to, in CIDR form, beside those of its engine: its local network, a VPN. */
  readonly hostSubnets?: readonly string[];
  /** What listens on the host, where that can be told; among it what listens for the engine's own containers. */
  readonly listeners?: readonly HostListener[];
  /** Most entries that the host's kernel keeps in its table of IPv4 neighbours, where that can be told. */
  readonly neighbours?: number;
  /** IPv4 addresses of the host's own, beside its loopback's and its engine's; asked of remote Linux hosts. */
  readonly addresses?: readonly string[];
  /** Asked where the host is to be in a cluster. */
  readonly member?: MemberFacts;
}

/** A port of the host that a process listens on. */
export interface HostListener {
  readonly address: string;
  readonly hostPort: number;
  readonly protocol: "tcp" | "udp";
  /**
   * Says who it is: `nginx (process 4711)`. Asked only about one that is in the way, as all processes are looked through;
   * undefined where that takes rights that this process lacks.
   */
  owner(): string | undefined;
}

export interface EngineNetwork {
  readonly name: string;
  /** In CIDR form. IPv6 ones are ignored. */
  readonly subnets: readonly string[];
  /** Name of its bridge interface on the host, where it has one. */
  readonly bridge?: string;
  readonly labels: Readonly<Record<string, string | undefined>>;
}

export interface EngineContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string | undefined>>;
  /** Published ports that are in use. IPv6 addresses are ignored. */
  readonly ports: readonly {
    readonly address: string;
    readonly hostPort: number;
    readonly protocol: string;
  }[];
}
