import assert from "node:assert/strict";
import type { Expectation } from "../../../components/checks/expectation";
import { labs } from "../../../components/labs";
import { appPool } from "../../../components/labs/app-pool";
import { settings as poolSettings } from "../../../components/labs/app-pool/settings";
import { dockerNetworks } from "../../../components/labs/docker-networks";
import { settings as networksSettings } from "../../../components/labs/docker-networks/settings";
import type { Place } from "../../../components/labs/lab";
import type { HostTopology } from "../../../components/network/topology";
import { faultsOf } from "../settings/support";

const members = ["one", "two", "three"];

function on(hosts: readonly string[] = members, publish: "host" | "ingress" = "host"): Place {
  const single = hosts.map((name) => ({ name, kind: "remote", os: "linux" }) as const);
  return {
    ...{ environment: "unit", host: "cluster" },
    hosts: [...single, { name: "cluster", kind: "cluster", os: "linux", members: hosts, publish }],
  };
}

const server = (name: string, port: number) => ({
  ...{ name, address: "192.0.2.1", port, user: "root", privateKeyPath: "/dev/null" },
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
});

/** What is wrong with these labs on a cluster of three servers, as keys and what is allowed there. */
function refused(given: Record<string, object>): string[] {
  const servers = members.map((name, i) => server(name, 1000 + i));
  const hosts = { kind: "remote", cluster: "swarm", servers };
  return faultsOf({ hosts, labs: given }, labs).map(({ key, allowed }) => `${key}: ${allowed}`);
}

describe("the app-pool lab on a cluster", () => {
  const pool = (given: object = {}) => poolSettings.parse({ listen: "0.0.0.0", ...given });
  const expected = (given: object = {}, place = on()) => appPool.expectations(pool(given), "linux", place);

  it("has one network for all instances, whose addresses and hosts are not its own to choose", () => {
    const { networks, containers } = appPool.topology(pool({ count: 600, firstPort: 8000 }), "linux", members);
    assert.deepEqual(
      networks.map(({ name, subnet, bridge, ipRange }) => [name, subnet, bridge, ipRange]),
      [["pool", "10.90.0.0/22", undefined, undefined]],
    );
    assert.equal(containers.length, 600);
    assert.ok(containers.every(({ endpoints, joins, member }) => !endpoints.length && joins![0] === "pool" && !member));
  });

  it("has its front door on the first host, and lets ports that share a place be side by side", () => {
    const given = { ports: [8090, 9090], frontDoor: { enabled: true } };
    const { containers } = appPool.topology(pool(given), "linux", members);
    assert.deepEqual(
      containers.map(({ name, member }) => `${name} on ${member}`),
      ["app-8090 on undefined", "app-9090 on undefined", "front-door on one"],
    );
  });

  it("expects each port on just one host, or on every host, and the empty ones on none", () => {
    const shown = (all: readonly Expectation[]) =>
      all.flatMap((each) => (each.kind === "published" ? [`${each.url} ${each.by} ${each.contains}`] : []));
    const given = { ports: "8090-8091", without: 8091 };
    assert.deepEqual(shown(expected(given)), [
      "http://127.0.0.1:8090/ one <h1>app-8090</h1>",
      "http://127.0.0.1:8091/ none ",
      "http://127.0.0.1:8092/ none ",
    ]);
    assert.match(shown(expected(given, on(members, "ingress")))[0], / all /);
    assert.ok(expected(given).every(({ kind }) => kind === "published" || kind === "network"));
  });

  it("has nothing to be refused", () => {
    assert.deepEqual(refused({ "app-pool": { listen: "0.0.0.0", network: { subnet: "10.90.0.0/24" } } }), []);
  });

  it("is refused where a swarm cannot bring it about", () => {
    assert.match(refused({ "app-pool": {} })[0], /^labs\.app-pool\.listen: ports that listen on 0\.0\.0\.0/);
    const bridge = { listen: "0.0.0.0", network: { bridge: "mine" } };
    assert.deepEqual(refused({ "app-pool": bridge }), ["labs.app-pool.network.bridge: nothing on a cluster"]);
  });

  for (const [count, hosts, publish, fitting] of [
    [750, members, "host", 22],
    [760, members, "host", 21],
    [900, members, "host", 21],
    [900, ["one"], "host", 22],
    [760, members, "ingress", 21],
    [1000, members, "ingress", 20],
  ] as const) {
    it(`needs a /${fitting} for ${count} instances on ${hosts.length} hosts (${publish}), as a lost host keeps its addresses`, () => {
      const faults = (subnet: string) =>
        appPool.faults(pool({ count, firstPort: 8000, network: { subnet } }), "linux", on(hosts, publish));
      assert.deepEqual(faults(`10.64.0.0/${fitting}`), []);
      const [fault] = faults(`10.64.0.0/${fitting + 1}`);
      assert.equal(fault.key, "network.subnet");
      assert.ok(fault.allowed.includes(`/${fitting} or larger`), fault.allowed);
      assert.ok(fault.cure.includes(`10.64.0.0/${fitting}`), fault.cure);
    });
  }
});

describe("the docker-networks lab on a cluster", () => {
  const given = networksSettings.parse({ chat: { clients: { count: 3, names: ["Alice", "Bob", "Eve"] } } });
  const placed = (hosts = members) => dockerNetworks.topology(given, "linux", hosts);
  const where = (hosts?: string[]) =>
    Object.fromEntries(placed(hosts).containers.map((each) => [each.name, each.member]));

  it("has each server on a host, and who asks it on the others; who shares a stack with its owner", () => {
    assert.deepEqual(where(), {
      "chat-server": "one",
      "chat-alice": "two",
      "chat-bob": "three",
      "chat-eve": "two",
      "my-server": "two",
      container1: "three",
      container2: "two",
      container3: "one",
    });
    assert.deepEqual([...new Set(Object.values(where(["alone"])))], ["alone"]);
  });

  it("leaves the hosts a range at the end of each subnet, away from the containers", () => {
    assert.deepEqual(
      placed().networks.map(({ ipRange, bridge }) => [ipRange, bridge]),
      [
        ["192.168.1.240/28", undefined],
        ["192.168.2.240/28", undefined],
      ],
    );
    const many = Array.from({ length: 20 }, (_, i) => `host-${i}`);
    assert.equal(placed(many).networks[0].ipRange, "192.168.1.192/26");
  });

  it("proves each container on its own host, and the networks on any that knows them", () => {
    const all = dockerNetworks.expectations(given, "linux", on());
    for (const each of all) {
      const from = "from" in each ? (each.from === "operator" ? "my-server" : each.from) : undefined;
      const container = each.kind === "endpoint" ? each.container : from;
      assert.equal(each.on, container && where()[container], each.name);
    }
    const networks = all.flatMap((each) => (each.kind === "network" ? [each.driver] : []));
    assert.deepEqual(networks, ["overlay", "overlay"]);
  });

  it("is refused with a bridge, with a range too small, and with an address in it", () => {
    const chat = (network: object, clients: object = {}) => ({ "docker-networks": { chat: { network, clients } } });
    assert.deepEqual(refused(chat({})), []);
    const key = "labs.docker-networks.chat.";
    assert.deepEqual(refused(chat({ bridge: "mine" })), [`${key}network.bridge: nothing on a cluster`]);
    assert.match(refused(chat({ ipRange: "192.168.1.252/30" }))[0], /network\.ipRange: a range of \/28 or larger/);
    const [within] = refused(chat({}, { count: 1, firstAddress: "192.168.1.241" }));
    assert.match(within, /clients\.firstAddress: an address outside 192\.168\.1\.240\/28/);
  });

  it("is on a host what it was", () => {
    const { containers, networks } = dockerNetworks.topology(given, "linux") as HostTopology["labs"][number];
    assert.ok(containers.every((each) => !("member" in each)));
    assert.equal(networks[0].bridge, "chat0");
  });
});
