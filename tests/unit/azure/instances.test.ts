import assert from "node:assert/strict";
import fc from "fast-check";
import { hostsOfInstances, instancesOf, machinesOfHosts, numbersOf } from "../../../components/azure/instances";
import { member } from "./mocks";

/** Which machine each host is, by the machine's number; `slots` are the ports of the machines counted from the first. */
function assigned(capacity: number, slots: Readonly<Record<string, number>>): Record<string, string> {
  const hosts = Array.from({ length: capacity }, (_, i) => `labs-${i + 1}`);
  const members = Object.entries(slots).map(([id, slot]) => member(Number(id), 50_000 + slot));
  return Object.fromEntries([...hostsOfInstances(hosts, instancesOf(members))].map(([host, { id }]) => [host, id]));
}

describe("the machines of a pool", () => {
  it("are those that have both ports", () => {
    const none = { ...member(1, 50_001), inboundNatRulesPortMapping: undefined };
    const half = member(2, 50_002);
    const members = [
      member(0, 50_000),
      none,
      { ...half, inboundNatRulesPortMapping: half.inboundNatRulesPortMapping!.slice(0, 1) },
      {},
    ];
    assert.deepEqual(instancesOf(members), [{ id: "0", ports: { ssh: 50_000, docker: 51_000 } }]);
  });
});

describe("hosts", () => {
  it("are the machines by their ports, whatever the order and the numbers", () => {
    assert.deepEqual(assigned(3, { 7: 2, 4: 0, 5: 1 }), { "labs-1": "4", "labs-2": "5", "labs-3": "7" });
  });

  it("keep their machines when there are more", () => {
    assert.deepEqual(assigned(1, { 0: 0 }), { "labs-1": "0" });
    assert.deepEqual(assigned(3, { 0: 0, 1: 1, 2: 2 }), { "labs-1": "0", "labs-2": "1", "labs-3": "2" });
  });

  it("have another machine in the place of one that went", () => {
    assert.deepEqual(assigned(2, { 3: 0, 1: 1 }), { "labs-1": "3", "labs-2": "1" });
  });

  it("take what is left over where Azure gave other ports", () => {
    assert.deepEqual(assigned(3, { 1: 1, 8: 6, 5: 4 }), { "labs-1": "5", "labs-2": "1", "labs-3": "8" });
  });

  it("are without a machine where there are not enough", () => {
    assert.deepEqual(assigned(3, { 1: 1 }), { "labs-2": "1" });
  });

  it("each have a machine of their own, as far as there are any", () => {
    const slots = fc.uniqueArray(fc.nat(30), { maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), slots, (capacity, given) => {
        const found = assigned(capacity, Object.fromEntries(given.map((slot, id) => [id, slot])));
        assert.equal(Object.keys(found).length, Math.min(capacity, given.length));
        assert.equal(new Set(Object.values(found)).size, Object.keys(found).length);
        for (const [id, slot] of given.entries()) {
          assert.ok(slot >= capacity || found[`labs-${slot + 1}`] === String(id));
        }
      }),
    );
  });
});

describe("hosts that no port of a load balancer tells the machines of", () => {
  const hosts = ["labs-1", "labs-2", "labs-3"];
  const of = (before: Record<string, string>, ...numbers: string[]) =>
    Object.fromEntries(machinesOfHosts(hosts, before, numbers));

  it("are the machines in the order of their numbers, as those came", () => {
    assert.deepEqual(of({}, "10", "9", "2"), { "labs-1": "2", "labs-2": "9", "labs-3": "10" });
    assert.deepEqual(of({}, "4"), { "labs-1": "4" });
  });

  it("keep their machines, and have new ones in the place of those that went", () => {
    const before = { "labs-1": "0", "labs-2": "1", "labs-3": "2" };
    assert.deepEqual(of(before, "1", "2", "3"), { "labs-1": "3", "labs-2": "1", "labs-3": "2" });
    assert.deepEqual(of(before, "2", "1"), { "labs-2": "1", "labs-3": "2" });
    assert.deepEqual(of({ "labs-3": "7", gone: "8" }, "8", "7"), { "labs-1": "8", "labs-3": "7" });
  });

  it("are found in a pool without a port", () => {
    assert.deepEqual(numbersOf([{ ...member(3, 0), inboundNatRulesPortMapping: undefined }, {}, member(12, 0)]), [
      ...["3", "12"],
    ]);
  });

  it("come to the same whether an update saw the machines at once or one by one", () => {
    const numbers = fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(numbers, numbers, (were, came) => {
        const before = of({}, ...were.map(String));
        const kept = were.slice(1).map(String);
        const fresh = came.map((number) => String(number + 100)).sort((a, b) => Number(a) - Number(b));
        const steps = fresh.reduce((last, _, i) => of(last, ...kept, ...fresh.slice(0, i + 1)), of(before, ...kept));
        assert.deepEqual(steps, of(before, ...kept, ...fresh));
      }),
    );
  });
});
