import { hostOfNode, isReady, stateOf, type SwarmNode } from "../cluster/node";
import { plannedMembers } from "../cluster/plan";
import type { HostTopology } from "../network/topology";
import { CLUSTER } from "../settings/hosts/cluster";
import { docker } from "./docker";
import type { Asked, Evidence } from "./evidence";
import type { EngineAccess, MemberExpectation, PlacedExpectation } from "./expectation";
import type { Guard } from "./guard";
import type { Verdict } from "./judge";

/** What clusters expect of their hosts: that each is a member, ready for containers. */
export function memberExpectations(hosts: readonly HostTopology[]): PlacedExpectation[] {
  return hosts.flatMap(({ name: at, members = [] }) =>
    plannedMembers(members.map((name) => ({ name }))).map(({ name: member, role }): PlacedExpectation => ({
      ...{ kind: "member", lab: CLUSTER, at, member, role },
      name: `${member} is a ready ${role}`,
    })),
  );
}

/** The nodes of a cluster, by the host's name, as a manager tells. */
export type AskedNodes = Asked<ReadonlyMap<string, SwarmNode>>;

/** Asks a manager for the nodes of its swarm. */
export async function askNodes(manager: EngineAccess, signal?: AbortSignal): Promise<AskedNodes> {
  const listed = await docker(manager, ["node", "ls", "--quiet"], { signal });
  const ids = listed.stdout.split("\n").filter(Boolean);
  if (listed.problem !== undefined || ids.length === 0) {
    return { problem: listed.problem ?? "the manager knows no node", ms: listed.ms };
  }
  const { stdout, problem, ms } = await docker(manager, ["node", "inspect", ...ids], { signal });
  if (problem !== undefined) {
    return { problem, ms };
  }
  const nodes = (JSON.parse(stdout) as SwarmNode[]).map((node): [string, SwarmNode] => [
    hostOfNode(node) ?? node.ID,
    node,
  ]);
  return { found: new Map(nodes), ms };
}

/**
 * Whether a host is a ready member. A manager hears of a lost one only after some seconds, so a host that does not answer
 * is none, whatever is told of it; and one whose ports are open to anybody is not to be one.
 */
export function judgeMember(
  { member, role }: MemberExpectation,
  { nodes, members, guards }: Pick<Evidence, "nodes" | "members" | "guards">,
): Verdict {
  const silent = members.find(({ host }) => host.name === member)?.silent;
  if (silent !== undefined) {
    return { status: "fail", detail: silent.problem, ms: silent.ms };
  }
  const { ms } = nodes;
  if ("problem" in nodes) {
    return { status: "error", detail: nodes.problem, ms };
  }
  const node = nodes.found?.get(member);
  const detail = node === undefined ? `host ${member} is no member` : stateOf(node);
  return isReady(node, role) ? judgeGuards(detail, guards.get(member) ?? [], ms) : { status: "fail", detail, ms };
}

/** A port that does not answer its own host says nothing by being silent to others. */
function judgeGuards(ready: string, guards: readonly Guard[], asked: number): Verdict {
  const ms = Math.max(asked, ...guards.flatMap(({ own, stranger }) => [own.ms, stranger.ms]));
  const open = guards.filter(({ stranger }) => stranger.outcome === "connected");
  if (open.length > 0) {
    const numbers = open.map(({ port }) => port).join(" and ");
    const detail = `${ready}, but open to those that are no members, at ${numbers}: npm run up closes it again`;
    return { status: "fail", detail, ms };
  }
  const untold = guards.find(({ own, stranger }) => own.outcome !== "connected" || stranger.outcome === "error");
  if (untold !== undefined) {
    const { port, own, stranger } = untold;
    const detail = `${ready}; port ${port} to itself: ${own.detail}, to a container: ${stranger.detail}`;
    return { status: "error", detail, ms };
  }
  const closed = guards.length === 0 ? "" : ", closed to all but members";
  return { status: "pass", detail: `${ready}${closed}`, ms };
}
