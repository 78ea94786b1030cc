import { RehearsedEnvironment, rehearsedHosts } from "./rehearsed";

const members = ["one", "two", "three"] as const;

/** Name of a host of the three. */
export type Member = (typeof members)[number];

/** An environment on three servers of its own, which are one cluster. */
export class RehearsedCluster extends RehearsedEnvironment {
  readonly members: readonly Member[] = members;
  private readonly servers: ReturnType<typeof rehearsedHosts>["servers"];

  constructor(number: number) {
    super(number);
    this.servers = rehearsedHosts(this.name, { ...this.ports, three: 24_600 + number }).servers;
  }

  /** Writes the stack file with these labs, and with those of the three hosts. */
  settleOn(on: readonly Member[], labs: Record<string, object>, change: object = {}): void {
    const servers = this.servers.filter(({ name }) => on.includes(name as Member));
    this.settleOnHosts(labs, { cluster: "swarm", servers, ...change });
  }

  /** Everything on the hosts' engines that carries this stack's label. */
  override left(): string[] {
    return this.members.flatMap((host) => this.leftOn(host));
  }

  /** What a host's engine says of its part in a swarm: `inactive`, `active`, `locked`. */
  part(host: Member): string {
    return this.on(host, "docker info --format '{{.Swarm.LocalNodeState}}'");
  }

  /** The nodes as a host that is a manager has them, a line each: name, state, and what it is as a manager. */
  nodes(host: Member): string[] {
    const listed = this.on(host, "docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'");
    return listed
      .split("\n")
      .map((line) => line.trim())
      .sort();
  }
}
