import { hostOfNode, isReady, stateOf, type SwarmNode } from "../cluster/node";
import { plannedMembers } from "../cluster/plan";
import type { HostTopology } from "../network/topology";
import { CLUSTER } from "../settings/hosts/cluster";
import { docker } from "./docker";
import type { Asked } from "./evidence";
import type { EngineAccess, MemberExpectation, PlacedExpectation } from "./expectation";
import type { Verdict } from "./judge";
import type { KnockedMember } from "./knocked";

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
 * is none, whatever is told of it.
 */
export function judgeMember(
  { member, role }: MemberExpectation,
  asked: AskedNodes,
  members: readonly KnockedMember[],
): Verdict {
  const silent = members.find(({ host }) => host.name === member)?.silent;
  if (silent !== undefined) {
    return { status: "fail", detail: silent.problem, ms: silent.ms };
  }
  if ("problem" in asked) {
    return { status: "error", detail: asked.problem, ms: asked.ms };
  }
  const node = asked.found?.get(member);
  const detail = node === undefined ? `host ${member} is no member` : stateOf(node);
  return { status: isReady(node, role) ? "pass" : "fail", detail, ms: asked.ms };
}
