import assert from "node:assert/strict";
import { judgeMember, memberExpectations, type AskedNodes } from "../../../components/checks/member";
import type { Guard } from "../../../components/checks/guard";
import type { KnockedMember } from "../../../components/checks/knocked";
import type { MemberExpectation } from "../../../components/checks/expectation";
import { hostOfNode, stateOf, type SwarmNode } from "../../../components/cluster/node";

function node(member: string, change: Partial<SwarmNode> & { role?: "manager" | "worker" } = {}): SwarmNode {
  const { role = "manager", ...rest } = change;
  return {
    ...{ ID: `id-of-${member}`, Version: { Index: 1 }, Status: { State: "ready" } },
    Spec: { Role: role, Availability: "active", Labels: { "container-network-labs.member": member } },
    ...(role === "manager" ? { ManagerStatus: { Reachability: "reachable" } } : {}),
    ...rest,
  };
}

const asked = (...nodes: SwarmNode[]): AskedNodes => ({
  found: new Map(nodes.map((each) => [hostOfNode(each)!, each])),
  ms: 7,
});
const expected = (role: MemberExpectation["role"] = "manager"): MemberExpectation => ({
  ...{ kind: "member", name: `two is a ready ${role}`, member: "two", role },
});

const judged = (
  of: MemberExpectation,
  nodes: AskedNodes,
  { members = [], guards = [] }: { members?: readonly KnockedMember[]; guards?: readonly Guard[] } = {},
) => judgeMember(of, { nodes, members, guards: new Map([["two", guards]]) });

/** A port as it is to its own host, and to a container there. */
const guard = (port: number, own: "connected" | "refused", stranger: "connected" | "timeout" | "error"): Guard => ({
  port,
  own: { outcome: own, detail: own, ms: 2 },
  stranger: { outcome: stranger, detail: stranger, ms: 700 },
});

describe("the members of a cluster", () => {
  it("are each expected to be ready, the first as managers", () => {
    const cluster = { name: "cluster", kind: "cluster", os: "linux", labs: [], members: ["one", "two"] } as const;
    const alone = { name: "one", kind: "remote", os: "linux", labs: [] } as const;
    assert.deepEqual(
      memberExpectations([alone, cluster]).map(({ at, name }) => [at, name]),
      [
        ["cluster", "one is a ready manager"],
        ["cluster", "two is a ready worker"],
      ],
    );
    assert.deepEqual(memberExpectations([alone]), []);
  });

  it("pass only as what they are to be, by what a manager tells", () => {
    assert.deepEqual(judged(expected(), asked(node("two"))), {
      status: "pass",
      detail: "ready manager",
      ms: 7,
    });
    const wrong: [SwarmNode[], MemberExpectation["role"], string][] = [
      [[node("one")], "manager", "host two is no member"],
      [[node("two", { Status: { State: "down" } })], "manager", "down manager"],
      [[node("two", { ManagerStatus: { Reachability: "unreachable" } })], "manager", "ready manager, unreachable"],
      [[node("two")], "worker", "ready manager"],
      [[node("two", { role: "worker" })], "manager", "ready worker"],
    ];
    for (const [nodes, role, detail] of wrong) {
      assert.deepEqual(judged(expected(role), asked(...nodes)), { status: "fail", detail, ms: 7 });
    }
    const { Spec } = node("two");
    assert.equal(stateOf(node("two", { Spec: { ...Spec, Availability: "drain" } })), "ready manager, drained");
  });

  it("fail where the host does not answer, even if the manager has not heard of it yet", () => {
    const access = { name: "two", kind: "remote", os: "linux", engine: "ssh://two" } as const;
    const silent = { problem: "host two does not answer: refused", ms: 3 };
    assert.deepEqual(judged(expected(), asked(node("two")), { members: [{ host: access, silent }] }), {
      ...{ status: "fail", detail: "host two does not answer: refused", ms: 3 },
    });
  });

  it("are not judged where no manager tells", () => {
    const verdict = judged(expected(), { problem: "the swarm does not have a leader", ms: 9 });
    assert.deepEqual(verdict, { status: "error", detail: "the swarm does not have a leader", ms: 9 });
  });

  it("pass only where Swarm's own ports are closed to those that are none", () => {
    const two = asked(node("two"));
    const closed = guard(7946, "connected", "timeout");
    const verdicts: [Guard[], ReturnType<typeof judgeMember>][] = [
      [
        [guard(2377, "connected", "timeout"), closed],
        { status: "pass", detail: "ready manager, closed to all but members", ms: 700 },
      ],
      [
        [guard(2377, "connected", "connected"), closed],
        {
          status: "fail",
          detail: "ready manager, but open to those that are no members, at 2377: npm run up closes it again",
          ms: 700,
        },
      ],
      [
        [closed, guard(2377, "refused", "timeout")],
        { status: "error", detail: "ready manager; port 2377 to itself: refused, to a container: timeout", ms: 700 },
      ],
      [
        [guard(2377, "connected", "error"), closed],
        { status: "error", detail: "ready manager; port 2377 to itself: connected, to a container: error", ms: 700 },
      ],
    ];
    for (const [guards, verdict] of verdicts) {
      assert.deepEqual(judged(expected(), two, { guards }), verdict);
    }
  });
});
