import assert from "node:assert/strict";
import type { EngineContainer, EngineFacts, EngineNetwork } from "../../../components/hosts/engine-facts";
import { label } from "../../../components/labels";
import { engineFaults } from "../../../components/settings/engine-faults";
import { container, host, network, publishing } from "./support";

const ours = { [label.stack]: "local", [label.lab]: "docker-networks" };
const theirs = { [label.stack]: "other", [label.lab]: "port-proxy" };

function engine(facts: Partial<EngineFacts>): EngineFacts {
  return { networks: [], containers: [], ...facts };
}

const onEngine = (spec: Partial<EngineNetwork>) =>
  engine({ networks: [{ name: "there", subnets: [], labels: {}, ...spec }] });
const running = (spec: Partial<EngineContainer>) =>
  engine({ containers: [{ id: "1", name: "there", labels: {}, ports: [], ...spec }] });
const listening = (address: string, hostPort: number, protocol = "tcp") =>
  running({ ports: [{ address, hostPort, protocol }] });

const declared = host([
  {
    networks: [network({ bridge: "br0" })],
    containers: [container({ name: "one" }), publishing("two", 8080)],
  },
]);

function found(facts: EngineFacts, stack = "local") {
  return engineFaults([declared], facts, stack);
}

describe("clashes with what the engine has", () => {
  it("are none on an empty engine, nor with names, subnets and ports that only come near", () => {
    assert.deepEqual(found(engine({})), []);
    assert.deepEqual(found(onEngine({ name: "nets", subnets: ["10.0.1.0/24", "fd00::/64"], bridge: "br1" })), []);
    assert.deepEqual(found(running({ name: "One" })), []);
    assert.deepEqual(found(listening("127.0.0.2", 8080)), []);
    assert.deepEqual(found(listening("0.0.0.0", 8080, "udp")), []);
    assert.deepEqual(found(listening("::", 8080)), []);
    assert.deepEqual(found(engine({ hostSubnets: ["0.0.0.0/0", "0.0.0.0/1", "10.0.1.0/24", "fe80::/64"] })), []);
  });

  it("are none with what is this stack's own, whatever it has", () => {
    const own: EngineFacts = {
      networks: [{ name: "net", subnets: ["10.0.0.0/24"], bridge: "br0", labels: ours }],
      containers: [
        { id: "1", name: "one", labels: ours, ports: [] },
        { id: "2", name: "two", labels: ours, ports: [{ address: "127.0.0.1", hostPort: 8080, protocol: "tcp" }] },
      ],
      hostSubnets: ["10.0.0.0/24"],
    };
    assert.deepEqual(found(own), []);
    assert.deepEqual(
      found(own, "another").map(({ key, value }) => [key, value]),
      [
        ["labs.a.network.name", "net"],
        ["labs.a.network.bridge", "br0"],
        ["labs.a.network.subnet", "10.0.0.0/24"],
        ["labs.a.one", "one"],
        ["labs.a.two", "two"],
        ["labs.a.two.port", 8080],
      ],
    );
  });

  const rows: [what: string, facts: EngineFacts, key: string, value: unknown, allowed: string, cure: string][] = [
    [
      "another stack's network by its name",
      onEngine({ name: "net", labels: theirs }),
      "labs.a.network.name",
      "net",
      "a name that no network of the engine has",
      'choose another, or destroy stack "other" with its network "net" of lab "port-proxy", which has it',
    ],
    [
      "a network of nobody by its name",
      onEngine({ name: "net" }),
      "labs.a.network.name",
      "net",
      "a name that no network of the engine has",
      'choose another, or remove network "net" (made by something else), which has it',
    ],
    [
      "another stack's subnet",
      onEngine({ subnets: ["10.0.0.0/16"], labels: theirs }),
      "labs.a.network.subnet",
      "10.0.0.0/24",
      "a subnet that overlaps no network of the engine",
      'choose another, for example 10.1.0.0/24, or destroy stack "other" with its network "there" of lab "port-proxy", ' +
        "which has 10.0.0.0/16",
    ],
    [
      "a subnet of nobody, one of several",
      onEngine({ subnets: ["fd00::/64", "10.0.9.0/24", "10.0.0.128/25"] }),
      "labs.a.network.subnet",
      "10.0.0.0/24",
      "a subnet that overlaps no network of the engine",
      'choose another, for example 10.0.1.0/24, or remove network "there" (made by something else), ' +
        "which has 10.0.0.128/25",
    ],
    [
      "the host's own network",
      engine({ hostSubnets: ["10.0.0.0/23"] }),
      "labs.a.network.subnet",
      "10.0.0.0/24",
      "a subnet that the host does not itself use",
      "choose another, for example 10.0.2.0/24: the host is connected to 10.0.0.0/23",
    ],
    [
      "a bridge",
      onEngine({ bridge: "br0" }),
      "labs.a.network.bridge",
      "br0",
      "a name that no bridge of the engine has",
      'choose another, or remove network "there" (made by something else), which has it',
    ],
    [
      "another stack's container",
      running({ name: "one", labels: theirs }),
      "labs.a.one",
      "one",
      "a name that no container of the engine has",
      'choose another, or destroy stack "other" with its container "one" of lab "port-proxy", which has it',
    ],
    [
      "a container of nobody, even of this lab's name",
      running({ name: "one", labels: { [label.lab]: "docker-networks" } }),
      "labs.a.one",
      "one",
      "a name that no container of the engine has",
      'choose another, or remove container "one" (made by something else), which has it',
    ],
    [
      "a port on the same address",
      listening("127.0.0.1", 8080),
      "labs.a.two.port",
      8080,
      "a tcp port that no container of the engine publishes",
      'choose another, for example 8081, or remove container "there" (made by something else), which has 127.0.0.1:8080',
    ],
    [
      "another stack's port on all addresses",
      running({
        labels: theirs,
        ports: [8080, 8081].map((hostPort) => ({ address: "0.0.0.0", hostPort, protocol: "tcp" })),
      }),
      "labs.a.two.port",
      8080,
      "a tcp port that no container of the engine publishes",
      'choose another, for example 8082, or destroy stack "other" with its container "there" of lab "port-proxy", ' +
        "which has 0.0.0.0:8080",
    ],
  ];
  for (const [what, facts, key, value, allowed, cure] of rows) {
    it(`are told of ${what}`, () => assert.deepEqual(found(facts), [{ key, value, allowed, cure }]));
  }

  describe("with what listens on the host", () => {
    const by = (address: string, hostPort: number, owner?: string, protocol: "tcp" | "udp" = "tcp") => ({
      address,
      hostPort,
      protocol,
      owner: () => owner,
    });
    const one = by("0.0.0.0", 8080, "nginx (process 4711)");

    it("are told with its name, where that can be seen", () => {
      const fault = {
        key: "labs.a.two.port",
        value: 8080,
        allowed: "a tcp port that no process of the host listens on",
      };
      assert.deepEqual(found(engine({ listeners: [one, by("127.0.0.1", 8081)] })), [
        {
          ...fault,
          cure: "choose another, for example 8082, or stop nginx (process 4711) that listens on 0.0.0.0:8080",
        },
      ]);
      assert.deepEqual(found(engine({ listeners: [by("127.0.0.1", 8080)] })), [
        {
          ...fault,
          cure: "choose another, for example 8081, or stop the process that listens on 127.0.0.1:8080",
        },
      ]);
    });

    it("are none on other ports, addresses and protocols", () => {
      const elsewhere = [by("127.0.0.1", 80), by("127.0.0.2", 8080), by("0.0.0.0", 8080, "dnsmasq", "udp")];
      assert.deepEqual(found(engine({ listeners: elsewhere })), []);
    });

    it("are none where it listens for a container: for this stack's own, or for one that is told itself", () => {
      const publishes = [{ address: "127.0.0.1", hostPort: 8080, protocol: "tcp" }];
      const containers = [{ id: "1", name: "two", labels: ours, ports: publishes }];
      const listeners = [by("127.0.0.1", 8080, "docker-proxy (process 4711)")];
      assert.deepEqual(found(engine({ containers, listeners })), []);
      assert.deepEqual(
        found(engine({ containers: [{ ...containers[0], name: "another", labels: theirs }], listeners })).map(
          ({ allowed }) => allowed,
        ),
        ["a tcp port that no container of the engine publishes"],
      );
    });
  });

  it("are containers for which the kernel keeps too few neighbours: two entries for each, others' among them", () => {
    const most = 1024;
    const pool = (size: number) =>
      host([
        {
          networks: [network({})],
          containers: Array.from({ length: size }, (_, i) => ({
            ...container({ name: `app-${i}`, setting: "count" }),
            endpoints: [{ network: "net", address: `10.0.${Math.floor(i / 256)}.${i % 256}`, aliases: [] }],
          })),
        },
      ]);
    const told = (size: number, facts: Partial<EngineFacts>) => engineFaults([pool(size)], engine(facts), "local");
    assert.deepEqual(told(500, { neighbours: most }), []);
    assert.deepEqual(told(1000, {}), []);
    assert.deepEqual(told(1000, { neighbours: 4096 }), []);
    const [fault, ...others] = told(501, { neighbours: most });
    assert.deepEqual(others, []);
    assert.deepEqual([fault.key, fault.value], ["labs.a.count", 501]);
    assert.match(fault.allowed, /^at most 500 containers: the kernel of host ".+" keeps 1024 neighbours$/);
    assert.match(fault.cure, /sysctl -w net\.ipv4\.neigh\.default\.gc_thresh3=4096/);
    const beside = running({ name: "other" });
    assert.match(told(500, { ...beside, neighbours: most })[0].allowed, /^at most 499 /);
  });
});
