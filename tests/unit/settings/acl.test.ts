import assert from "node:assert/strict";
import { z } from "zod";
import { aclFaults, aclRules, type AclRuleSettings } from "../../../components/settings/acl";
import { stackFileSchema } from "../../../components/settings/json-schema";
import { settingsTable } from "../../../components/settings/markdown";
import type { Registry } from "../../../components/settings/parse";
import { schemaFaults } from "../../../components/settings/schema-faults";
import { asRow, faultsOf, registry } from "./support";

const schema = z.strictObject({
  policies: aclRules("what the lab's `state` says")
    .prefault([{ direction: "In", priority: 100, localPorts: [80, "8000-8999"] }])
    .describe("The rules."),
});

/** A rule that allows everything in, as settings give it, but for what a test says of it. */
function rule(spec: object = {}): AclRuleSettings {
  return schema.parse({ policies: [{ direction: "In", priority: 100, ...spec }] }).policies[0];
}

const none = { localAddresses: [], remoteAddresses: [], localPorts: [], remotePorts: [] };

describe("a rule in the settings", () => {
  it("needs a direction and a priority", () => {
    assert.deepEqual(rule(), { direction: "In", priority: 100, protocol: 256, ...none });
  });

  it("keeps an action, and has none where none is said", () => {
    assert.equal(rule({ action: "Block" }).action, "Block");
    assert.equal(rule().action, undefined);
  });

  it("has its protocol by name or number", () => {
    const given = ["tcp", "udp", "icmp", "any", 6, 17, 1, 256];
    const numbers = given.map((protocol) => rule({ protocol }).protocol);
    assert.deepEqual(numbers, [6, 17, 1, 256, 6, 17, 1, 256]);
  });

  it("has addresses and ports one by one or as lists", () => {
    const given = {
      localAddresses: "10.0.0.1",
      remoteAddresses: ["10.0.0.0/8", "0.0.0.0/0", "10.0.0.1/32"],
      localPorts: 80,
      remotePorts: ["1024-65535", 53, "53"],
    };
    assert.deepEqual(rule(given), {
      ...{ direction: "In", priority: 100, protocol: 256 },
      localAddresses: ["10.0.0.1"],
      remoteAddresses: ["10.0.0.0/8", "0.0.0.0/0", "10.0.0.1/32"],
      localPorts: ["80"],
      remotePorts: ["1024-65535", "53", "53"],
    });
  });
});

const addresses = [
  "an IPv4 address, a subnet in CIDR form, its host bits zero, or a list of them",
  "write it like 192.168.1.1, 192.168.1.0/24, or [192.168.1.1, 192.168.2.0/24]",
] as const;
const address = [
  "an IPv4 address, or a subnet in CIDR form, its host bits zero",
  "write it like 192.168.1.1 or 192.168.1.0/24",
] as const;
const ports = [
  'a port from 1 to 65535, a range like "8000-8999", or a list of them',
  'write it like 80, "8000-8999", or [80, "8000-8999"]',
] as const;
const port = [
  'a port from 1 to 65535, or a range like "8000-8999"',
  "write a number, or the first port, - and the last",
] as const;
const priority = [
  "a whole number from 1 to 65535",
  "write it in digits, without quotes, and within these limits",
] as const;

/** What a rule says besides a direction and a priority, and its faults: key below the rule, value, allowed, cure. */
type Row = readonly [title: string, given: object, ...faults: (readonly [string, unknown, string, string])[]];

const rows: readonly Row[] = [
  ["a direction in lower case", { direction: "in" }, ["direction", "in", "In or Out", 'did you mean "In"?']],
  ["no direction", { direction: undefined }, ["direction", undefined, "In or Out", "write In or Out"]],
  ["another action", { action: "Deny" }, ["action", "Deny", "Allow or Block", "write Allow or Block"]],
  ["priority 0", { priority: 0 }, ["priority", 0, ...priority]],
  ["priority 65536", { priority: 65_536 }, ["priority", 65_536, ...priority]],
  ["no priority", { priority: undefined }, ["priority", undefined, ...priority]],
  [
    "another protocol",
    { protocol: 47 },
    [
      "protocol",
      47,
      "tcp, udp, icmp or any, or their numbers 6, 17, 1 or 256",
      "write one of the names; a number without quotes",
    ],
  ],
  ["an address of IPv6", { localAddresses: "fd00::1" }, ["localAddresses", "fd00::1", ...addresses]],
  ["a number for an address", { localAddresses: 10 }, ["localAddresses", 10, ...addresses]],
  ["an address too large", { remoteAddresses: ["10.0.0.256"] }, ["remoteAddresses[0]", "10.0.0.256", ...address]],
  ["a prefix too long", { remoteAddresses: ["10.0.0.0/33"] }, ["remoteAddresses[0]", "10.0.0.0/33", ...address]],
  [
    "host bits",
    { localAddresses: "10.0.0.7/24" },
    ["localAddresses", "10.0.0.7/24", addresses[0], "write 10.0.0.0/24, the subnet that 10.0.0.7/24 lies in"],
  ],
  [
    "several in a list, each by itself",
    { localAddresses: ["10.0.0.1", 5, "10.0.0.7/24", null] },
    ["localAddresses[1]", 5, ...address],
    ["localAddresses[2]", "10.0.0.7/24", address[0], "write 10.0.0.0/24, the subnet that 10.0.0.7/24 lies in"],
    ["localAddresses[3]", null, ...address],
  ],
  ["port 0", { localPorts: 0 }, ["localPorts", 0, ...ports]],
  ["port 65536", { localPorts: 65_536 }, ["localPorts", 65_536, ...ports]],
  ["ports with commas", { localPorts: "80,443" }, ["localPorts", "80,443", ...ports]],
  ["a port with a leading zero", { localPorts: "080" }, ["localPorts", "080", ...ports]],
  ["a name for a port", { remotePorts: ["http"] }, ["remotePorts[0]", "http", ...port]],
  ["a range without end", { remotePorts: ["80-"] }, ["remotePorts[0]", "80-", ...port]],
  ["a range beyond the last port", { remotePorts: ["80-65536"] }, ["remotePorts[0]", "80-65536", ...port]],
  [
    "a range upside down",
    { remotePorts: [true, "90-80"] },
    ["remotePorts[0]", true, ...port],
    ["remotePorts[1]", "90-80", port[0], "write 80-90, the lower port first"],
  ],
  [
    "a misspelt key",
    { remotePort: 80 },
    [
      "remotePort",
      80,
      "the keys direction, action, priority, protocol, localAddresses, remoteAddresses, localPorts, remotePorts",
      'did you mean "remotePorts"?',
    ],
  ],
];

describe("a rule that is not of its type", () => {
  for (const [title, given, ...faults] of rows) {
    it(`is refused for ${title}`, () => {
      const raw = { policies: [{ direction: "In", priority: 100, ...given }] };
      const { error } = schema.safeParse(raw);
      assert.deepEqual(schemaFaults(schema, raw, error!).map(asRow("policies[0].")), faults);
    });
  }

  it("is refused where there is no list", () => {
    const raw = { policies: { direction: "In" } };
    const [fault, ...more] = schemaFaults(schema, raw, schema.safeParse(raw).error!);
    assert.deepEqual([fault.key, fault.allowed, more], ["policies", "a list of rules", []]);
    assert.match(fault.cure, /^write a list, for example \[\{ direction: In, /);
  });
});

/** Faults of these rules, their key without the list's. */
function found(rules: readonly AclRuleSettings[], closing = true) {
  return aclFaults(rules, "lab.policies", closing).map(asRow("lab.policies"));
}

describe("a list of rules", () => {
  it("may be empty, and hold one priority for each direction", () => {
    assert.deepEqual(found([]), []);
    assert.deepEqual(found([rule(), rule({ direction: "Out" }), rule({ priority: 101 })]), []);
  });

  it("is refused for a priority that is used twice, with another that is free for each", () => {
    const allowed = "a priority that no other rule for In has";
    assert.deepEqual(found([rule(), rule({ direction: "Out" }), rule({ priority: 101 }), rule(), rule()]), [
      ["[3].priority", 100, allowed, "choose another, for example 102: lab.policies[0] has it"],
      ["[4].priority", 100, allowed, "choose another, for example 103: lab.policies[0] has it"],
    ]);
  });

  it("is refused for a priority that the closing pair has or is before, where that is added", () => {
    const rules = [65_499, 65_500, 65_535].map((each) => rule({ priority: each }));
    const words = [
      "a priority below 65500, that of the pair of rules which allows the rest",
      "choose a lower number: behind that pair no rule is ever asked",
    ];
    assert.deepEqual(found(rules), [
      ["[1].priority", 65_500, ...words],
      ["[2].priority", 65_535, ...words],
    ]);
    assert.deepEqual(found(rules, false), []);
  });

  it("is refused for ports of a protocol that has none", () => {
    const cure = "leave the ports out, or let the rule's protocol be tcp or udp";
    const given = { localPorts: 80, remotePorts: [53, "60-70"] };
    const rules = ["icmp", "any", "tcp", "udp"].map((protocol, i) => rule({ ...given, protocol, priority: i + 1 }));
    assert.deepEqual(found(rules), [
      ["[0].localPorts", ["80"], "no ports with protocol icmp: TCP and UDP alone have them", cure],
      ["[0].remotePorts", ["53", "60-70"], "no ports with protocol icmp: TCP and UDP alone have them", cure],
      ["[1].localPorts", ["80"], "no ports with protocol any: TCP and UDP alone have them", cure],
      ["[1].remotePorts", ["53", "60-70"], "no ports with protocol any: TCP and UDP alone have them", cure],
    ]);
  });

  it("is refused for more than 1000 rules", () => {
    const many = Array.from({ length: 1001 }, (_, i) => rule({ priority: i + 1 }));
    assert.deepEqual(found(many.slice(1)), []);
    assert.deepEqual(
      found(many).map(([key, value]) => [key, value]),
      [["", "1001 rules"]],
    );
  });
});

describe("what is made from the schema of a list of rules", () => {
  const withRules: Registry = {
    rules: {
      ...registry["docker-networks"],
      settings: schema,
      faults: () => [],
      topology: () => ({ networks: [], containers: [] }),
    },
  };

  it("is a line for the list and one for each key of a rule", () => {
    const lines = settingsTable(schema).split("\n");
    assert.equal(
      lines[2],
      "| `policies` | The rules. | `[{ direction: In, priority: 100, localPorts: [80, 8000-8999] }]` |",
    );
    assert.deepEqual(
      lines.slice(3).map((line) =>
        line
          .split(" | ")
          .map((cell) => cell.replace(/^\| | \|$/, ""))
          .filter((_, i) => i !== 1),
      ),
      [
        ["`policies[].direction`", "none, it must be said"],
        ["`policies[].action`", "what the lab's `state` says"],
        ["`policies[].priority`", "none, it must be said"],
        ["`policies[].protocol`", "`any`"],
        ["`policies[].localAddresses`", "any"],
        ["`policies[].remoteAddresses`", "any"],
        ["`policies[].localPorts`", "any"],
        ["`policies[].remotePorts`", "any"],
      ],
    );
  });

  it("is a JSON Schema of what may be written, with a description for each key", () => {
    const { properties } = stackFileSchema(withRules) as {
      properties: { config: { properties: Record<string, unknown> } };
    };
    const labs = z.fromJSONSchema(properties.config.properties["container-network-labs:labs"] as never);
    const accepts = (given: object) =>
      labs.safeParse({ rules: { policies: [{ direction: "In", priority: 1, ...given }] } }).success;
    assert.ok(accepts({ protocol: 6, localAddresses: "10.0.0.1", remotePorts: [80, "8000-8999"] }));
    assert.ok(!accepts({ protocol: 7 }));
    assert.ok(!accepts({ localAddresses: "ten" }));
    assert.ok(!accepts({ remotePorts: [0] }));
    assert.ok(!accepts({ remotePort: 80 }));
    assert.equal(JSON.stringify(properties).match(/Ports or ranges of ports on the .*? Default: any\./g)?.length, 2);
  });

  it("gives faults of an environment their full key", () => {
    const given = {
      hosts: { kind: "local" },
      labs: { rules: { policies: [{ direction: "In", priority: 1, localPorts: ["x"] }] } },
    };
    assert.deepEqual(
      faultsOf(given, withRules).map(({ key }) => key),
      ["labs.rules.policies[0].localPorts[0]"],
    );
  });
});
