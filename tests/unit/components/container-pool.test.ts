import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { join } from "node:path";
import type { PoolData } from "../../../components/containers/container-pool";
import { LocalHost } from "../../../components/hosts/local-host";
import { Image } from "../../../components/images/image";
import type { Run } from "../../../components/containers/run";
import { declareTopology, type Declared } from "../../../components/labs/declare";
import { anyRule } from "../../../components/network/acl/rule";
import type { ContainerSpec, LabTopology } from "../../../components/network/topology";
import { registered, type Registered } from "./mocks";

const lab = "a-lab";
const folder = join(__dirname, "..", "..", "..", "components", "labs", "docker-networks", "images", "web");
const networks = [
  { name: "blue", subnet: "10.1.0.0/24", gateway: "10.1.0.254", setting: "blue" },
  { name: "red", subnet: "10.2.0.0/24", gateway: "10.2.0.254", setting: "red" },
];

function instance(port: number, change: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    name: `app-${port}`,
    role: "instance",
    image: "web",
    pool: "apps",
    endpoints: [{ network: "blue", address: `10.1.0.${port - 8000}`, aliases: [] }],
    hostsEntries: [],
    ports: [{ address: "127.0.0.1", hostPort: port, containerPort: 80, protocol: "tcp", setting: "ports" }],
    setting: "ports",
    ...change,
  };
}

const single: ContainerSpec = { ...instance(8001), name: "single", pool: undefined, ports: [] };

/** Declares a lab of these containers, which are told their names. */
function declared(containers: ContainerSpec[], preview = false, more: Partial<Run> = {}) {
  let made: Declared | undefined;
  const found = registered(() => {
    const host = new LocalHost("here", {
      hostName: "here",
      os: "linux",
      engine: "unix:///e.sock",
      baseImage: {},
      lastStops: new Map(),
    });
    const image = new Image("a-lab-web", { lab, host, repository: "web", folder });
    const topology: LabTopology = { networks, containers };
    const run = ({ name }: ContainerSpec): Run => ({ image, environment: { INSTANCE: name }, ...more });
    made = declareTopology({ name: lab, lab, host, topology, run }, new pulumi.ComponentResource("a:b:Lab", lab));
  }, preview);
  return found.then((all) => ({ found: all, made: made! }));
}

function commands(found: readonly Registered[]): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    found.filter(({ type }) => type === "command:local:Command").map(({ name, inputs }) => [name, inputs]),
  );
}

describe("a pool of containers", () => {
  it("is two commands however many it has, beside the lab's other containers", async () => {
    const { found, made } = await declared([8001, 8002, 8003].map((port) => instance(port)).concat(single));
    assert.deepEqual([...made.keys()], ["single"]);
    assert.equal(made.pools.length, 1);
    assert.equal(found.filter(({ type }) => type === "docker:index/container:Container").length, 1);
    assert.deepEqual(Object.keys(commands(found)), ["a-lab-apps-pool-claim-blue", "a-lab-apps-pool-containers"]);
  });

  it("says in plain values what each instance is, by its name", async () => {
    const { found } = await declared([
      instance(8001),
      instance(8002, { labels: { more: "1" }, hostsEntries: [{ name: "other", address: "10.1.0.1" }] }),
    ]);
    const stdin = commands(found)["a-lab-apps-pool-containers"].stdin as string;
    const { instances, ...identity } = JSON.parse(stdin) as PoolData;
    assert.deepEqual(identity, { stack: "unit", lab, pool: "apps" });
    assert.match(instances["app-8001"].image, /^web:[0-9a-f]{12}$/);
    const { image } = instances["app-8001"];
    assert.deepEqual(instances, {
      "app-8001": {
        role: "instance",
        image,
        environment: { INSTANCE: "app-8001" },
        endpoints: { blue: { address: "10.1.0.1" } },
        ports: [{ address: "127.0.0.1", hostPort: 8001, containerPort: 80, protocol: "tcp" }],
      },
      "app-8002": {
        role: "instance",
        image,
        environment: { INSTANCE: "app-8002" },
        labels: { more: "1" },
        endpoints: { blue: { address: "10.1.0.2" } },
        hosts: ["other:10.1.0.1"],
        ports: [{ address: "127.0.0.1", hostPort: 8002, containerPort: 80, protocol: "tcp" }],
      },
    });
  });

  it("shows the same in a preview, before the engine has ids for anything", async () => {
    const given = [instance(8001), instance(8002)];
    const [made, previewed] = [commands((await declared(given)).found), commands((await declared(given, true)).found)];
    assert.equal(previewed["a-lab-apps-pool-containers"].stdin, made["a-lab-apps-pool-containers"].stdin);
  });

  it("is given the engine's ids of its image and of the networks it uses", async () => {
    const { found } = await declared([instance(8001)]);
    const { create, delete: undo } = commands(found)["a-lab-apps-pool-containers"];
    assert.match(
      create as string,
      /^node tools\/run\.js pool apply --image web:[0-9a-f]{12}=sha256:a-lab-web --network blue=id-of-a-lab-blue$/,
    );
    assert.equal(undo, undefined);
  });

  it("is recorded before its first container is made, by what removes it; a network that is made anew takes it along", async () => {
    const { found } = await declared([instance(8001), instance(8002)]);
    const claim = commands(found)["a-lab-apps-pool-claim-blue"];
    assert.deepEqual(
      [claim.create, claim.delete, claim.triggers],
      ["exit 0", "node tools/run.js pool remove", ["id-of-a-lab-blue"]],
    );
    assert.deepEqual(JSON.parse(claim.stdin as string), { stack: "unit", lab, pool: "apps", network: "blue" });
    // Which instances there are is none of its concern: it would be replaced, and all containers with it.
    const { found: fewer } = await declared([instance(8002)]);
    assert.deepEqual(commands(fewer)["a-lab-apps-pool-claim-blue"], claim);
  });

  it("is none without instances", async () => {
    const { found, made } = await declared([]);
    assert.deepEqual([made.pools, commands(found)], [[], {}]);
  });

  it("refuses what it could not make", async () => {
    const endpoint = instance(8001).endpoints[0];
    await assert.rejects(
      declared([instance(8001, { endpoints: [{ ...endpoint, acl: [anyRule("In", "Block", 100)] }] })]),
      /network stack of its own making/,
    );
    await assert.rejects(declared([instance(8001, { endpoints: [] })]), /on no network/);
    await assert.rejects(declared([instance(8001, { endpoints: [{ ...endpoint, network: "green" }] })]), /on green/);
    await assert.rejects(declared([instance(8001)], false, { files: { "/a": "b" } }), /files/);
  });

  it("passes on whom its containers run as, as single ones do", async () => {
    const account = { user: "1000:1000", credentialSpec: "file://webapp01.json" };
    const { found } = await declared([instance(8001), single], false, account);
    const stdin = commands(found)["a-lab-apps-pool-containers"].stdin as string;
    const { user, credentialSpec } = (JSON.parse(stdin) as PoolData).instances["app-8001"];
    assert.deepEqual({ user, credentialSpec }, account);
    const container = found.find(({ type }) => type === "docker:index/container:Container")!.inputs;
    assert.deepEqual([container.user, container.securityOpts], ["1000:1000", ["credentialspec=file://webapp01.json"]]);
  });
});
