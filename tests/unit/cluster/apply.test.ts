import assert from "node:assert/strict";
import type { SwarmData } from "../../../components/cluster/data";
import { plannedMembers } from "../../../components/cluster/plan";
import { applySwarm, unlockKeyOf } from "../../../tools/swarm/apply";
import { fakeEngines, KEY } from "./fake-swarm";

const stack = "unit";

describe("making hosts one swarm", () => {
  let engines: Awaited<ReturnType<typeof fakeEngines>>;

  before(function () {
    if (process.platform === "win32") {
      this.skip();
    }
  });
  beforeEach(async () => {
    engines = await fakeEngines("one", "two", "three", "four");
  });
  afterEach(() => engines.close());

  function data(...names: string[]): SwarmData {
    const members = plannedMembers(names.map((name) => ({ name }))).map((member) => ({
      ...{ ...member, engine: engines.at(member.name).address, address: `10.0.0.${member.name.length}` },
    }));
    return { stack, members, addresses: "10.213.128.0/17" };
  }

  const roles = () =>
    [...engines.at("one").swarm!.nodes.values()].map(
      ({ Spec }) => `${Spec.Labels?.["container-network-labs.member"]} ${Spec.Role} ${Spec.Availability}`,
    );

  it("begins it on the first, has the others join, and does nothing the second time", async () => {
    const told: string[] = [];
    const report = await applySwarm(data("one", "two", "three", "four"), { say: (line) => told.push(line) });
    assert.deepEqual(report.done, [
      "one began the swarm",
      "two joined as manager",
      "three joined as manager",
      "four joined as worker",
    ]);
    assert.deepEqual(told, report.done);
    assert.deepEqual(roles(), [
      "one manager active",
      "two manager active",
      "three manager active",
      "four worker active",
    ]);
    const { spec } = engines.at("one").swarm!;
    assert.deepEqual(spec.Labels, { "container-network-labs.stack": stack });
    assert.equal(spec.EncryptionConfig.AutoLockManagers, true);

    const calls = engines.at("one").calls.length;
    const again = await applySwarm(data("one", "two", "three", "four"));
    assert.deepEqual([again.changed, again.done, again.swarm], [false, [], report.swarm]);
    assert.equal(engines.at("one").calls.length, calls);
  });

  it("tells no token and no key", async () => {
    const report = await applySwarm(data("one", "two"));
    assert.doesNotMatch(JSON.stringify(report), /SWMTKN|SWMKEY/);
    assert.equal(await unlockKeyOf(data("one", "two")), KEY);
  });

  it("makes managers when hosts come, and workers of them when hosts go, which are taken out", async () => {
    await applySwarm(data("one", "two"));
    assert.deepEqual(roles(), ["one manager active", "two worker active"]);
    const more = await applySwarm(data("one", "two", "three"));
    assert.deepEqual(more.done, ["three joined as manager", "two is a manager now"]);
    const fewer = await applySwarm(data("one", "two"));
    assert.deepEqual(fewer.done, ["two is a worker now", "three was taken out"]);
    assert.deepEqual(roles(), ["one manager active", "two worker active"]);
    // Its own engine was told, too.
    assert.equal(engines.at("three").swarm, undefined);
  });

  it("goes on without the first host", async () => {
    const { swarm } = await applySwarm(data("one", "two", "three"));
    const report = await applySwarm(data("two", "three"));
    assert.deepEqual(report.done, ["three is a worker now", "one was taken out"]);
    assert.equal(report.swarm, swarm);
    assert.equal(engines.at("one").swarm, undefined);
  });

  it("takes out a node that is down, and has a host join anew that lost its part", async () => {
    await applySwarm(data("one", "two", "three"));
    const two = engines.at("two");
    const node = two.own!;
    two.swarm!.nodes.set(node.ID, { ...node, Status: { State: "down" } });
    two.swarm = undefined;
    const report = await applySwarm(data("one", "two", "three"));
    assert.deepEqual(report.done, ["two joined as manager", "two was taken out"]);
    assert.equal(engines.at("one").swarm!.nodes.size, 3);
  });

  it("waits for a host that goes on joining after its engine has waited long enough", async () => {
    engines.at("two").slow = true;
    assert.deepEqual((await applySwarm(data("one", "two"))).done, ["one began the swarm", "two joined as worker"]);
  });

  it("waits for a worker that has not found its managers again yet", async () => {
    await applySwarm(data("one", "two"));
    engines.at("one").locked = true;
    engines.at("two").pending = 3;
    const { done } = await applySwarm(data("one", "two"), { unlockKey: KEY });
    assert.deepEqual(done, ["one is unlocked"]);
    engines.at("two").pending = 2;
    assert.deepEqual((await applySwarm(data("one", "two"))).done, []);
  });

  it("takes out what a host was before it joined anew, even where not all hosts were asked", async () => {
    await applySwarm(data("one", "two", "three"));
    engines.at("two").swarm = undefined;
    const { members, ...rest } = data("one", "two", "three");
    const report = await applySwarm({ ...rest, members: members.slice(0, 2) }, { keepOthers: true });
    assert.deepEqual(report.done, ["two joined as manager", "two was taken out"]);
    assert.equal(engines.at("one").swarm!.nodes.size, 3);
  });

  it("leaves other nodes alone where not all hosts were asked", async () => {
    await applySwarm(data("one", "two", "three"));
    const { members, ...rest } = data("one", "two", "three");
    await applySwarm({ ...rest, members: members.slice(0, 2) }, { keepOthers: true });
    assert.equal(engines.at("one").swarm!.nodes.size, 3);
  });

  it("puts a drained node, a part and the lock right that a hand changed", async () => {
    await applySwarm(data("one", "two", "three"));
    const { swarm, own } = engines.at("two");
    swarm!.nodes.set(own!.ID, { ...own!, Spec: { ...own!.Spec, Availability: "drain" } });
    swarm!.spec.EncryptionConfig.AutoLockManagers = false;
    const { done } = await applySwarm(data("one", "two", "three"));
    assert.deepEqual(done, ["its managers lock when they are restarted", "two takes containers again"]);
    assert.equal(swarm!.spec.EncryptionConfig.AutoLockManagers, true);
  });

  it("unlocks a manager with the key that another knows, and all of them with the one it is given", async () => {
    await applySwarm(data("one", "two", "three"));
    engines.at("two").locked = true;
    assert.deepEqual((await applySwarm(data("one", "two", "three"))).done, ["two is unlocked"]);
    for (const name of ["one", "two", "three"]) {
      engines.at(name).locked = true;
    }
    await assert.rejects(applySwarm(data("one", "two", "three")), /one, two, three is locked.*npm run up/s);
    await assert.rejects(applySwarm(data("one", "two", "three"), { unlockKey: "SWMKEY-1-other" }), (error: Error) => {
      assert.match(error.message, /"one" is in a swarm that this environment's key does not unlock/);
      assert.doesNotMatch(error.message, /SWMKEY/);
      return true;
    });
    const { done } = await applySwarm(data("one", "two", "three"), { unlockKey: KEY });
    assert.deepEqual([...done].sort(), ["one is unlocked", "three is unlocked", "two is unlocked"]);
  });

  it("touches no swarm of somebody else's, and names the node", async () => {
    await applySwarm({ ...data("three"), stack: "other" });
    await assert.rejects(applySwarm(data("one", "two", "three")), (error: Error) => {
      assert.match(error.message, /Host "three" is in a swarm that is not of "unit": it is node node-three-1/);
      assert.match(error.message, /docker swarm leave --force/);
      return true;
    });
    assert.equal(engines.at("one").swarm, undefined);
    assert.deepEqual(engines.at("one").calls, []);
  });

  it("changes nothing while an engine does not answer, and names it", async () => {
    const { members, ...rest } = data("one", "two");
    const gone = { ...members[1], engine: { engine: "unix:///nowhere/engine.sock" } };
    await assert.rejects(
      applySwarm({ ...rest, members: [members[0], gone] }),
      /1 of 2 engines do not answer.\n {2}two: /,
    );
    assert.deepEqual(engines.at("one").calls, []);
  });
});
