import assert from "node:assert/strict";
import * as fc from "fast-check";
import { clientsOf, topology } from "../../../components/labs/docker-networks/topology";
import { settings } from "../../../components/labs/docker-networks/settings";
import { contains, isUsable, networkOf, overlap } from "../../../components/network/address";
import { parse } from "../../../components/settings/parse";
import { faultsOf, onLinux, onWindows, registry } from "./support";

/** What a Windows host needs said of the lab. */
const windowsDialect = {
  web: {
    server: { address: "192.168.1.101", listen: "0.0.0.0" },
    byAlias: { address: "192.168.1.102" },
    byHostsEntry: { address: "192.168.1.103" },
  },
};

describe("the settings of docker-networks", () => {
  it("are the document's where nothing is set", () => {
    const given = parse(onLinux({}), "local", registry);
    assert.deepEqual(given.hosts, { kind: "local", name: "local", os: "linux" });
    assert.deepEqual(given.verify, { onUpdate: false, limitSeconds: 30 });
    assert.deepEqual(given.labs, [
      {
        lab: "docker-networks",
        settings: {
          image: { name: "mypython2", description: "mypython2" },
          chat: {
            network: { name: "chat", subnet: "192.168.1.0/24", gateway: "192.168.1.254" },
            server: { name: "chat-server", address: "192.168.1.1", port: 5000 },
            clients: { count: 2, names: ["Alice", "Bob"], firstAddress: "192.168.1.2" },
          },
          web: {
            server: { name: "my-server", address: "192.168.2.1", alias: "server", listen: "127.0.0.1", port: 8080 },
            byAlias: { name: "container1", address: "192.168.2.2" },
            sharedStack: { name: "container2" },
            byHostsEntry: { name: "container3", address: "192.168.2.3", entry: "linked-server" },
          },
        },
      },
    ]);
  });

  it("put the document's networks and containers on a Linux host", () => {
    const { networks, containers } = topology(settings.parse({}), "linux");
    assert.deepEqual(networks, [
      {
        name: "chat",
        subnet: "192.168.1.0/24",
        gateway: "192.168.1.254",
        ipRange: "192.168.1.0/28",
        bridge: "chat0",
        setting: "chat.network",
      },
      {
        name: "web",
        subnet: "192.168.2.0/24",
        gateway: "192.168.2.254",
        ipRange: "192.168.2.0/28",
        bridge: "web0",
        setting: "web.network",
      },
    ]);
    assert.deepEqual(
      containers.map(({ name, role, image, endpoints }) => [name, role, image, ...endpoints.map((at) => at.address)]),
      [
        ["chat-server", "chat-server", "chat", "192.168.1.1"],
        ["chat-alice", "chat-client", "chat", "192.168.1.2"],
        ["chat-bob", "chat-client", "chat", "192.168.1.3"],
        ["my-server", "web-server", "web", "192.168.2.1"],
        ["container1", "web-by-alias", "chat", "192.168.2.2"],
        ["container2", "web-shared-stack", "chat"],
        ["container3", "web-by-hosts-entry", "chat", "192.168.2.3"],
      ],
    );
    const [server, , sharing, byHostsEntry] = containers.slice(3);
    assert.deepEqual(server.endpoints[0].aliases, ["server"]);
    assert.deepEqual(server.ports, [
      { address: "127.0.0.1", hostPort: 8080, containerPort: 80, protocol: "tcp", setting: "web.server.port" },
    ]);
    assert.equal(sharing.sharesStackOf, "my-server");
    assert.deepEqual(byHostsEntry.hostsEntries, [{ name: "linked-server", address: "192.168.2.1" }]);
  });

  it("put all on one network of a Windows host, without range and bridge", () => {
    const { topology: placed } = parse(onWindows(windowsDialect), "local", registry);
    const [{ networks, containers }] = placed.hosts[0].labs;
    assert.deepEqual(networks, [
      {
        name: "chat",
        subnet: "192.168.1.0/24",
        gateway: "192.168.1.254",
        setting: "chat.network",
      },
    ]);
    assert.ok(containers.every(({ endpoints }) => endpoints.every(({ network }) => network === "chat")));
  });

  it("follow the subnets, so that one key moves a network with all that is on it", () => {
    const moved = { chat: { network: { subnet: "10.8.0.0/16" } }, web: { network: { subnet: "10.9.0.16/28" } } };
    const [{ networks, containers }] = parse(onLinux(moved), "local", registry).topology.hosts[0].labs;
    assert.deepEqual(
      networks.map(({ gateway, ipRange }) => [gateway, ipRange]),
      [
        ["10.8.255.254", "10.8.0.0/28"],
        ["10.9.0.30", "10.9.0.16/28"],
      ],
    );
    assert.deepEqual(
      containers.flatMap(({ endpoints }) => endpoints.map(({ address }) => address)),
      ["10.8.0.1", "10.8.0.2", "10.8.0.3", "10.9.0.17", "10.9.0.18", "10.9.0.19"],
    );
  });

  it("give every client past the names a name of its own, and leave those before it as they are", () => {
    const clients = { names: ["Alice", "Bob"], firstAddress: "10.0.0.254" };
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (few, more) => {
        const all = clientsOf({ ...clients, count: few + more });
        assert.deepEqual(all.slice(0, few), clientsOf({ ...clients, count: few }));
        assert.equal(new Set(all.map(({ address }) => address)).size, few + more);
        assert.equal(new Set(all.map(({ container }) => container)).size, few + more);
      }),
    );
    assert.deepEqual(clientsOf({ ...clients, count: 3 }), [
      { name: "Alice", container: "chat-alice", address: "10.0.0.254" },
      { name: "Bob", container: "chat-bob", address: "10.0.0.255" },
      { name: "Client3", container: "chat-client3", address: "10.0.1.0" },
    ]);
  });

  it("are either refused, or every container is in its subnet and alone at its address", function () {
    this.timeout(20_000);
    const subnet = (...addresses: string[]) =>
      fc
        .tuple(fc.constantFrom(...addresses), fc.integer({ min: 22, max: 30 }))
        .map(([address, prefix]) => networkOf(`${address}/${prefix}`));
    const address = fc.option(fc.constantFrom("192.168.1.9", "10.0.0.2", "10.0.1.255"), { nil: undefined, freq: 2 });
    const counts = fc.oneof(fc.nat(5), fc.nat(300));
    const [chats, webs] = [subnet("192.168.1.0", "10.0.0.0"), subnet("192.168.8.0", "10.0.0.0")];
    let accepted = 0;
    fc.assert(
      fc.property(chats, webs, address, address, counts, (chat, web, server, firstAddress, count) => {
        const raw = onLinux({
          chat: { network: { subnet: chat }, server: { address: server }, clients: { firstAddress, count } },
          web: { network: { subnet: web } },
        });
        if (faultsOf(raw).length > 0) {
          return;
        }
        accepted++;
        const [{ networks, containers }] = parse(raw, "local", registry).topology.hosts[0].labs;
        assert.ok(!overlap(networks[0].subnet, networks[1].subnet));
        assert.equal(containers.filter(({ role }) => role === "chat-client").length, count);
        for (const { name, subnet: cidr, gateway, ipRange } of networks) {
          const on = containers.flatMap(({ endpoints }) => endpoints.filter(({ network }) => network === name));
          const held = [gateway, ...on.map((endpoint) => endpoint.address)];
          assert.ok(held.every((each) => isUsable(cidr, each)) && contains(cidr, ipRange!));
          assert.equal(new Set(held).size, held.length);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(accepted > 9, `only ${accepted} of 300 were accepted, too few to tell anything`);
  });

  for (const [what, lab] of [
    ["no client at all, wherever the first would be", { chat: { clients: { count: 0, firstAddress: "10.0.0.1" } } }],
    ["as many clients as there are addresses before the gateway", { chat: { clients: { count: 252 } } }],
    [
      "as many endpoints as a bridge carries",
      { chat: { network: { subnet: "10.0.0.0/16" }, clients: { count: 999 } } },
    ],
    ["one letter for a client", { chat: { clients: { names: ["A"] } } }],
    ["more names than clients, two of them alike", { chat: { clients: { count: 1, names: ["Alice", "alice"] } } }],
    ["every address of the host, where the setting says so", { web: { server: { listen: "0.0.0.0" } } }],
    ["a port below 1024", { web: { server: { port: 80 } } }],
    ["a port that Linux may lend", { web: { server: { port: 40_000 } } }],
    ["a range of a single address", { chat: { network: { ipRange: "192.168.1.9/32" } } }],
    ["a range that is the whole subnet", { chat: { network: { ipRange: "192.168.1.0/24" } } }],
    ["a server beyond the range", { chat: { server: { address: "192.168.1.200" } } }],
    ["a bridge's name of 15 characters", { chat: { network: { bridge: "chat-bridge-012" } } }],
    ["the smallest subnets", { chat: { network: { subnet: "10.0.0.0/30" }, clients: { count: 0 } } }],
  ] as const) {
    it(`accept ${what}`, () => assert.deepEqual(faultsOf(onLinux(lab)), []));
  }

  it("accept on Windows the last port that it does not lend", () => {
    const { web } = windowsDialect;
    assert.deepEqual(faultsOf(onWindows({ web: { ...web, server: { ...web.server, port: 49_151 } } })), []);
  });
});
