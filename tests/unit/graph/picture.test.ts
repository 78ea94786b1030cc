import { deepEqual, equal, ok } from "node:assert/strict";
import type { PlacedExpectation } from "../../../components/checks/expectation";
import type { ContainerSpec, HostTopology, Topology } from "../../../components/network/topology";
import { type EdgeKind, type Picture, pictureOf } from "../../../tools/graph/picture";
import { toSvg } from "../../../tools/graph/svg";
import { containerSpec, networkSpec, range, reportOn } from "./support";

const lab = "lab";

function hostOf(name: string, containers: readonly ContainerSpec[], networks = ["one", "two"]): HostTopology {
  const specs = networks.map((network, i) => networkSpec(network, `10.0.${i + 1}`));
  return { name, kind: "local", os: "linux", labs: [{ lab, networks: specs, containers }] };
}

const server: ContainerSpec = {
  ...containerSpec("server", "one", "10.0.1.1"),
  name: "server",
  endpoints: [
    { network: "one", address: "10.0.1.1", aliases: ["web"] },
    { network: "two", address: "10.0.2.1", aliases: [] },
  ],
  ports: [{ address: "0.0.0.0", hostPort: 8080, containerPort: 80, protocol: "tcp", setting: "port" }],
};
const client: ContainerSpec = {
  ...containerSpec("client", "one", "10.0.1.2"),
  name: "client",
  hostsEntries: [{ name: "by-hosts", address: "10.0.1.1" }],
};
const other: ContainerSpec = { ...containerSpec("other", "two", "10.0.2.2"), name: "other" };
const guest: ContainerSpec = { ...other, name: "guest", role: "guest", endpoints: [], sharesStackOf: "client" };

function environment(...hosts: HostTopology[]): Topology {
  return { environment: "test", hosts };
}

function reach(from: string, host: string, port = 80, at = "here"): PlacedExpectation {
  return { kind: "reach", name: `${from} reaches ${host}`, lab, at, from, to: { host, port } };
}

/** The edges by the names of their ends. */
function edges({ hosts, outside, edges: all }: Picture, kind: EdgeKind): string[] {
  const names = new Map(outside.map(({ id, name }) => [id, name]));
  for (const { networks, stacks, ports } of hosts) {
    [...networks, ...ports].forEach(({ id, name }) => names.set(id, name));
    [...stacks, ...networks.flatMap((network) => network.stacks)].forEach(({ containers }) =>
      containers.forEach(({ id, name }) => names.set(id, name)),
    );
  }
  return all
    .filter((edge) => edge.kind === kind)
    .map(({ from, to, relations }) =>
      [names.get(from), names.get(to), ...relations.map(({ text, count }) => `${text}×${count}`)].join(" | "),
    );
}

describe("what is drawn", () => {
  const port = "0.0.0.0:8080 → tcp 80";
  const targets: [from: string, to: string, port: number, edge: string][] = [
    ["client", "10.0.1.1", 80, "client | server | tcp 80×1"],
    ["client", "web", 80, "client | server | tcp 80×1"],
    ["client", "server", 80, "client | server | tcp 80×1"],
    ["client", "by-hosts", 80, "client | server | tcp 80×1"],
    ["guest", "by-hosts", 80, "guest | server | tcp 80×1"],
    ["other", "10.0.2.1", 80, "other | server | tcp 80×1"],
    ["other", "10.0.2.254", 8080, `other | ${port} | tcp 8080×1`],
    ["other", "web", 80, "other | web | tcp 80×1"],
    ["client", "169.254.169.254", 80, "client | 169.254.169.254 | tcp 80×1"],
    ["operator", "127.0.0.1", 8080, `outside | ${port} | tcp 8080×1`],
    ["operator", "192.0.2.7", 8080, `outside | ${port} | tcp 8080×1`],
  ];
  for (const [from, to, number, edge] of targets) {
    it(`what ${from} means by ${to}:${number}`, () => {
      const topology = environment(hostOf("here", [server, client, guest, other]));
      deepEqual(edges(pictureOf({ topology, expectations: [reach(from, to, number)] }), "must"), [edge]);
    });
  }

  it("where a port proxy and a route send on, and that what is asked there ends there", async () => {
    const address = "169.254.169.254";
    const proxied: ContainerSpec = {
      ...client,
      stack: {
        addresses: [{ address }],
        routes: [],
        portProxies: [{ listen: { address, port: 80 }, connect: { address: "10.0.1.1", port: 8080 } }],
      },
    };
    const routed: ContainerSpec = {
      ...other,
      stack: {
        addresses: [],
        routes: [{ destination: `${address}/32`, nextHop: "10.0.2.1", endpoint: "10.0.2.2" }],
        portProxies: [],
      },
    };
    const asked = [reach("client", address), reach("client", address, 81), reach("other", address)];
    const picture = pictureOf({
      topology: environment(hostOf("here", [server, proxied, routed])),
      expectations: asked,
    });
    deepEqual(edges(picture, "forward"), [
      "client | server | 169.254.169.254:80 → port 8080×1",
      "other | server | route 169.254.169.254/32×1",
    ]);
    deepEqual(edges(picture, "must"), ["client | server | tcp 80×1", "other | server | tcp 80×1"]);
    deepEqual(
      picture.hosts[0].networks[0].stacks[1].containers[0].notes.map(({ text }) => text),
      ["tcp 81"],
    );
    ok((await toSvg(picture)).includes("port proxy or route"));
  });

  it("an address that an endpoint's interface holds besides as that container's", () => {
    const address = "169.254.169.254";
    const owner: ContainerSpec = {
      ...server,
      stack: { addresses: [{ address, endpoint: "10.0.1.1" }], routes: [], portProxies: [] },
    };
    const picture = pictureOf({
      topology: environment(hostOf("here", [owner, client])),
      expectations: [reach("client", address)],
    });
    deepEqual(edges(picture, "must"), ["client | server | tcp 80×1"]);
  });

  it("a line from a container to each further network", async () => {
    const picture = pictureOf({ topology: environment(hostOf("here", [server])), expectations: [] });
    deepEqual(edges(picture, "endpoint"), ["server | two | 10.0.2.1×1"]);
    ok((await toSvg(picture)).includes(">10.0.2.1<"));
  });

  it("a published port between outside and its container, and no second line where it is opened from there", () => {
    const topology = environment(hostOf("here", [server]));
    deepEqual(edges(pictureOf({ topology, expectations: [] }), "port"), [`outside | ${port}`, `${port} | server`]);
    deepEqual(edges(pictureOf({ topology, expectations: [reach("operator", "127.0.0.1", 8080)] }), "port"), [
      `${port} | server`,
    ]);
  });

  it("what stays in a network stack as a line in the box", () => {
    const picture = pictureOf({
      topology: environment(hostOf("here", [client, guest])),
      expectations: [reach("guest", "127.0.0.1")],
    });
    deepEqual(picture.edges, []);
    const [owner, sharing] = picture.hosts[0].networks[0].stacks[0].containers;
    deepEqual([owner.name, owner.notes.length], ["client", 0]);
    deepEqual([sharing.name, sharing.notes.map(({ text }) => text)], ["guest", ["tcp 80"]]);
  });

  it("same names and addresses on two hosts apart, each with its own status", () => {
    const topology = environment(hostOf("here", [server, client]), hostOf("there", [server, client]));
    const expectations = [reach("client", "10.0.1.1"), reach("client", "10.0.1.1", 80, "there")];
    const report = reportOn({ topology, expectations }, ({ at }) => (at === "there" ? "fail" : "pass"));
    const picture = pictureOf({ topology, expectations }, report);
    const must = picture.edges.filter(({ kind }) => kind === "must");
    deepEqual(
      must.map(({ from, status }) => [from.slice(0, 2), status]),
      [
        ["h0", "pass"],
        ["h1", "fail"],
      ],
    );
  });

  it("a group's relation as bad as the worst of its members'", () => {
    const clients = range(20).map((n) => containerSpec("client", "one", `10.0.1.${n + 10}`, n));
    const topology = environment(hostOf("here", [server, ...clients]));
    const expectations = clients.map(({ name }) => reach(name, "web"));
    for (const bad of ["fail", "error"] as const) {
      const report = reportOn({ topology, expectations }, (each) => (each === expectations[7] ? bad : "pass"));
      const picture = pictureOf({ topology, expectations }, report);
      equal(picture.edges.find(({ kind }) => kind === "must")!.status, bad);
      deepEqual(edges(picture, "must"), ["one-client-0 … one-client-19 | server | tcp 80×20"]);
    }
  });

  it("each of eight of a role, and nine as one", () => {
    for (const [count, boxes] of [
      [8, 8],
      [9, 1],
    ] as const) {
      const clients = range(count).map((n) => containerSpec("client", "one", `10.0.1.${n + 10}`, n));
      const { hosts } = pictureOf({ topology: environment(hostOf("here", clients)), expectations: [] });
      equal(hosts[0].networks[0].stacks.length, boxes);
    }
  });

  it("containers that share each other's network stack in a circle, which nothing else has refused", () => {
    const circle = ["a", "b"].map((name, i) => ({ ...guest, name, sharesStackOf: ["b", "a"][i] }));
    const { hosts } = pictureOf({
      topology: environment(hostOf("here", circle)),
      expectations: [reach("a", "localhost")],
    });
    equal(hosts[0].stacks.flatMap(({ containers }) => containers).length, 2);
  });
});
