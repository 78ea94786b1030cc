import { aliasOf, sshConfigPath } from "../components/hosts/ssh-config";
import type { StackDeclaration } from "./stack";

/** Something that a person can open or connect to. */
export interface Place {
  /** The address: `http://127.0.0.1:8080`. */
  readonly where: string;
  /** The lab, its host where that is not this machine, and what is there. */
  readonly what: string;
}

/** What is published on servers' own loopback addresses, and the command that brings it to this machine. */
export interface Tunnel {
  readonly command: string;
  readonly places: readonly Place[];
}

/** What to open of an environment: at once, and through tunnels, one for each server. */
export interface Open {
  readonly places: readonly Place[];
  readonly tunnels: readonly Tunnel[];
}

/** An address on the loopback interface, with or without a scheme and a port. */
const loopback = /^((?:(\w+):\/\/)?)(127(?:\.\d+){3}|localhost)(?::(\d+))?(?=$|\/)/;

/** What the labs of an environment say that there is to open. Pure. */
export function whatToOpen(
  { topology, labs, cloud }: Pick<StackDeclaration, "topology" | "labs" | "cloud">,
  environment: string,
): Open {
  const taken = new Set<number>();
  const hosts = topology.hosts.map((host) => {
    const elsewhere = host.kind !== "local";
    const places = host.labs.flatMap(({ lab }) =>
      // On this machine a lab is an output by its own name; servers may each have it.
      Object.entries(labs[elsewhere ? `${lab}-${host.name}` : lab]?.open ?? {}).map(([what, where]) => ({
        where: throughBalancer(where, host.name, cloud),
        what: elsewhere ? `${lab} on ${host.name}: ${what}` : `${lab}: ${what}`,
      })),
    );
    // A rehearsal's load balancer has a loopback address, too, and that is this machine's.
    const isHidden = ({ where }: Place) => loopback.test(where) && !where.includes(`//${cloud?.address}:`);
    const hidden = elsewhere ? places.filter(isHidden) : [];
    const forwarded = new Forwards(taken).of(hidden);
    return { host, open: places.filter((place) => !hidden.includes(place)), forwarded };
  });
  return {
    places: hosts.flatMap(({ open }) => open),
    tunnels: hosts.flatMap(({ host, forwarded }) =>
      forwarded.length === 0
        ? []
        : {
            command: tunnelTo(host.name, environment, [...new Set(forwarded.map(({ option }) => option))]),
            places: forwarded.map(({ place }) => place),
          },
    ),
  };
}

/** What is opened in a cloud is at its load balancer's address. */
function throughBalancer(where: string, at: string, cloud: StackDeclaration["cloud"]): string {
  const [found, before, , , port] = loopback.exec(where) ?? [];
  const opened = cloud?.openings.some(({ host, ports }) => host === at && ports.includes(Number(port)));
  return opened === true ? `${before}${cloud!.address}:${port}${where.slice(found!.length)}` : where;
}

/** A server's ports, each brought to one here. Two servers may publish the same: the second comes to another one here. */
class Forwards {
  private readonly local = new Map<string, number>();

  constructor(private readonly taken: Set<number>) {}

  of(places: readonly Place[]): { place: Place; option: string }[] {
    return places.map(({ where, what }) => {
      const [found, before, scheme, address, port] = loopback.exec(where)!;
      const remote = `${address}:${port ?? (scheme === "https" ? 443 : 80)}`;
      const here = this.local.get(remote) ?? this.free(Number(remote.split(":")[1]));
      this.local.set(remote, here);
      return {
        place: { where: `${before}127.0.0.1:${here}${where.slice(found.length)}`, what },
        option: `-L ${here}:${remote}`,
      };
    });
  }

  /** The same port, where everybody may listen on it and nothing else comes to it. */
  private free(port: number): number {
    let free = port < 1024 ? port + 8000 : port;
    while (this.taken.has(free)) {
      free += 1;
    }
    this.taken.add(free);
    return free;
  }
}

function tunnelTo(host: string, environment: string, options: readonly string[]): string {
  return `ssh -F ${sshConfigPath(environment)} -N ${options.join(" ")} ${aliasOf(host, environment)}`;
}
