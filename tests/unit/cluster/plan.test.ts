import assert from "node:assert/strict";
import { managerCount, plannedAddresses, plannedMembers } from "../../../components/cluster/plan";
import { overlap } from "../../../components/network/address";

describe("the plan of a cluster", () => {
  it("has one manager for one and two hosts, three from three on, five from seven on", () => {
    assert.deepEqual([1, 2, 3, 4, 6, 7, 20, 100].map(managerCount), [1, 1, 3, 3, 3, 5, 5, 5]);
  });

  it("makes the first hosts managers, in the order of the settings", () => {
    const roles = (...names: string[]) =>
      plannedMembers(names.map((name) => ({ name })))
        .map(({ role }) => role[0])
        .join("");
    assert.equal(roles("one"), "m");
    assert.equal(roles("one", "two"), "mw");
    assert.equal(roles("a", "b", "c", "d"), "mmmw");
    assert.deepEqual(plannedMembers([{ name: "one" }]), [{ name: "one", role: "manager" }]);
  });

  it("takes addresses in which nothing of the environment lies, the same at each run", () => {
    assert.deepEqual(plannedAddresses([]), { bridge: "10.213.0.0/20", overlays: "10.213.128.0/17" });
    const taken = ["10.213.5.0/24", "10.214.0.0/16", "192.168.1.0/24"];
    const { bridge, overlays } = plannedAddresses(taken);
    assert.deepEqual({ bridge, overlays }, { bridge: "10.215.0.0/20", overlays: "10.215.128.0/17" });
    assert.ok(!overlap(bridge, overlays));
    assert.ok(taken.every((subnet) => !overlap(subnet, bridge) && !overlap(subnet, overlays)));
  });
});
