import { MANAGER_PORT, MEMBER_PORT } from "../cluster/data";
import type { Looking } from "./evidence";
import type { KnockedMember } from "./knocked";
import type { AskedNodes } from "./member";
import { probeFrom, type Probe, type ProbeResult } from "./prober";
import { BLOCKED, PATIENCE } from "./probing";

/** Ports of Swarm that take TCP connections, and those that a worker listens on. */
const ports = { manager: [MANAGER_PORT, MEMBER_PORT], worker: [MEMBER_PORT] } as const;

/** What a port of Swarm's on a host is to the host itself, and to one of its containers, which is no member. */
export interface Guard {
  readonly port: number;
  readonly own: ProbeResult;
  readonly stranger: ProbeResult;
}

/**
 * Tries Swarm's own ports of each member from a container there: their guard is the kernel's, and is gone once the host was
 * started anew. Windows has its firewall's rules, which stay, and no network without an address of the host's own kind.
 */
export async function askGuards(
  members: readonly KnockedMember[],
  nodes: Promise<AskedNodes>,
  { environment, signal }: Looking,
): Promise<ReadonlyMap<string, readonly Guard[]>> {
  const asked = await nodes;
  const guarded = members.map(async ({ host, silent }): Promise<[string, readonly Guard[]]> => {
    const node = "problem" in asked ? undefined : asked.found?.get(host.name);
    const address = node?.Status.Addr;
    if (silent !== undefined || address === undefined || host.toolbox === undefined) {
      return [host.name, []];
    }
    const tried = ports[node!.Spec.Role];
    const from = (network: "host" | "bridge", seconds: number): Promise<ProbeResult[]> => {
      const probes = tried.map((port): Probe => ({ kind: "connect", host: address, port, seconds }));
      return probeFrom(network)(host, probes, { environment, signal });
    };
    const [own, strangers] = await Promise.all([from("host", PATIENCE), from("bridge", BLOCKED)]);
    return [host.name, tried.map((port, i) => ({ port, own: own[i], stranger: strangers[i] }))];
  });
  return new Map(await Promise.all(guarded));
}
