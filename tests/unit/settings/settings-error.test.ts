import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi/errors";
import { z } from "zod";
import { blameExactly } from "../../../components/settings/blame";
import { nearest } from "../../../components/settings/nearest";
import { parse, type Registry } from "../../../components/settings/parse";
import { SettingsError } from "../../../components/settings/settings-error";
import { wholeNumber } from "../../../components/settings/types";
import { faultsOf, network, registry } from "./support";

describe("a SettingsError", () => {
  it("says everything at once, in a form to be read", () => {
    const error = new SettingsError(
      [
        { key: "labs.a.subnet", value: "10.0.0.1/24", allowed: "a subnet", cure: "write 10.0.0.0/24" },
        { key: "hosts", value: undefined, allowed: "an object", cure: "write one" },
        { key: "labs.a.names", value: ["x".repeat(100)], allowed: "short names", cure: "shorten it" },
      ],
      "local",
    );
    assert.equal(
      error.message,
      `3 faults in the settings of environment "local" (stacks/Pulumi.local.yaml). Nothing was created.

  labs.a.subnet
    value:   "10.0.0.1/24"
    allowed: a subnet
    cure:    write 10.0.0.0/24

  hosts
    value:   missing
    allowed: an object
    cure:    write one

  labs.a.names
    value:   ["${"x".repeat(77)}…
    allowed: short names
    cure:    shorten it`,
    );
    assert.equal(error.faults.length, 3);
  });

  it("counts a single fault as one, and shows a value of 80 characters whole", () => {
    const value = "x".repeat(78);
    const { message } = new SettingsError([{ key: "a", value, allowed: "b", cure: "c" }], "lab");
    assert.match(message, /^1 fault in the settings of environment "lab" \(stacks\/Pulumi\.lab\.yaml\)\. Nothing/);
    assert.ok(message.includes(`"${value}"\n`));
  });

  it("is shown by the Pulumi CLI without a stack trace", () => {
    assert.ok(RunError.isInstance(new SettingsError([], "local")));
  });
});

describe("the nearest known word", () => {
  for (const [word, known, meant] of [
    ["subnett", ["name", "subnet", "gateway"], "subnet"],
    ["GATEWAY", ["name", "subnet", "gateway"], "gateway"],
    ["byalias", ["byAlias"], "byAlias"],
    ["certificate", ["name", "address"], undefined],
    ["x", ["os"], undefined],
    ["anything", [], undefined],
  ] as const) {
    it(`to ${word} is ${meant ?? "none"}`, () => assert.equal(nearest(word, known), meant));
  }
});

/** Two labs: the real one, and one on Linux only that has a network and a number. */
const twoLabs: Registry = {
  ...registry,
  counting: {
    settings: z.strictObject({ count: wholeNumber(1, 9), subnet: z.string().default("192.168.1.0/24") }),
    systems: ["linux"],
    topology: ({ subnet }: { subnet: string }) => ({
      networks: [network({ name: "counted", subnet, gateway: "192.168.1.1" })],
      containers: [],
    }),
    faults: ({ count }: { count: number }) =>
      count === 7 ? [{ key: "count", value: count, allowed: "any number but 7", cure: "choose 8" }] : [],
    expectations: () => [],
  },
};

describe("several labs", () => {
  const keys = (os: string, labs: object, more: object = {}) =>
    faultsOf({ hosts: { kind: "local", os }, labs, ...more }, twoLabs).map(({ key }) => key);
  const net = { chat: { network: { gateway: "10.0.0.1" } } };

  it("are in the settings in the registry's order", () => {
    const raw = {
      hosts: { kind: "local" },
      labs: { counting: { count: 1, subnet: "192.168.9.0/24" }, "docker-networks": {} },
    };
    assert.throws(() => parse(raw, "local", twoLabs), /counting\.network\.gateway/);
    const apart = {
      ...raw,
      labs: { counting: { count: 1 }, "docker-networks": { chat: { network: { subnet: "10.0.0.0/24" } } } },
    };
    const { labs, topology } = parse(apart, "local", twoLabs);
    assert.deepEqual(
      labs.map(({ lab }) => lab),
      ["docker-networks", "counting"],
    );
    assert.deepEqual(
      topology.hosts.map(({ labs: placed }) => placed.map(({ lab }) => lab)),
      [["docker-networks", "counting"]],
    );
  });

  it("are checked against each other", () => {
    assert.deepEqual(keys("linux", { "docker-networks": {}, counting: { count: 1 } }), [
      "labs.counting.network.subnet",
    ]);
  });

  it("are checked each as far as it can be read, and all faults told at once, those of types first", () => {
    assert.deepEqual(
      keys("linux", { "docker-networks": net, counting: { count: 10 }, third: {} }, { verify: { onUpdate: 0 } }),
      ["labs.counting.count", "labs.third", "verify.onUpdate", "labs.docker-networks.chat.network.gateway"],
    );
    assert.deepEqual(keys("linux", { counting: { count: 7 }, "docker-networks": { chat: 1 } }), [
      "labs.docker-networks.chat",
      "labs.counting.count",
    ]);
  });

  it("are checked by themselves alone where the hosts cannot be read", () => {
    assert.deepEqual(keys("OS/2", { "docker-networks": net, counting: { count: 10 } }), [
      "hosts.os",
      "labs.counting.count",
    ]);
  });

  it("are refused on a system that they have no dialect for", () => {
    assert.deepEqual(faultsOf({ hosts: { kind: "local", os: "windows" }, labs: { counting: { count: 1 } } }, twoLabs), [
      {
        key: "labs.counting",
        value: "windows",
        allowed: 'a host for linux containers; "local" is for windows containers',
        cure: "remove the lab, or declare another host for it",
      },
    ]);
  });
});

describe("the key that a fault blames", () => {
  const settings = { labs: { a: { one: { name: "one", address: "10.0.0.1", port: 80 }, clients: { count: 2 } } } };
  const blamed = (key: string, value: unknown) =>
    blameExactly([{ key, value, allowed: "", cure: "" }], settings)[0].key;

  it("is the one that holds the value, below or beside the one that a check named", () => {
    assert.equal(blamed("labs.a.one", "10.0.0.1"), "labs.a.one.address");
    assert.equal(blamed("labs.a.one.port", "10.0.0.1"), "labs.a.one.address");
  });

  it("stays where the value is there, or is written nowhere", () => {
    assert.equal(blamed("labs.a.one.port", 80), "labs.a.one.port");
    assert.equal(blamed("labs.a.clients", "10.0.0.3"), "labs.a.clients");
    assert.equal(blamed("labs.a.network.bridge", "one"), "labs.a.network.bridge");
    assert.equal(blamed("labs.a", "windows"), "labs.a");
  });
});
