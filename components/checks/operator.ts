import { once } from "node:events";
import { connect as connectTo } from "node:net";
import type { EngineAccess } from "./expectation";
import { probeInHost, type Probe, type ProbeOptions, type ProbeResult } from "./prober";
import { FRONT } from "./visitor";

/**
 * Makes probes from outside every container. What a remote host publishes on its loopback address can be reached from
 * nowhere else: there the operator is the host itself; otherwise it is this machine.
 */
export async function operate(
  host: EngineAccess,
  probes: readonly Probe[],
  options: ProbeOptions,
): Promise<ProbeResult[]> {
  return isElsewhere(host)
    ? probeInHost(host, probes, options)
    : Promise.all(probes.map((each) => ask(each, options.signal)));
}

/** Makes probes from this machine, past the load balancer before the host. */
export async function visit(
  { name, address }: EngineAccess,
  probes: readonly Probe[],
  { signal }: ProbeOptions,
): Promise<ProbeResult[]> {
  return address === undefined
    ? probes.map(() => ({ outcome: "error", detail: `there is no load balancer before ${name}`, ms: 0 }))
    : Promise.all(probes.map((probe) => ask(at(address, probe), signal)));
}

/** A probe of the load balancer's address, which a probe knows by a name that stands for it. */
function at(address: string, probe: Probe): Probe {
  switch (probe.kind) {
    case "get":
      return { ...probe, url: probe.url.replace(`//${FRONT}:`, `//${address}:`) };
    case "connect":
      return { ...probe, host: address };
    default:
      return probe;
  }
}

/** Whether a host is another machine than this one. */
export function isElsewhere({ kind }: EngineAccess): boolean {
  return kind !== "local";
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

/** Network errors of Node that say something about the target. */
const outcomes: Partial<
  Record<string, { outcome: "refused" | "timeout" | "unreachable" | "unresolved"; detail: string }>
> = {
  ECONNREFUSED: { outcome: "refused", detail: "connection refused" },
  ETIMEDOUT: { outcome: "timeout", detail: "no answer" },
  EHOSTUNREACH: { outcome: "unreachable", detail: "no route to host" },
  ENETUNREACH: { outcome: "unreachable", detail: "network is unreachable" },
  ENOTFOUND: { outcome: "unresolved", detail: "the name has no address here" },
};

/** Makes an HTTP GET from this machine, with the same result as the prober's `get`. */
async function get(
  { url, headers, contains, seconds }: Extract<Probe, { kind: "get" }>,
  signal?: AbortSignal,
): Promise<ProbeResult> {
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  const timeout = AbortSignal.timeout(seconds * 1000);
  try {
    const response = await fetch(url, {
      headers,
      redirect: "manual",
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const body = await response.text();
    const detail = `HTTP ${response.status}: ${body.trim().replace(/\s+/g, " ").slice(0, 80)}`;
    return { outcome: "answered", status: response.status, contains: body.includes(contains), detail, ms: elapsed() };
  } catch (error) {
    if (timeout.aborted) {
      return { outcome: "timeout", detail: "no answer", ms: elapsed() };
    }
    const { message, code } = rootOf(error);
    return { ...(outcomes[code ?? ""] ?? { outcome: "error", detail: message }), ms: elapsed() };
  }
}

/** Opens a TCP connection from this machine, with the same result as the prober's `connect`. */
async function connect(
  { host, port, seconds }: Extract<Probe, { kind: "connect" }>,
  signal?: AbortSignal,
): Promise<ProbeResult> {
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  const timeout = AbortSignal.timeout(seconds * 1000);
  const socket = connectTo({
    host,
    port,
    signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
  });
  try {
    await once(socket, "connect");
    return { outcome: "connected", detail: "connected", ms: elapsed() };
  } catch (error) {
    if (timeout.aborted) {
      return { outcome: "timeout", detail: "no answer", ms: elapsed() };
    }
    const { message, code } = rootOf(error);
    return { ...(outcomes[code ?? ""] ?? { outcome: "error", detail: message }), ms: elapsed() };
  } finally {
    socket.destroy();
  }
}

/** fetch says "fetch failed" and keeps the reason as its cause; several addresses tried make several reasons. */
function rootOf(error: unknown): { message: string; code?: string } {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : (error as Error).cause;
  return inner instanceof Error ? rootOf(inner) : (error as Error & { code?: string });
}
