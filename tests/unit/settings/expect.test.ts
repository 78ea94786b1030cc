import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { PlacedExpectation } from "../../../components/checks/expectation";
import { labs as registry } from "../../../components/labs";
import { planOf } from "../../../components/plan";
import { readSettings, SettingsError } from "../../../components/settings";
import { labSelection } from "../../../components/settings/lab-selection";
import { parse } from "../../../components/settings/parse";

const labs = { "docker-networks": {}, "endpoint-policies": {} };
const hosts: unknown = { kind: "local" };

/** What the settings come to that none of the labs expects by itself. */
function stated(expect: unknown, more: object = {}): readonly PlacedExpectation[] {
  const plan = (given: object) => planOf(parse({ hosts, labs, ...more, ...given }, "local", registry)).expectations;
  const ofLabs = new Set(plan({}).map((each) => JSON.stringify(each)));
  return plan({ expect }).filter((each) => !ofLabs.has(JSON.stringify(each)));
}

function faults(expect: unknown, more: object = {}): string[][] {
  try {
    parse({ hosts, labs, expect, ...more }, "local", registry);
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.faults.map(({ key, allowed, cure }) => [key, allowed, cure]);
  }
}

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs";
const servers = ["one", "two"].map((name, i) => ({
  ...{ name, address: `192.0.2.${i + 1}`, user: "me", hostKey, privateKeyPath: "id" },
}));

describe("what settings state of who reaches whom", () => {
  it("is expected beside what the labs expect, and says what it is for", () => {
    const connection = { from: "policy-client", to: "policy-server", port: 8080, why: "orders come in there" };
    assert.deepEqual(stated([connection]), [
      {
        kind: "reach",
        lab: "endpoint-policies",
        at: "local",
        name: "policy-client must reach policy-server:8080, because orders come in there",
        from: "policy-client",
        to: { host: "10.80.0.1", port: 8080 },
      },
    ]);
  });

  it("is compared with what the container does reach where it must not, the target's own ports first", () => {
    const [found] = stated([{ from: "policy-client", to: "policy-server", port: 80, reach: false }]);
    assert.ok(found.kind === "no-reach");
    assert.equal(found.name, "policy-client must not reach policy-server:80");
    assert.deepEqual(found.control, { host: "10.80.0.1", port: 8080 });
  });

  it("is compared with what settings state, where no lab expects anything of the container", () => {
    const never = { from: "chat-server", to: "my-server", port: 80, reach: false };
    assert.deepEqual(faults([never]), [
      [
        "expect[0].from",
        "a container of which is expected that it reaches something else",
        "state one connection that it must have, so that being kept off can be told from being cut off: - { from: chat-server, to: …, port: … }",
      ],
    ]);
    const itself = { from: "chat-server", to: "chat-server", port: 5000 };
    const found = stated([never, itself]).find(({ kind }) => kind === "no-reach");
    assert.ok(found?.kind === "no-reach");
    assert.deepEqual(found.control, { host: "192.168.1.1", port: 5000 });
  });

  it("finds a container on a network that both are on, and one that shares another's stack by that one's address", () => {
    const to = (expect: object) => stated([expect]).flatMap((each) => (each.kind === "reach" ? [each.to.host] : []));
    assert.deepEqual(to({ from: "container3", to: "container2", port: 80 }), ["192.168.2.1"]);
    assert.deepEqual(to({ from: "chat-alice", to: "192.0.2.7", port: 443 }), ["192.0.2.7"]);
  });

  it("is stated on each host that has both ends", () => {
    const remote = (placement: unknown) => ({ hosts: { kind: "remote", servers, placement } });
    const connection = { from: "policy-client", to: "policy-server", port: 8080 };
    assert.deepEqual(
      stated([connection], remote("all")).map(({ at }) => at),
      ["one", "two"],
    );
    const apart = remote({ "docker-networks": "one", "endpoint-policies": "two" });
    assert.deepEqual(faults([{ ...connection, to: "chat-server" }], apart), [
      [
        "expect[0].to",
        'a container on "two", where "policy-client" is',
        'name another, or an address that "policy-client" asks: "chat-server" is on "one"',
      ],
    ]);
  });

  it("is asked on the host of a cluster that the container is on, and of none whose place the cluster chooses", () => {
    const spread = {
      hosts: { kind: "remote", servers, cluster: "swarm" },
      labs: { "docker-networks": {}, "app-pool": { listen: "0.0.0.0" } },
    };
    const [found] = stated([{ from: "chat-alice", to: "chat-server", port: 5000 }], spread);
    assert.equal(found.at, "cluster");
    assert.ok(["one", "two"].includes(found.on ?? ""), String(found.on));
    assert.deepEqual(faults([{ from: "chat-alice", to: "app-8090", port: 80 }], spread), [
      [
        "expect[0].to",
        "a container whose host and address the settings decide",
        'name another: the cluster chooses those of "app-8090"',
      ],
    ]);
  });

  it("is refused for containers that are not there, with the one that was meant", () => {
    const found = faults([{ from: "polcy-client", to: "nobody-at-all", port: 80 }]);
    assert.deepEqual(
      found.map(([key, , cure]) => [key, cure]),
      [
        ["expect[0].from", 'did you mean "policy-client"?'],
        ["expect[0].to", "name one of them, or add the lab that has it"],
      ],
    );
    assert.match(found[1][1], /^an IPv4 address or a container of this environment: chat-server, chat-alice, /);
  });

  it("is refused where it is stated twice, or is no connection", () => {
    const connection = { from: "policy-client", to: "policy-server", port: 8080 };
    assert.deepEqual(faults([connection, connection, { ...connection, reach: false }]), [
      ["expect[1]", "each connection once", "remove it: expect[0] says the same"],
      ["expect[2]", "each connection once", "remove it: expect[0] says the opposite"],
    ]);
    for (const [given, key, allowed] of [
      [{ ...connection, port: 0 }, "expect[0].port", "a whole number from 1 to 65535"],
      [{ ...connection, reach: "yes" }, "expect[0].reach", "true or false"],
      [{ ...connection, to: "" }, "expect[0].to", "a container's name or an IPv4 address"],
      [{ ...connection, form: "x" }, "expect[0].form", "the keys from, to, port, reach, why"],
    ] as const) {
      assert.deepEqual(
        faults([given]).map((fault) => fault.slice(0, 2)),
        [[key, allowed]],
      );
    }
    assert.equal(faults("policy-client")[0][1], "a list of connections, each with from, to and port");
  });

  it("is left out with the labs that a run leaves out", () => {
    const before = pulumi.runtime.allConfig();
    const newResource = ({ inputs }: pulumi.runtime.MockResourceArgs) => ({ id: "", state: inputs as object });
    void pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "labs", "local");
    const chat = { from: "chat-alice", to: "chat-server", port: 5000 };
    const policy = { from: "policy-client", to: "policy-server", port: 8080 };
    const config = { hosts, labs, expect: [policy, chat, { ...chat, to: "policy-server" }] };
    const texts = Object.entries(config).map(([key, value]) => [`labs:${key}`, JSON.stringify(value)]);
    pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
    process.env[labSelection] = "docker-networks";
    try {
      assert.deepEqual(
        readSettings().expect.map(({ from, to }) => [from, to]),
        [["chat-alice", "chat-server"]],
      );
    } finally {
      delete process.env[labSelection];
      pulumi.runtime.setAllConfig(before, []);
    }
  });
});
