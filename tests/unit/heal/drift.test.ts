import assert from "node:assert/strict";
import { drift } from "../../../tools/heal/drift";
import type { EngineObject, InspectedContainer } from "../../../tools/heal/engine-objects";
import type { RecordedResource } from "../../../tools/stack";

const engine = { host: "local", engine: "unix://e" };
const network = { urn: "urn::net", type: "docker:index/network:Network", id: "n1" };
const image = {
  urn: "urn::image",
  type: "docker:index/remoteImage:RemoteImage",
  id: "sha256:i1name:tag",
  outputs: { imageId: "sha256:i1" },
};
const wired: RecordedResource = {
  urn: "urn::wired",
  type: "docker:index/container:Container",
  id: "c1",
  inputs: { networksAdvanced: [{ name: "n1", ipv4Address: "10.1.0.1" }] },
};
const joiner: RecordedResource = { urn: "urn::joiner", type: "docker:index/container:Container", id: "c2" };
const component = { urn: "urn::component", type: "container-network-labs:network:Network" };
const recorded = [component, network, image, wired, joiner];

function container(id: string, change: Partial<InspectedContainer> = {}): EngineObject {
  const shown: InspectedContainer = {
    Id: id,
    Name: `/${id}`,
    State: { Status: "running", StartedAt: "2026-01-01T00:00:00.1Z" },
    HostConfig: { NetworkMode: "bridge" },
    NetworkSettings: { Networks: { blue: { NetworkID: "n1", IPAddress: "10.1.0.1" } } },
    ...change,
  };
  return { engine, kind: "container", id, name: id, container: shown };
}

function sharing(startedAt: string): EngineObject {
  return container("c2", {
    HostConfig: { NetworkMode: "container:c1" },
    NetworkSettings: { Networks: {} },
    State: { Status: "running", StartedAt: startedAt },
  });
}

const rest: EngineObject[] = [
  { engine, kind: "network", id: "n1", name: "blue" },
  { engine, kind: "image", id: "sha256:i1", name: "name:tag" },
];
const asRecorded = [...rest, container("c1"), sharing("2026-01-01T00:00:00.2Z")];

function reasons(objects: EngineObject[], resources: RecordedResource[] = recorded): string[] {
  return drift(resources, objects).wrong.map(({ object, reason }) => `${object.id} ${reason}`);
}

describe("drift between the records and the engine", () => {
  it("is none where all is as recorded", () => {
    assert.deepEqual(drift(recorded, asRecorded), {
      missing: [],
      wrong: [],
      unrecorded: [],
      helpers: [],
      outdated: [],
    });
  });

  it("tells what is gone, of each kind", () => {
    const { missing } = drift(recorded, []);
    assert.deepEqual(
      missing.map(({ urn }) => urn),
      ["urn::net", "urn::image", "urn::wired", "urn::joiner"],
    );
  });

  it("tells what is there and not recorded", () => {
    const { unrecorded } = drift([network, image], asRecorded);
    assert.deepEqual(
      unrecorded.map(({ id }) => id),
      ["c1", "c2"],
    );
  });

  it("does not mistake Swarm's bridge, which its engine did not let go of, for a stranger", () => {
    const bridge: EngineObject = { engine, kind: "network", id: "n2", name: "docker_gwbridge" };
    assert.deepEqual(drift(recorded, [...asRecorded, bridge]).unrecorded, [bridge]);
    assert.deepEqual(drift(recorded, [...asRecorded, { ...bridge, idle: true }]).unrecorded, []);
  });

  it("does not mistake what a check or a command runs at this moment for a stranger", () => {
    const helper = { ...container("c3"), helper: true };
    const { unrecorded, helpers } = drift(recorded, [...asRecorded, helper]);
    assert.deepEqual([unrecorded, helpers], [[], [helper]]);
  });

  const states: Record<string, string> = { created: "was never started", exited: "is exited", paused: "is paused" };
  for (const [status, reason] of Object.entries(states)) {
    it(`tells of a container that ${reason}`, () => {
      const stopped = container("c1", { State: { Status: status, StartedAt: "0001-01-01T00:00:00Z" } });
      assert.deepEqual(reasons([...rest, stopped], [wired]), [`c1 ${reason}`]);
    });
  }

  it("tells of a container that its provider only half made", () => {
    assert.deepEqual(reasons(asRecorded, [{ ...wired, initErrors: ["port is taken"] }]), ["c1 was only half made"]);
  });

  it("tells of a container that was cut off from its network", () => {
    const cut = container("c1", { NetworkSettings: { Networks: {} } });
    assert.deepEqual(reasons([...rest, cut], [wired]), ["c1 is cut off from one of its networks"]);
  });

  it("tells of a container that came back with another address", () => {
    const moved = container("c1", {
      NetworkSettings: { Networks: { blue: { NetworkID: "n1", IPAddress: "10.1.0.9" } } },
    });
    assert.deepEqual(reasons([...rest, moved], [wired]), ["c1 has another address on blue than 10.1.0.1"]);
  });

  it("tells of a container on a network that is not declared", () => {
    const both = { blue: { NetworkID: "n1", IPAddress: "10.1.0.1" }, red: { NetworkID: "n2", IPAddress: "10.2.0.1" } };
    const connected = container("c1", { NetworkSettings: { Networks: both } });
    assert.deepEqual(reasons([...rest, connected], [wired]), ["c1 is connected to red as well"]);
  });

  it("tells of a shared stack whose owner was restarted since", () => {
    assert.deepEqual(reasons([...rest, container("c1"), sharing("2026-01-01T00:00:00.0Z")]), [
      "c2 shares the network stack that c1 had before it was restarted",
    ]);
  });

  it("tells of a shared stack whose owner is gone", () => {
    assert.deepEqual(reasons([...rest, sharing("2026-01-01T00:00:00.2Z")], [joiner]), [
      "c2 shares the network stack of a container that is gone",
    ]);
  });

  describe("of a pool", () => {
    const claim = {
      urn: "urn:pulumi:test::labs::lab$container-network-labs:containers:ContainerPool$command:local:Command::apps-claim",
      type: "command:local:Command",
      id: "command1",
      inputs: { stdin: JSON.stringify({ stack: "test", lab: "a-lab", pool: "apps" }) },
    };
    const member = (pool: string): EngineObject => ({
      engine,
      kind: "container",
      id: "c9",
      name: "app-8090",
      pool,
    });

    it("is none, whatever containers it has, once the pool is recorded", () => {
      assert.deepEqual(drift([...recorded, claim], [...asRecorded, member("a-lab/apps")]), {
        missing: [],
        wrong: [],
        unrecorded: [],
        helpers: [],
        outdated: [],
      });
    });

    it("is a container of a pool that the state knows nothing of", () => {
      for (const [resources, pool] of [
        [recorded, "a-lab/apps"],
        [[...recorded, claim], "another/apps"],
        [[...recorded, claim], "a-lab/others"],
      ] as const) {
        const { unrecorded } = drift(resources, [...asRecorded, member(pool)]);
        assert.deepEqual(
          unrecorded.map(({ id }) => id),
          ["c9"],
        );
      }
    });
  });

  describe("of an image that a command built or pulled", () => {
    const made = (type: string, imageId: string): RecordedResource => ({
      urn: `urn:pulumi:test::labs::lab$container-network-labs:labs:${type}$command:local:Command::builder-app`,
      type: "command:local:Command",
      id: "command2",
      inputs: { stdin: JSON.stringify({ component: "image-builder", image: "app" }) },
      outputs: { stdout: JSON.stringify({ imageId }) },
    });
    const onEngine = (id: string, name = "image-builder/app"): EngineObject => ({
      engine,
      kind: "image",
      id,
      name: "app:1",
      image: name,
    });

    for (const type of ["ImageBuild", "ImagePull"]) {
      it(`is none where it is there, with older ones beside it (${type})`, () => {
        const objects = [onEngine("sha256:new"), onEngine("sha256:old")];
        assert.deepEqual(drift([made(type, "sha256:new")], objects), {
          missing: [],
          wrong: [],
          unrecorded: [],
          helpers: [],
          outdated: [],
        });
      });

      it(`has the command run anew where it is gone (${type})`, () => {
        const command = made(type, "sha256:new");
        assert.deepEqual(drift([command], [onEngine("sha256:old")]).outdated, [command]);
      });
    }

    it("is not that of another image", () => {
      const { unrecorded } = drift([made("ImageBuild", "sha256:new")], [onEngine("sha256:x", "image-builder/other")]);
      assert.deepEqual(
        unrecorded.map(({ id }) => id),
        ["sha256:x"],
      );
    });

    it("is not told of a command that has not ended yet", () => {
      const { outputs, ...begun } = made("ImageBuild", "sha256:new");
      assert.ok(outputs);
      assert.deepEqual(drift([begun], []).outdated, []);
    });
  });
});
