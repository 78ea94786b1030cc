import { docker } from "./docker";
import type { EngineAccess, PlacedExpectation } from "./expectation";
import { connect, get } from "./operator";
import { probe, type Probe, type ProbeResult } from "./prober";

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
}

/** Where `answer` is asked from outside every container. */
export const OPERATOR = "operator";

/** Seconds an attempt may take that is expected to succeed. Only one that fails takes them. */
const PATIENCE = 2;

/** The same where one request follows another. */
const PATIENCE_FOR_MANY = 5;

/**
 * Seconds after which a target that is expected to be out of reach counts as such. Neighbours on a network answer within
 * milliseconds, as the control in the same moment shows; and every passing run waits this long.
 */
const BLOCKED = 0.7;

/** What has to be tried from `from`; for `no-reach` the target, then the control. */
export function probesOf(expectation: PlacedExpectation): Probe[] {
  switch (expectation.kind) {
    case "reach":
      return [{ kind: "connect", ...expectation.to, seconds: PATIENCE }];
    case "no-reach":
      return [
        { kind: "connect", ...expectation.to, seconds: BLOCKED },
        { kind: "connect", ...expectation.control, seconds: PATIENCE },
      ];
    case "answer":
      return [
        {
          kind: "get",
          url: expectation.url,
          headers: expectation.headers,
          contains: expectation.contains,
          seconds: PATIENCE,
        },
      ];
    case "counted": {
      const { url, headers, requests, counter } = expectation;
      return [{ kind: "counted", url, headers, requests, counter, seconds: PATIENCE_FOR_MANY }];
    }
    case "resolve":
      return [{ kind: "resolve", host: expectation.host, through: expectation.through, seconds: PATIENCE }];
    case "shared-listener":
      return [{ kind: "listener", port: expectation.port, seconds: PATIENCE }];
    default:
      return [];
  }
}

/** Looks at a host for all that these expectations speak of: everything side by side, and nothing twice. */
export async function gather(
  host: EngineAccess,
  expectations: readonly PlacedExpectation[],
  signal?: AbortSignal,
): Promise<Evidence> {
  const networks = names(expectations, (each) => (each.kind === "network" ? [each.network] : []));
  const containers = names(expectations, (each) => {
    return each.kind === "endpoint" ? [each.container] : each.kind === "shared-listener" ? [each.from, each.owner] : [];
  });
  const logs = names(expectations, (each) => (each.kind === "log" ? [each.from] : []));
  // The probers come first: they take longest, and while they wait for what is blocked, the rest is done.
  const probes = probeAll(host, expectations, signal);
  const asked = {
    networks: inspect<InspectedNetwork>(host, "network", networks, signal),
    containers: inspect<InspectedContainer>(host, "container", containers, signal),
    logs: Promise.all(logs.map(async (name) => [name, await logOf(host, name, signal)] as const)),
  };
  return {
    networks: await asked.networks,
    containers: await asked.containers,
    logs: new Map(await asked.logs),
    probes: await probes,
  };
}

function names(expectations: readonly PlacedExpectation[], of: (each: PlacedExpectation) => string[]): string[] {
  return [...new Set(expectations.flatMap(of))];
}

async function probeAll(
  host: EngineAccess,
  expectations: readonly PlacedExpectation[],
  signal?: AbortSignal,
): Promise<Evidence["probes"]> {
  const sources = new Map<string, PlacedExpectation[]>();
  for (const each of expectations.filter((one) => probesOf(one).length > 0)) {
    const from = (each as Extract<PlacedExpectation, { from: string }>).from;
    sources.set(from, [...(sources.get(from) ?? []), each]);
  }
  const results = [...sources].map(async ([from, each]) => {
    const probes = each.flatMap(probesOf);
    const waits = each.some(({ kind }) => kind === "no-reach");
    const found = await (from === OPERATOR ? askAll(probes, signal) : probe(host, from, probes, { signal, waits }));
    let next = 0;
    return each.map((one) => [one, found.slice(next, (next += probesOf(one).length))] as const);
  });
  return new Map((await Promise.all(results)).flat());
}

function askAll(probes: readonly Probe[], signal?: AbortSignal): Promise<ProbeResult[]> {
  return Promise.all(probes.map(async (each) => ask(each, signal)));
}

async function ask(probe: Probe, signal?: AbortSignal): Promise<ProbeResult> {
  switch (probe.kind) {
    case "get":
      return get(probe, signal);
    case "connect":
      return connect(probe, signal);
    default:
      return { outcome: "error", detail: "the operator can only ask for pages and connect", ms: 0 };
  }
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
  const { stdout, stderr, problem, ms } = await docker(host.engine, [type, "inspect", ...wanted], { signal });
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
  const { stdout, stderr, problem, ms } = await docker(host.engine, ["logs", container], { signal });
  return problem === undefined ? { found: `${stdout}\n${stderr}`, ms } : { problem, ms };
}
