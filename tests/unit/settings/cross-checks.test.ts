import assert from "node:assert/strict";
import type { HostTopology } from "../../../components/network/topology";
import { crossFaults } from "../../../components/settings/cross-checks";
import { at, container, host, network, publishing } from "./support";

/** Keys and values of the faults; the words are in the tables of bad settings. */
function found(...hosts: HostTopology[]) {
  return crossFaults(hosts).map(({ key, value }) => [key, value]);
}

interface Case {
  readonly check: string;
  /** Has no fault: the thing is absent, or just within what is allowed. */
  readonly right: readonly HostTopology[];
  readonly wrong: readonly [host: HostTopology, ...faults: [key: string, value: unknown][]][];
}

const addressed = (gateway: string, ipRange?: string) => host([{ networks: [network({ gateway, ipRange })] }]);
const two = (first: string, second: string) => {
  const gateway = (subnet: string) => subnet.replace(/\d+\/\d+$/, (end) => String(Number(end.split("/")[0]) + 1));
  return host([
    { networks: [network({ subnet: first, gateway: gateway(first) })] },
    { networks: [network({ name: "other", subnet: second, gateway: gateway(second) })] },
  ]);
};
const on = (...containers: ReturnType<typeof at>[]) => host([{ networks: [network()], containers }]);
const crowd = (count: number) =>
  host([
    {
      networks: [network({ subnet: "10.0.0.0/16", gateway: "10.0.255.254" })],
      containers: Array.from({ length: count }, (_, i) => ({
        ...at(`one-${i}`, `10.0.${i >> 8}.${i & 255 || 254}`),
        setting: i < 3 ? "few" : "many",
        // The addresses repeat at .254; this check is of the number alone.
      })).map((each, i) => ({
        ...each,
        endpoints: [{ network: "net", address: `10.0.${1 + (i >> 7)}.${1 + (i & 127)}`, aliases: [] }],
      })),
    },
  ]);
const windows = (spec: Parameters<typeof network>[0], ...more: ReturnType<typeof network>[]) =>
  host([{ networks: [network(spec), ...more] }], "windows");

const cases: readonly Case[] = [
  {
    check: "a gateway is an address that a host of the subnet can have",
    right: [host([]), addressed("10.0.0.1"), addressed("10.0.0.254")],
    wrong: [
      [addressed("10.0.1.1"), ["labs.a.network.gateway", "10.0.1.1"]],
      [addressed("10.0.0.0"), ["labs.a.network.gateway", "10.0.0.0"]],
      [addressed("10.0.0.255"), ["labs.a.network.gateway", "10.0.0.255"]],
    ],
  },
  {
    check: "a range is part of its subnet",
    right: [addressed("10.0.0.1"), addressed("10.0.0.1", "10.0.0.0/24"), addressed("10.0.0.1", "10.0.0.240/28")],
    wrong: [
      [addressed("10.0.0.1", "10.0.1.0/28"), ["labs.a.network.ipRange", "10.0.1.0/28"]],
      [addressed("10.0.0.1", "10.0.0.0/23"), ["labs.a.network.ipRange", "10.0.0.0/23"]],
    ],
  },
  {
    check: "subnets of a host, also of two labs, do not overlap",
    right: [two("10.0.0.0/24", "10.0.1.0/24"), two("10.0.0.0/25", "10.0.0.128/25")],
    wrong: [
      [two("10.0.0.0/24", "10.0.0.0/24"), ["labs.b.network.subnet", "10.0.0.0/24"]],
      [two("10.0.0.0/24", "10.0.0.128/25"), ["labs.b.network.subnet", "10.0.0.128/25"]],
      [two("10.0.0.128/25", "10.0.0.0/24"), ["labs.b.network.subnet", "10.0.0.0/24"]],
    ],
  },
  {
    check: "a bridge carries 1,000 endpoints",
    right: [crowd(999), crowd(1000)],
    wrong: [[crowd(1001), ["labs.a.many", 998]]],
  },
  {
    check: "an endpoint is on a network of its own lab",
    right: [on(at("one", "10.0.0.1"))],
    wrong: [
      [on(at("one", "10.0.0.1", "nte")), ["labs.a.one", "nte"]],
      [host([{ networks: [network()] }, { containers: [at("one", "10.0.0.1")] }]), ["labs.b.one", "net"]],
    ],
  },
  {
    check: "an address is one that a host of the network's subnet can have",
    right: [on(at("one", "10.0.0.1"), at("two", "10.0.0.253"))],
    wrong: [
      [on(at("one", "10.0.1.1")), ["labs.a.one", "10.0.1.1"]],
      [on(at("one", "10.0.0.0")), ["labs.a.one", "10.0.0.0"]],
      [on(at("one", "10.0.0.255")), ["labs.a.one", "10.0.0.255"]],
    ],
  },
  {
    check: "an address is had once on a network",
    right: [
      on(at("one", "10.0.0.1"), at("two", "10.0.0.2")),
      host(
        ["net", "other"].map((name, i) => ({
          networks: [network({ name, subnet: `10.0.${i}.0/24`, gateway: `10.0.${i}.254` })],
          containers: [at(`on-${name}`, `10.0.${i}.1`, name)],
        })),
      ),
    ],
    wrong: [
      [on(at("one", "10.0.0.1"), at("two", "10.0.0.1")), ["labs.a.two", "10.0.0.1"]],
      [on(at("one", "10.0.0.254")), ["labs.a.one", "10.0.0.254"]],
    ],
  },
  {
    check: "a network stack that is shared is that of a container of the lab with one of its own",
    right: [on(at("one", "10.0.0.1"), container({ name: "two", setting: "two", sharesStackOf: "one" }))],
    wrong: [
      [
        on(at("one", "10.0.0.1"), container({ name: "two", setting: "two", sharesStackOf: "noe" })),
        ["labs.a.two", "noe"],
      ],
      [on(container({ sharesStackOf: "one" })), ["labs.a.one", "one"]],
    ],
  },
  {
    check: "names of networks, bridges and containers are had once on a host",
    right: [
      host([{ networks: [network({ bridge: "net" })], containers: [container({ name: "net" })] }]),
      host([{ containers: [container({ name: "one" })] }, { containers: [container({ name: "One" })] }]),
    ],
    wrong: [
      [host([{ containers: [container()] }, { containers: [container()] }]), ["labs.b.one", "one"]],
      [
        host(
          [0, 1].map((i) => ({
            networks: [network({ subnet: `10.${i}.0.0/24`, gateway: `10.${i}.0.1`, bridge: "br" })],
          })),
        ),
        ["labs.b.network.name", "net"],
        ["labs.b.network.bridge", "br"],
      ],
    ],
  },
  {
    check: "a port of a host is published once",
    right: [
      host([{ containers: [publishing("one", 8080), publishing("two", 8081)] }]),
      host([{ containers: [publishing("one", 8080, "127.0.0.1"), publishing("two", 8080, "127.0.0.2")] }]),
      host([{ containers: [publishing("one", 5353, "0.0.0.0", "tcp"), publishing("two", 5353, "0.0.0.0", "udp")] }]),
    ],
    wrong: [
      [
        host([{ containers: [publishing("one", 8080)] }, { containers: [publishing("two", 8080)] }]),
        ["labs.b.two.port", 8080],
      ],
      [
        host([{ containers: [publishing("one", 8080, "0.0.0.0"), publishing("two", 8080, "127.0.0.2")] }]),
        ["labs.a.two.port", 8080],
      ],
      [
        host([{ containers: [publishing("one", 8080, "127.0.0.2"), publishing("two", 8080, "0.0.0.0")] }]),
        ["labs.a.two.port", 8080],
      ],
    ],
  },
  {
    check: "the ports that a host is administered by are left to it",
    right: [
      host([{ containers: [21, 23, 2374, 2378, 1].map((port) => publishing(`p${port}`, port)) }]),
      host([{ containers: [publishing("one", 22, "127.0.0.1", "udp")] }]),
    ],
    wrong: [22, 2375, 2376, 2377, 3389, 5985, 5986].map((port) => [
      host([{ containers: [publishing("one", port)] }]),
      ["labs.a.one.port", port],
    ]),
  },
  {
    check: "a Windows host has one network, without range and bridge",
    right: [windows({}), host([{ networks: [network({ ipRange: "10.0.0.0/28", bridge: "br0" })] }])],
    wrong: [
      [windows({ ipRange: "10.0.0.0/28" }), ["labs.a.network.ipRange", "10.0.0.0/28"]],
      [windows({ bridge: "br0" }), ["labs.a.network.bridge", "br0"]],
      [
        windows({}, network({ name: "more", subnet: "10.0.1.0/24", gateway: "10.0.1.1", setting: "more" })),
        ["labs.a.more", { name: "more", subnet: "10.0.1.0/24" }],
      ],
    ],
  },
  {
    check: "a Windows host publishes on every address, below the ports that it lends",
    right: [
      host([{ containers: [publishing("one", 49_151, "0.0.0.0")] }], "windows"),
      host([{ containers: [publishing("one", 49_152)] }]),
    ],
    wrong: [
      [host([{ containers: [publishing("one", 80)] }], "windows"), ["labs.a.one.port", "127.0.0.1"]],
      [host([{ containers: [publishing("one", 49_152, "0.0.0.0")] }], "windows"), ["labs.a.one.port", 49_152]],
    ],
  },
];

describe("rules between settings", () => {
  for (const { check, right, wrong } of cases) {
    it(check, () => {
      right.forEach((each) => assert.deepEqual(found(each), []));
      wrong.forEach(([each, ...faults]) => assert.deepEqual(found(each), faults));
    });
  }

  it("hold on each host by itself", () => {
    const one = host([{ networks: [network()], containers: [publishing("one", 8080)] }]);
    assert.deepEqual(found(one, { ...one, name: "another" }), []);
  });
});
