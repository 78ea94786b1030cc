import assert from "node:assert/strict";
import type { PoolData, PoolPart } from "../../../components/containers/container-pool";
import { Swarm } from "../../../components/cluster/swarm";
import { RemoteHost } from "../../../components/hosts/remote-host";
import { labs } from "../../../components/labs";
import type { RemoteServer } from "../../../components/settings";
import { registered, type Registered } from "../components/mocks";

const members = ["one", "two", "three"];
const login = {
  privateKeyPath: "keys/user",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs",
};

async function declared(lab: string, given: object): Promise<Registered[]> {
  return registered(() => {
    const hosts = members.map((name) => {
      const server: RemoteServer = {
        ...login,
        name,
        address: "192.0.2.1",
        port: 22,
        user: "me",
        os: "linux",
        docker: "ssh",
      };
      const args = { server, environment: "unit", baseImage: { BASE: "debian" }, lastStops: new Map<string, string>() };
      return { host: new RemoteHost(name, args) };
    });
    const addresses = { bridge: "10.213.0.0/20", overlays: "10.213.128.0/17" };
    const args = { publish: "host", encrypted: false, addresses, overlays: [], sources: ["192.0.2.0/24"] } as const;
    const swarm = new Swarm("cluster", { ...args, members: hosts });
    labs[lab].declare(`${lab}-cluster`, labs[lab].settings.parse(given), swarm, new Map());
  });
}

const ofType = (found: readonly Registered[], type: string) => found.filter((each) => each.type === type);
const named = (found: readonly Registered[], pattern: RegExp) => found.filter(({ name }) => pattern.test(name));
const isAnchor = ({ inputs }: Registered) => (inputs.name as string).endsWith("-anchor");
/** The engine that a resource is made through. */
const engineOf = ({ provider = "" }: Registered) => /::([a-z]+)-docker::/.exec(provider)?.[1];

describe("labs that are declared on a swarm", () => {
  it("build their images on each host, each step on the host's own, under one name", async () => {
    const found = await declared("app-pool", { listen: "0.0.0.0" });
    const images = named(ofType(found, "docker:index/remoteImage:RemoteImage"), /^app-pool/);
    assert.deepEqual(images.map(engineOf).sort(), ["one", "one", "three", "three", "two", "two"]);
    const names = new Set(named(images, /app-image/).map(({ inputs }) => inputs.name as string));
    assert.equal(names.size, 1);
    assert.match([...names][0], /^127\.0\.0\.1:1\/app-pool:/);
  });

  it("have a pool as services that one of the managers is told of, in terms of tags", async () => {
    const found = await declared("app-pool", { listen: "0.0.0.0", count: 2 });
    const [pool] = named(ofType(found, "command:local:Command"), /-pool-containers$/);
    const { swarm, instances } = JSON.parse(pool.inputs.stdin as string) as PoolData;
    assert.deepEqual(swarm, { publish: "host" });
    assert.deepEqual(instances["app-8090"].endpoints, { pool: {} });
    assert.match(instances["app-8090"].image, /^127\.0\.0\.1:1\/app-pool:/);
    const claims = named(ofType(found, "command:local:Command"), /-pool-claim-pool$/);
    assert.deepEqual(
      claims.map(({ inputs }) => (JSON.parse(inputs.stdin as string) as PoolPart).swarm),
      [{ publish: "host" }],
    );
  });

  it("keep ports to their sources on each host", async () => {
    const openings = { enabled: true, sources: ["198.51.100.0/24"] };
    const found = await declared("app-pool", { listen: "0.0.0.0", openings });
    const rules = named(ofType(found, "command:local:Command"), /^app-pool.*-openings$/);
    assert.deepEqual(
      rules.map(({ name }) => name),
      members.map((member) => `app-pool-cluster-${member}-openings`),
    );
    assert.deepEqual(await declared("app-pool", { listen: "0.0.0.0" }).then((all) => named(all, /openings/)), []);
  });

  it("have a network through a manager, and each container through the host that it is on", async () => {
    const found = await declared("docker-networks", {});
    const networks = ofType(found, "docker:index/network:Network");
    assert.deepEqual(networks.map(engineOf), ["cluster", "cluster"]);
    assert.ok(networks.every(({ inputs }) => inputs.driver === "overlay" && inputs.attachable === true));
    const all = ofType(found, "docker:index/container:Container");
    assert.deepEqual(all.filter(isAnchor).map(engineOf), [...members, ...members]);
    const containers = all.filter((each) => !isAnchor(each));
    assert.deepEqual(Object.fromEntries(containers.map((each) => [each.inputs.name, engineOf(each)])), {
      "chat-server": "one",
      "chat-alice": "two",
      "chat-bob": "three",
      "my-server": "two",
      container1: "three",
      container3: "one",
      container2: "two",
    });
    const image = (name: string) => containers.find(({ inputs }) => inputs.name === name)!.inputs.image;
    assert.match(image("chat-bob") as string, /three/);
  });

  it("have a front door that joins the pool's network wherever the cluster lets it, and knows instances by name", async () => {
    const found = await declared("app-pool", { listen: "0.0.0.0", count: 2, frontDoor: { enabled: true } });
    const [{ inputs, ...door }] = ofType(found, "docker:index/container:Container").filter((each) => !isAnchor(each));
    assert.equal(engineOf({ inputs, ...door }), "one");
    assert.deepEqual(inputs.networksAdvanced, [{ name: "id-of-app-pool-cluster-pool" }]);
    const [{ content }] = inputs.uploads as { content: string }[];
    assert.match(content, /to app-8090:80\n\s*to app-8091:80\n/);
  });
});
