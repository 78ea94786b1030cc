import assert from "node:assert/strict";
import type { EngineAccess } from "../../../components/checks/expectation";
import type { ContainerSpec } from "../../../components/network/topology";
import { containersOf } from "../../../tools/daily/find";
import { running } from "../../../tools/daily/running";
import { FakeDocker } from "../checks/support";

const members = ["one", "two"];
const hosts: EngineAccess[] = members.map((name) => ({
  name,
  kind: "remote",
  os: "linux",
  engine: `ssh://${name}.test`,
}));
hosts.push({ ...hosts[0], name: "cluster", kind: "cluster", members });

const spec = { role: "any", image: "any", endpoints: [], hostsEntries: [], ports: [], setting: "any" };
const containers: ContainerSpec[] = [
  { ...spec, name: "alice", member: "two" },
  { ...spec, name: "app-8090", pool: "app", joins: ["pool"] },
];
const lab = { lab: "a-lab", networks: [], containers };
const cluster = { name: "cluster", kind: "cluster", os: "linux", members, labs: [lab] } as const;
const [alice, instance] = containersOf({ topology: { environment: "test", hosts: [cluster] }, hosts });

describe("a container of a cluster", () => {
  let docker: FakeDocker;
  beforeEach(() => (docker = new FakeDocker()));
  afterEach(() => docker.remove());

  it("is found on the host that settings have it on, under its own name", async () => {
    const { host, name } = await running(alice, hosts);
    assert.deepEqual([host.name, name], ["two", "alice"]);
    assert.deepEqual(docker.calls(), []);
  });

  it("is found where the cluster has put it, if it is of a pool, past hosts that do not answer", async () => {
    const lost = { stderr: "connection refused", status: 1 };
    docker.play({ "container ls@ssh://one.test": lost, "container ls": { stdout: "abc123\n" } });
    const { host, name } = await running(instance, hosts);
    assert.deepEqual([host.name, name], ["two", "abc123"]);
    assert.ok(docker.calls().every(({ call }) => call.endsWith("label=com.docker.swarm.service.name=app-8090")));
  });

  it("is told of where it is nowhere", async () => {
    docker.play({ "container ls": { stdout: "" } });
    await assert.rejects(running(instance, hosts), /No container of app-8090 runs .*: one, two were asked/);
  });
});
