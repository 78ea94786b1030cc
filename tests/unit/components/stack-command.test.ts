import assert from "node:assert/strict";
import { join } from "node:path";
import { Container } from "../../../components/containers/container";
import { LocalHost } from "../../../components/hosts/local-host";
import { Image } from "../../../components/images/image";
import { anyRule } from "../../../components/network/acl/rule";
import { Network } from "../../../components/network/network";
import type { ContainerSpec, NetworkSpec } from "../../../components/network/topology";
import { idOf, registered, type Registered } from "./mocks";

const folder = join(__dirname, "..", "..", "..", "components", "labs", "docker-networks", "images", "web");
const network: NetworkSpec = { name: "blue", subnet: "10.1.0.0/24", gateway: "10.1.0.254", setting: "blue" };
const listen = { address: "169.254.169.254", port: 80 };
const container: ContainerSpec = {
  name: "one",
  role: "server",
  image: "web",
  endpoints: [{ network: "blue", address: "10.1.0.1", aliases: [], acl: [anyRule("In", "Block", 100)] }],
  stack: {
    addresses: [{ address: listen.address }],
    routes: [],
    portProxies: [{ listen, connect: { address: "10.1.0.2", port: 80 } }],
  },
  labels: { ClientContainer: "" },
  hostsEntries: [],
  ports: [],
  setting: "one",
};

interface Given {
  os?: "linux" | "windows";
  spec?: ContainerSpec;
  lastStops?: ReadonlyMap<string, string>;
  preview?: boolean;
}

async function declared({ os = "linux", spec = container, lastStops = new Map(), preview = false }: Given = {}) {
  const lab = "a-lab";
  return registered(() => {
    const host = new LocalHost("here", { hostName: "here", os, engine: "unix:///e.sock", baseImage: {}, lastStops });
    const networks = new Map([["blue", new Network("a-lab-blue", { lab, host, spec: network })]]);
    const image = new Image("a-lab-web", { lab, host, repository: "web", folder });
    new Container("one", { lab, host, spec, image, networks, files: { "/etc/one": "1" } });
  }, preview);
}

function commands(found: readonly Registered[]): Record<string, Record<string, string>> {
  const all = found.filter(({ type }) => type === "command:local:Command");
  return Object.fromEntries(all.map(({ name, inputs }) => [name, inputs as Record<string, string>]));
}

describe("what is applied to a container's network stack", () => {
  it("is one command for the stack and one for each endpoint with an ACL", async () => {
    assert.deepEqual(Object.keys(commands(await declared())).sort(), ["one-blue-acl", "one-stack"]);
    const open = { ...container, stack: undefined, endpoints: [{ ...container.endpoints[0], acl: [] }] };
    assert.deepEqual(commands(await declared({ spec: open })), {});
  });

  it("is done on Linux by a helper container that has NET_ADMIN and nothing else", async () => {
    for (const { create, delete: undo } of Object.values(commands(await declared()))) {
      for (const command of [create, undo]) {
        assert.match(command, new RegExp(`--network container:${idOf("one")} `));
        assert.match(command, /--cap-drop ALL --cap-add NET_ADMIN --security-opt no-new-privileges --read-only /);
        assert.doesNotMatch(command, /privileged [^-]|10\.1\.0|169\.254/);
      }
    }
  });

  it("travels as data on standard input, and is there before the container is", async () => {
    const made = commands(await declared());
    const previewed = commands(await declared({ preview: true }));
    const { addresses, routes, tables } = JSON.parse(made["one-stack"].stdin) as Record<string, unknown[]>;
    assert.deepEqual([addresses, routes, tables.length], [[{ address: listen.address }], [], 1]);
    const acl = JSON.parse(made["one-blue-acl"].stdin) as { endpoint: object; tables: { rules: string[] }[] };
    assert.deepEqual(acl.endpoint, { address: "10.1.0.1", network: "blue" });
    assert.deepEqual(acl.tables[0].rules, ["In:100"]);
    for (const name of Object.keys(made)) {
      assert.equal(previewed[name].stdin, made[name].stdin);
    }
  });

  it("is applied again once the container was stopped, and only then", async () => {
    const [never, again, stopped] = [
      commands(await declared()),
      commands(await declared({ lastStops: new Map([[idOf("another"), "2026-01-01T00:00:00Z"]]) })),
      commands(await declared({ lastStops: new Map([[idOf("one"), "2026-01-01T00:00:00Z"]]) })),
    ];
    for (const name of Object.keys(never)) {
      assert.equal(again[name].create, never[name].create);
      assert.notEqual(stopped[name].create, never[name].create);
      assert.equal(stopped[name].stdin, never[name].stdin);
    }
  });

  it("is on Windows in the Windows dialect, without a helper's image", async () => {
    const found = await declared({ os: "windows" });
    const made = commands(found);
    assert.deepEqual(Object.keys(made).sort(), ["one-blue-acl", "one-stack"]);
    for (const { create, delete: undo } of Object.values(made)) {
      assert.match(create, /powershell/);
      assert.match(undo, /powershell/);
    }
    assert.ok(found.every(({ name }) => name !== "here-toolbox"));
  });

  it("leaves room for labels and files of the lab's own", async () => {
    const labelled = (await declared()).find(({ type }) => type === "docker:index/container:Container")!.inputs;
    assert.ok((labelled.labels as { label: string }[]).some(({ label }) => label === "ClientContainer"));
    assert.deepEqual(labelled.uploads, [{ file: "/etc/one", content: "1" }]);
  });
});
