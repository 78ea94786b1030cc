import assert from "node:assert/strict";
import { judgeMember, memberExpectations, type AskedNodes } from "../../../components/checks/member";
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
    assert.deepEqual(judgeMember(expected(), asked(node("two")), []), {
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
      assert.deepEqual(judgeMember(expected(role), asked(...nodes), []), { status: "fail", detail, ms: 7 });
    }
    const { Spec } = node("two");
    assert.equal(stateOf(node("two", { Spec: { ...Spec, Availability: "drain" } })), "ready manager, drained");
  });

  it("fail where the host does not answer, even if the manager has not heard of it yet", () => {
    const access = { name: "two", kind: "remote", os: "linux", engine: "ssh://two" } as const;
    const silent = { problem: "host two does not answer: refused", ms: 3 };
    assert.deepEqual(judgeMember(expected(), asked(node("two")), [{ host: access, silent }]), {
      ...{ status: "fail", detail: "host two does not answer: refused", ms: 3 },
    });
  });

  it("are not judged where no manager tells", () => {
    const verdict = judgeMember(expected(), { problem: "the swarm does not have a leader", ms: 9 }, []);
    assert.deepEqual(verdict, { status: "error", detail: "the swarm does not have a leader", ms: 9 });
  });
});
