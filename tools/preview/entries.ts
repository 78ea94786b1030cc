import { administrationServices, shortestPrefix } from "../../components/network/administration";
import type { HostTopology } from "../../components/network/topology";
import type { Plan } from "../../components/plan";
import { containersOf, opens } from "./reach";

/** A way into the environment from outside of its networks. */
export interface Entry {
  readonly host: string;
  /** What listens: `0.0.0.0:8090`, or an administration service of a cloud's hosts. */
  readonly at: string;
  readonly protocol: "tcp" | "udp";
  /** `app-pool-8090:80`, or the hosts' administration. */
  readonly leadsTo: string;
  /** Who may come in, in CIDR form or in words; undefined where that is not known of what is up. */
  readonly sources?: readonly string[];
  /** The service by which something is administered that is reached here: `SSH`. */
  readonly administers?: string;
}

export type EntryChange =
  | { readonly change: "opens" | "closes"; readonly entry: Entry }
  | {
      readonly change: "changes";
      readonly entry: Entry;
      readonly was: Entry;
      readonly gained: readonly string[];
      readonly lost: readonly string[];
    };

/** Who is let in where nothing restricts it, in words. */
export const sourcesInWords = {
  itself: "the host itself",
  neighbours: "the host and its neighbours in the virtual network",
  anyone: "anyone who reaches the host",
  azureLogin: "anyone with a login at Azure that may",
} as const;

/** Every way in that a plan has. */
export function entriesOf({ topology, openings, administration: by }: Partial<Plan> & Pick<Plan, "topology">): Entry[] {
  return [
    ...topology.hosts.flatMap((host) => publishedEntries(host, openings)),
    ...(topology.hosts.some(({ kind }) => kind === "scale-set") ? administrationEntries(by) : []),
  ];
}

function publishedEntries(host: HostTopology, openings: Plan["openings"] | undefined): Entry[] {
  return containersOf(host).flatMap(({ name, ports }) =>
    ports.map((port): Entry => {
      const { address, hostPort, containerPort, protocol } = port;
      const opening = openings?.find((each) => each.host === host.name && opens(each, port));
      const unrestricted = host.kind === "scale-set" ? sourcesInWords.neighbours : sourcesInWords.anyone;
      const sources = address.startsWith("127.") ? [sourcesInWords.itself] : (opening?.sources ?? [unrestricted]);
      return {
        host: host.name,
        at: `${address}:${hostPort}`,
        protocol,
        leadsTo: `${name}:${containerPort}`,
        ...(openings === undefined && !address.startsWith("127.") ? {} : { sources }),
        administers: administrationServices.get(containerPort) ?? administrationServices.get(hostPort),
      };
    }),
  );
}

/** The load balancer's ports for each service, one for each host: who comes in there is the same for all. */
function administrationEntries(by: Plan["administration"]): Entry[] {
  const entry = (at: string, sources: readonly string[] | undefined): Entry => ({
    host: "each host",
    at,
    protocol: "tcp",
    leadsTo: "the host's administration",
    ...(sources && { sources }),
    administers: at,
  });
  if (by?.through === "bastion") {
    return [entry("Azure Bastion", [sourcesInWords.azureLogin])];
  }
  const sources = by?.sources;
  return [
    entry("SSH", sources),
    entry("the Docker API", sources),
    ...(by?.winrm === true ? [entry("WinRM", sources)] : []),
  ];
}

/** What opens, closes, leads elsewhere or admits others. */
export function compareEntries(before: readonly Entry[], after: readonly Entry[]): EntryChange[] {
  const were = new Map(before.map((entry) => [keyOf(entry), entry]));
  const are = new Set(after.map(keyOf));
  return [
    ...after.flatMap((entry): EntryChange[] => {
      const was = were.get(keyOf(entry));
      return was === undefined ? [{ change: "opens", entry }] : changed(was, entry);
    }),
    ...before.filter((entry) => !are.has(keyOf(entry))).map((entry): EntryChange => ({ change: "closes", entry })),
  ];
}

function changed(was: Entry, entry: Entry): EntryChange[] {
  // What is up may not tell its sources; then there is nothing to compare.
  const known = was.sources !== undefined && entry.sources !== undefined;
  const gained = known ? entry.sources.filter((source) => !was.sources!.includes(source)) : [];
  const lost = known ? was.sources.filter((source) => !entry.sources!.includes(source)) : [];
  return gained.length + lost.length === 0 && was.leadsTo === entry.leadsTo
    ? []
    : [{ change: "changes", entry, was, gained, lost }];
}

/** Whether these sources are as good as everybody; the widest that settings allow are. */
export function admitsTheWorld(sources: readonly string[] = []): boolean {
  return sources.some(
    (source) => source === sourcesInWords.anyone || Number(/\/(\d+)$/.exec(source)?.[1] ?? 32) <= shortestPrefix.ipv4,
  );
}

function keyOf({ host, at, protocol }: Entry): string {
  return JSON.stringify([host, at, protocol]);
}
