import assert from "node:assert/strict";
import { join } from "node:path";
import { LocalHost } from "../../../components/hosts/local-host";
import { contentHash } from "../../../components/images/content-hash";
import { Image } from "../../../components/images/image";
import { Container } from "../../../components/containers/container";
import { Network } from "../../../components/network/network";
import type { ContainerSpec, NetworkSpec } from "../../../components/network/topology";
import { idOf, registered } from "./mocks";

const labels = (role: string) => [
  { label: "container-network-labs.stack", value: "unit" },
  { label: "container-network-labs.lab", value: "a-lab" },
  { label: "container-network-labs.role", value: role },
];
const folder = join(__dirname, "..", "..", "..", "components", "labs", "docker-networks", "images", "web");

function localHost(os: "linux" | "windows" = "linux") {
  const baseImage: Record<string, string> = os === "linux" ? { BASE: "a-base" } : {};
  return new LocalHost("here", {
    hostName: "here",
    os,
    engine: "unix:///an/engine.sock",
    baseImage,
    lastStops: new Map(),
  });
}

const network: NetworkSpec = {
  name: "blue",
  subnet: "10.1.0.0/24",
  gateway: "10.1.0.254",
  ipRange: "10.1.0.0/28",
  bridge: "blue0",
  setting: "blue",
};

const container: ContainerSpec = {
  name: "one",
  role: "server",
  image: "web",
  endpoints: [{ network: "blue", address: "10.1.0.1", aliases: ["first"] }],
  hostsEntries: [{ name: "other", address: "10.1.0.2" }],
  ports: [{ address: "127.0.0.1", hostPort: 8080, containerPort: 80, protocol: "tcp", setting: "port" }],
  setting: "one",
};

for (const preview of [true, false]) {
  describe(`components, ${preview ? "previewed" : "made"}`, () => {
    it("a local host has a provider of its own for its engine", async () => {
      const found = await registered(() => localHost(), preview);
      assert.deepEqual(
        found.map(({ type, name, inputs }) => ({ type, name, inputs })),
        [
          { type: "container-network-labs:hosts:LocalHost", name: "here", inputs: {} },
          { type: "pulumi:providers:docker", name: "here-docker", inputs: { host: "unix:///an/engine.sock" } },
        ],
      );
    });

    it("a network in Linux dialect is a bridge with its addressing said in full", async () => {
      const found = await registered(
        () => new Network("a-lab-blue", { lab: "a-lab", host: localHost(), spec: network }),
        preview,
      );
      assert.deepEqual(only(found, "docker:index/network:Network"), {
        name: "blue",
        driver: "bridge",
        ipamConfigs: [{ subnet: "10.1.0.0/24", gateway: "10.1.0.254", ipRange: "10.1.0.0/28" }],
        options: { "com.docker.network.bridge.name": "blue0" },
        labels: labels("network"),
      });
    });

    it("a network in Windows dialect is nat, without range and bridge", async () => {
      const spec = { ...network, ipRange: undefined, bridge: undefined };
      const found = await registered(
        () => new Network("a-lab-blue", { lab: "a-lab", host: localHost("windows"), spec }),
        preview,
      );
      assert.deepEqual(only(found, "docker:index/network:Network"), {
        name: "blue",
        driver: "nat",
        ipamConfigs: [{ subnet: "10.1.0.0/24", gateway: "10.1.0.254" }],
        labels: labels("network"),
      });
    });

    it("a container has its endpoints, hosts entries and ports", async () => {
      const found = await registered(() => declareContainer("linux", [container]), preview);
      assert.deepEqual(only(found, "docker:index/container:Container"), {
        name: "one",
        image: "sha256:a-lab-web",
        command: ["serve"],
        envs: ["A=b"],
        hostname: "one",
        networkMode: "bridge",
        networksAdvanced: [{ name: "id-of-a-lab-blue", ipv4Address: "10.1.0.1", aliases: ["first"] }],
        hosts: [{ host: "other", ip: "10.1.0.2" }],
        ports: [{ internal: 80, external: 8080, ip: "127.0.0.1", protocol: "tcp" }],
        labels: labels("server"),
        restart: "unless-stopped",
        mustRun: true,
        destroyGraceSeconds: 3,
      });
    });

    it("a container on Windows starts from the nat network", async () => {
      const found = await registered(() => declareContainer("windows", [container]), preview);
      assert.equal(only(found, "docker:index/container:Container").networkMode, "nat");
    });

    it("a container that shares a stack has no endpoint, name or port of its own", async () => {
      const joiner: ContainerSpec = { ...container, name: "two", endpoints: [], ports: [], sharesStackOf: "one" };
      const found = await registered(() => declareContainer("linux", [container, joiner]), preview);
      const { inputs } = found.find(({ type, name }) => type === "docker:index/container:Container" && name === "two")!;
      assert.equal(inputs.networkMode, `container:${idOf("one")}`);
      for (const absent of ["hostname", "networksAdvanced", "hosts", "ports"]) {
        assert.ok(!(absent in inputs), absent);
      }
    });
  });
}

describe("components given too little", () => {
  it("refuse an endpoint on a network that was not given", async () => {
    const elsewhere = { ...container, endpoints: [{ network: "red", address: "10.2.0.1", aliases: [] }] };
    await assert.rejects(
      registered(() => declareContainer("linux", [elsewhere])),
      /one has an endpoint on red, which was not given/,
    );
  });

  it("refuse to share the stack of a container that was not given", async () => {
    await assert.rejects(
      registered(() => declareContainer("linux", [{ ...container, sharesStackOf: "nobody" }])),
      /shares the stack of nobody, which was not given/,
    );
  });
});

describe("an image", () => {
  const image = async (buildArgs: Record<string, string>) => {
    const args = { lab: "a-lab", repository: "web", folder, buildArgs };
    const found = await registered(() => new Image("a-lab-web", { ...args, host: localHost() }));
    return only(found, "docker:index/remoteImage:RemoteImage");
  };

  it("is built from its folder, with the labels of its stack", async () => {
    const { name, build, forceRemove } = await image({ BASE: "a-base" });
    assert.match(name as string, /^web:[0-9a-f]{12}$/);
    assert.equal(forceRemove, true);
    assert.deepEqual(build, {
      context: "components/labs/docker-networks/images/web",
      dockerfile: "Dockerfile",
      remove: true,
      buildLogFile: "out/unit/builds/a-lab-web.log",
      buildArgs: { BASE: "a-base" },
      label: Object.fromEntries(labels("image").map(({ label, value }) => [label, value])),
    });
  });

  it("has another tag when an argument changes, and the same when nothing does", async () => {
    const [one, same, other] = [await image({ BASE: "a" }), await image({ BASE: "a" }), await image({ BASE: "b" })];
    assert.equal(one.name, same.name);
    assert.notEqual(one.name, other.name);
  });

  it("is hashed by its content", () => {
    assert.match(contentHash(folder), /^[0-9a-f]{64}$/);
    assert.equal(contentHash(folder), contentHash(folder));
    assert.notEqual(contentHash(folder), contentHash(join(folder, "..", "chat")));
  });
});

function declareContainer(os: "linux" | "windows", specs: readonly ContainerSpec[]): void {
  const lab = "a-lab";
  const host = localHost(os);
  const spec = os === "linux" ? network : { ...network, ipRange: undefined, bridge: undefined };
  const networks = new Map([["blue", new Network("a-lab-blue", { lab, host, spec })]]);
  const image = new Image("a-lab-web", { lab, host, repository: "web", folder });
  let stackOwner: Container | undefined;
  for (const each of specs) {
    const run = { command: ["serve"], environment: { A: "b" } };
    stackOwner = new Container(each.name, { lab, host, spec: each, image, networks, stackOwner, ...run });
  }
}

function only(found: Awaited<ReturnType<typeof registered>>, wanted: string): Record<string, unknown> {
  const matching = found.filter(({ type }) => type === wanted);
  assert.equal(matching.length, 1);
  return matching[0].inputs;
}
