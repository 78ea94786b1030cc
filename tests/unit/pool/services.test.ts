import assert from "node:assert/strict";
import type { InstanceData, PoolData, SwarmPorts } from "../../../components/containers/container-pool";
import { label } from "../../../components/labels";
import { reconcile, removeAll } from "../../../tools/pool/reconcile";
import { wantedServices } from "../../../tools/pool/service-spec";
import { servicesOn } from "../../../tools/pool/services";
import { FakeSwarm } from "./fake-swarm";
import { ids, instance, poolOf } from "./support";

/** An instance as a pool on a swarm has it: its address is the swarm's to give. */
function onSwarm(port: number, change: Partial<InstanceData> = {}): [string, InstanceData] {
  return instance(port, { endpoints: { pool: {} }, ...change });
}

function pool(
  publish: SwarmPorts["publish"],
  ...instances: [string, InstanceData][]
): PoolData & { swarm: SwarmPorts } {
  return { ...poolOf(...instances), swarm: { publish } };
}

function wantedOf(...ports: number[]) {
  return wantedServices(pool("host", ...ports.map((port) => onSwarm(port))), ids);
}

const briefly = { pause: 1, stalled: 30 };

function work(swarm: FakeSwarm, onDone?: (done: number, of: number) => void) {
  const identity = poolOf();
  return { parts: servicesOn(swarm.docker, identity, briefly), pool: identity, onDone };
}

describe("a pool's service in the engine's terms", () => {
  const only = (change: Partial<InstanceData> = {}, publish: SwarmPorts["publish"] = "host") =>
    wantedServices(pool(publish, onSwarm(8090, change)), ids)[0];

  it("is one container of the image's tag, on its network, with a port of the host that it is on", () => {
    const { name, hash, spec } = only({ user: "1000:1000", command: ["serve"], hosts: ["other:10.0.0.1"] });
    const labels = {
      [label.stack]: "test",
      [label.lab]: "a-lab",
      [label.role]: "instance",
      [label.pool]: "app",
      [label.spec]: hash,
    };
    assert.equal(name, "app-8090");
    assert.deepEqual(spec, {
      Name: "app-8090",
      Labels: labels,
      TaskTemplate: {
        ContainerSpec: {
          Image: "app:1",
          Hostname: "app-8090",
          Args: ["serve"],
          Env: ["PORT=8090"],
          User: "1000:1000",
          Labels: labels,
          StopGracePeriod: 3e9,
          Hosts: ["10.0.0.1 other"],
        },
        Networks: [{ Target: "n1", Aliases: [] }],
        RestartPolicy: { Condition: "any", Delay: 1e9 },
      },
      Mode: { Replicated: { Replicas: 1 } },
      UpdateConfig: { Parallelism: 1, Order: "stop-first" },
      EndpointSpec: {
        Mode: "dnsrr",
        Ports: [{ Protocol: "tcp", PublishMode: "host", PublishedPort: 8090, TargetPort: 80 }],
      },
    });
  });

  it("has a virtual address only where every host hands its port on", () => {
    const { EndpointSpec } = only({}, "ingress").spec;
    assert.equal(EndpointSpec!.Mode, "vip");
    assert.equal(EndpointSpec!.Ports![0].PublishMode, "ingress");
  });

  it("has another hash for whatever is different, and the same whoever else is there", () => {
    const changes = [{}, { environment: { PORT: "1" } }, { image: "app:2" }, { ports: [] }, { user: "root" }];
    const hashes = [...changes.map((change) => only(change).hash), only({}, "ingress").hash];
    assert.equal(new Set(hashes).size, hashes.length);
    assert.equal(wantedOf(8089, 8090)[1].hash, hashes[0]);
  });
});

describe("a pool on a swarm", () => {
  it("is made, is the same the second time, and is told of once its containers run", async () => {
    const swarm = new FakeSwarm();
    const told: string[] = [];
    const first = await reconcile(
      wantedOf(8090, 8091, 8092),
      work(swarm, (done, of) => told.push(`${done} of ${of}`)),
    );
    assert.deepEqual(first.failures, []);
    assert.deepEqual(first.report.created, ["app-8090", "app-8091", "app-8092"]);
    assert.equal(swarm.running, 3);
    assert.deepEqual(told.slice(3), ["1 of 3", "2 of 3", "3 of 3"]);
    const { report } = await reconcile(wantedOf(8090, 8091, 8092), work(swarm));
    assert.deepEqual([report.changed, report.kept, report.containers], [false, 3, first.report.containers]);
    assert.equal(swarm.log.length, 3);
  });

  it("loses what is not declared any more before the new ones come, and keeps the others", async () => {
    const swarm = new FakeSwarm();
    await reconcile(wantedOf(8090, 8091), work(swarm));
    const { report } = await reconcile(wantedOf(8091, 8092), work(swarm));
    assert.deepEqual([report.removed, report.created, report.kept], [["app-8090"], ["app-8092"], 1]);
    assert.deepEqual(swarm.log.slice(2), ["remove app-8090", "create app-8092"]);
    assert.deepEqual(swarm.names, ["app-8091", "app-8092"]);
  });

  it("is updated where something of it changed, also by a hand", async () => {
    const swarm = new FakeSwarm();
    await reconcile(wantedOf(8090, 8091), work(swarm));
    const [first] = swarm.services.values();
    first.Spec!.TaskTemplate!.RestartPolicy!.Condition = "none";
    const { report } = await reconcile(wantedOf(8090, 8091), work(swarm));
    assert.deepEqual(report.created, ["app-8090"]);
    const changed = wantedServices(pool("host", onSwarm(8090, { user: "root" }), onSwarm(8091)), ids);
    assert.deepEqual((await reconcile(changed, work(swarm))).report.created, ["app-8090"]);
    assert.deepEqual(swarm.log.slice(2), ["update app-8090", "update app-8090"]);
  });

  it("is not changed by what the swarm says beside what it was told", async () => {
    const swarm = new FakeSwarm();
    await reconcile(wantedOf(8090), work(swarm));
    const [{ Spec }] = swarm.services.values();
    Object.assign(Spec!.TaskTemplate!, { Runtime: "container", ForceUpdate: 0 });
    const [network] = Spec!.TaskTemplate!.Networks!;
    delete (network as { Aliases?: string[] }).Aliases;
    assert.equal((await reconcile(wantedOf(8090), work(swarm))).report.changed, false);
  });

  it("names what does not come to run, with the swarm's words, and has tried the others", async () => {
    const swarm = new FakeSwarm();
    swarm.fails = (name) => (name === "app-8091" ? "no such image" : undefined);
    const { failures, report } = await reconcile(wantedOf(8090, 8091), work(swarm));
    assert.deepEqual(
      failures.map(({ name, error }) => `${name}: ${(error as Error).message}`),
      ["app-8091: no such image"],
    );
    assert.deepEqual(report.created, ["app-8090", "app-8091"]);
    assert.equal(swarm.running, 1);
  });

  it("is removed as far as it is on a network, and that only counts once its containers are gone", async () => {
    const swarm = new FakeSwarm();
    await reconcile(wantedOf(8090, 8091), work(swarm));
    assert.deepEqual(await removeAll(work(swarm), "another"), []);
    assert.equal(swarm.services.size, 2);
    assert.deepEqual(await removeAll(work(swarm), "pool"), []);
    assert.deepEqual([swarm.services.size, swarm.running], [0, 0]);
    assert.deepEqual(await removeAll(work(swarm), "pool"), []);
  });

  it("is waited for as long as its containers end one after the other, and no longer", async () => {
    const swarm = new FakeSwarm();
    const ports = Array.from({ length: 60 }, (_, i) => 8000 + i);
    await reconcile(wantedOf(...ports), work(swarm));
    swarm.ending = 0;
    await removeAll(work(swarm), "pool");
    assert.deepEqual([swarm.services.size, swarm.running], [0, 60]);
    const slow = new FakeSwarm();
    await reconcile(wantedOf(...ports), work(slow));
    slow.ending = 1;
    await removeAll(work(slow), "pool");
    assert.deepEqual([slow.services.size, slow.running], [0, 0]);
  });
});
