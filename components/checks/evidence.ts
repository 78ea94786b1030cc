import { type Compared, compare } from "./artefact";
import { docker } from "./docker";
import type { EngineAccess, PlacedExpectation } from "./expectation";
import { askGuards, type Guard } from "./guard";
import type { KnockedMember } from "./knocked";
import { type AskedNodes, askNodes } from "./member";
import type { ProbeResult } from "./prober";
import { probeAll } from "./probing";
import { askMembers, type MemberAnswer } from "./published";
import { servedDigest } from "./registry";

/** Something asked of an engine: there, not there, or not to be learnt. */
export type Asked<T> = { readonly ms: number } & ({ readonly found: T | undefined } | { readonly problem: string });

/** The part of `docker network inspect` that is judged. */
export interface InspectedNetwork {
  readonly Name: string;
  readonly Driver: string;
  readonly IPAM: { readonly Config: readonly { Subnet?: string; Gateway?: string; IPRange?: string }[] | null };
  readonly Options: Readonly<Record<string, string>> | null;
}

/** The part of `docker container inspect` that is judged. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Running: boolean; readonly Status: string };
  readonly Config: { readonly Image: string };
  readonly HostConfig: { readonly NetworkMode: string };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { IPAddress: string }>> | null };
}

/** What was seen on a host in one round. */
export interface Evidence {
  readonly networks: ReadonlyMap<string, Asked<InspectedNetwork>>;
  readonly containers: ReadonlyMap<string, Asked<InspectedContainer>>;
  readonly logs: ReadonlyMap<string, Asked<string>>;
  /** The results for an expectation, in the order of {@link probesOf}. */
  readonly probes: ReadonlyMap<PlacedExpectation, readonly ProbeResult[]>;
  /** What each host of a cluster found. */
  readonly published: ReadonlyMap<PlacedExpectation, readonly MemberAnswer[]>;
  /** What a cluster's hosts are to its managers. */
  readonly nodes: AskedNodes;
  readonly members: readonly KnockedMember[];
  /** How Swarm's own ports of a cluster's hosts are kept, by the host's name. */
  readonly guards: ReadonlyMap<string, readonly Guard[]>;
  /** The digest that a registry serves. */
  readonly digests: ReadonlyMap<PlacedExpectation, Asked<string>>;
  readonly artefacts: ReadonlyMap<PlacedExpectation, Asked<Compared>>;
}

/** What looking takes besides the host and the expectations. */
export interface Looking {
  /** Whose artefacts are compared. */
  readonly environment: string;
  readonly signal?: AbortSignal;
  /** The stack's secret of this path; asked only for an expectation that needs it. */
  readonly secret?: (setting: string) => Promise<string>;
  /** The hosts of the cluster, where it is one that is looked at. */
  readonly members?: readonly KnockedMember[];
}

/** Looks at a host for all that these expectations speak of: everything side by side, and nothing twice. */
export async function gather(
  host: EngineAccess,
  expectations: readonly PlacedExpectation[],
  looking: Looking,
): Promise<Evidence> {
  const { signal } = looking;
  const networks = names(expectations, (each) => (each.kind === "network" ? [each.network] : []));
  const containers = names(expectations, (each) => {
    return each.kind === "endpoint" || each.kind === "digest"
      ? [each.container]
      : each.kind === "shared-listener"
        ? [each.from, each.owner]
        : [];
  });
  const logs = names(expectations, (each) => (each.kind === "log" ? [each.from] : []));
  // The probers come first: they take longest, and while they wait for what is blocked, the rest is done.
  const probes = probeAll(host, expectations, looking);
  const members = looking.members ?? [];
  const nodes = ofKind(expectations, "member").length === 0 ? Promise.resolve(noNodes) : askNodes(host, signal);
  const asked = {
    networks: inspect<InspectedNetwork>(host, "network", networks, signal),
    containers: inspect<InspectedContainer>(host, "container", containers, signal),
    logs: Promise.all(logs.map(async (name) => [name, await logOf(host, name, signal)] as const)),
    published: askMembers(members, ofKind(expectations, "published"), looking),
    guards: askGuards(members, nodes, looking),
    digests: each(expectations, "digest", (one) => servedDigest(host, one, looking)),
    artefacts: each(expectations, "artefact", (one) => compare(host, one, looking)),
  };
  return {
    networks: await asked.networks,
    containers: await asked.containers,
    logs: new Map(await asked.logs),
    probes: await probes,
    published: await asked.published,
    nodes: await nodes,
    members,
    guards: await asked.guards,
    digests: await asked.digests,
    artefacts: await asked.artefacts,
  };
}

const noNodes: AskedNodes = { problem: "nobody was asked", ms: 0 };

/** What comes of looking at each expectation of a kind. */
async function each<Kind extends PlacedExpectation["kind"], T>(
  expectations: readonly PlacedExpectation[],
  kind: Kind,
  look: (expectation: Extract<PlacedExpectation, { kind: Kind }>) => Promise<T>,
): Promise<Map<PlacedExpectation, T>> {
  const wanted = ofKind(expectations, kind);
  return new Map(await Promise.all(wanted.map(async (one) => [one, await look(one)] as const)));
}

function ofKind<Kind extends PlacedExpectation["kind"]>(expectations: readonly PlacedExpectation[], kind: Kind) {
  return expectations.filter((one): one is Extract<PlacedExpectation, { kind: Kind }> => one.kind === kind);
}

function names(expectations: readonly PlacedExpectation[], of: (each: PlacedExpectation) => string[]): string[] {
  return [...new Set(expectations.flatMap(of))];
}

/** One call for all names. The engine finds by the beginning of an id as well, hence the look at the name. */
async function inspect<T extends { Name: string }>(
  host: EngineAccess,
  type: "network" | "container",
  wanted: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, Asked<T>>> {
  if (wanted.length === 0) {
    return new Map();
  }
  const { stdout, stderr, problem, ms } = await docker(host, [type, "inspect", ...wanted], { signal });
  const all = parseList<T>(stdout);
  return new Map(
    wanted.map((name): [string, Asked<T>] => {
      const found = all?.find(({ Name }) => Name === name || Name === `/${name}`);
      // The client ends with status 1 if one of several names is unknown, and shows the others nevertheless.
      const missing = stderr.split(/\r?\n/).some((line) => /no such|not found/i.test(line) && line.includes(name));
      if (all === undefined || (found === undefined && !missing && problem !== undefined)) {
        return [name, { problem: problem ?? `docker ${type} inspect wrote no JSON`, ms }];
      }
      return [name, { found, ms }];
    }),
  );
}

function parseList<T>(text: string): T[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as T[]) : undefined;
  } catch {
    return undefined;
  }
}

async function logOf(host: EngineAccess, container: string, signal?: AbortSignal): Promise<Asked<string>> {
  const { stdout, stderr, problem, ms } = await docker(host, ["logs", container], { signal });
  return problem === undefined ? { found: `${stdout}\n${stderr}`, ms } : { problem, ms };
}
