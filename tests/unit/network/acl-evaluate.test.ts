import assert from "node:assert/strict";
import * as fc from "fast-check";
import { connects, decide, type Flow } from "../../../components/network/acl/evaluate";
import { anyRule, closed, type AclRule, type Action } from "../../../components/network/acl/rule";

/** A rule for everything that comes in, allowed, but for what a test says of it. */
function rule(spec: Partial<AclRule> = {}): AclRule {
  return { ...anyRule("In", "Allow", 100), ...spec };
}

const web: Flow = {
  direction: "In",
  protocol: 6,
  localAddress: "10.0.0.2",
  localPort: 80,
  remoteAddress: "10.0.0.3",
  remotePort: 40_000,
};
const block80 = rule({ action: "Block", protocol: 6, localAddresses: ["10.0.0.2"], localPorts: ["80"] });

type Row = readonly [title: string, rules: readonly AclRule[], flow: Partial<Flow>, outcome: Action | undefined];

const rows: readonly Row[] = [
  ["no rules leave everything open", [], {}, "Allow"],
  ["what no rule matches is denied", [rule({ protocol: 17 })], {}, "Block"],
  ["a rule for one direction denies the other", [rule()], { direction: "Out" }, "Block"],
  ["a closing pair allows the rest", closed([block80]), { localPort: 81 }, "Allow"],
  ["a closing pair allows the rest of the other direction", closed([block80]), { direction: "Out" }, "Allow"],
  ["the lower number wins", [rule({ priority: 200 }), rule({ action: "Block", priority: 100 })], {}, "Block"],
  ["the lower number wins in any order", [rule({ action: "Block", priority: 200 }), rule()], {}, "Allow"],
  ["numbers are compared as numbers", [rule({ action: "Block", priority: 1000 }), rule({ priority: 99 })], {}, "Allow"],
  ["a rule of the other direction does not match", [rule({ direction: "Out" })], {}, "Block"],
  ["protocol 256 matches any", [rule()], { protocol: 1, localPort: undefined, remotePort: undefined }, "Allow"],
  ["a protocol matches itself", [rule({ protocol: 17 })], { protocol: 17 }, "Allow"],
  ["a protocol matches no other", [rule({ protocol: 1 })], {}, "Block"],
  ["an address matches", [rule({ localAddresses: ["10.0.0.1", "10.0.0.2"] })], {}, "Allow"],
  ["another address does not", [rule({ localAddresses: ["10.0.0.3"] })], {}, "Block"],
  ["the peer's address is another", [rule({ remoteAddresses: ["10.0.0.2"] })], {}, "Block"],
  [
    "both addresses have to match",
    [rule({ localAddresses: ["10.0.0.2"], remoteAddresses: ["10.0.0.9"] })],
    {},
    "Block",
  ],
  ["a subnet matches its last address", [rule({ remoteAddresses: ["10.0.0.0/30"] })], {}, "Allow"],
  ["a subnet does not match the next", [rule({ remoteAddresses: ["10.0.0.0/31"] })], {}, "Block"],
  ["0.0.0.0/0 matches every address", [rule({ remoteAddresses: ["0.0.0.0/0"] })], {}, "Allow"],
  ["a port matches", [rule({ protocol: 6, localPorts: ["79", "80"] })], {}, "Allow"],
  ["the peer's port is another", [rule({ protocol: 6, remotePorts: ["80"] })], {}, "Block"],
  ["a range has its first port", [rule({ protocol: 6, localPorts: ["80-90"] })], {}, "Allow"],
  ["a range has its last port", [rule({ protocol: 6, localPorts: ["70-80"] })], {}, "Allow"],
  ["a range has no port beyond it", [rule({ protocol: 6, localPorts: ["70-79", "81-90"] })], {}, "Block"],
  [
    "a port that is not known leaves it open",
    closed([rule({ action: "Block", protocol: 6, remotePorts: ["1024-2047"] })]),
    { remotePort: undefined },
    undefined,
  ],
  [
    "a port that is not known does not matter where the outcome is the same",
    closed([rule({ protocol: 6, remotePorts: ["1024-2047"] })]),
    { remotePort: undefined },
    "Allow",
  ],
  [
    "a port that is not known does not matter behind a rule that matches",
    [rule({ priority: 1 }), rule({ action: "Block", protocol: 6, remotePorts: ["1024-2047"] })],
    { remotePort: undefined },
    "Allow",
  ],
  [
    "a port that is not known does not matter where the other port does not match",
    closed([rule({ action: "Block", protocol: 6, localPorts: ["81"], remotePorts: ["1024-2047"] })]),
    { remotePort: undefined },
    "Allow",
  ],
  [
    "a port that is not known may be denied at the end of the list",
    [rule({ protocol: 6, remotePorts: ["1024-2047"] })],
    { remotePort: undefined },
    undefined,
  ],
];

describe("what an ACL does with a flow", () => {
  for (const [title, rules, flow, outcome] of rows) {
    it(title, () => assert.equal(decide(rules, { ...web, ...flow }), outcome));
  }

  it("is told of no port only where it is so for each", () => {
    const ports = fc.subarray(["1-100", "50-150", "100", "101-65535", "40000"]);
    const rules = fc.uniqueArray(
      fc
        .record({ action: fc.constantFrom<Action>("Allow", "Block"), priority: fc.nat(50), remotePorts: ports })
        .map((spec) => rule({ protocol: 6, ...spec })),
      { selector: ({ priority }) => priority },
    );
    fc.assert(
      fc.property(rules, fc.integer({ min: 1, max: 200 }), (list, remotePort) => {
        const outcome = decide(list, { ...web, remotePort: undefined });
        assert.ok([undefined, decide(list, { ...web, remotePort })].includes(outcome));
      }),
    );
  });
});

describe("whether a connection gets through", () => {
  const server = { address: "10.0.0.2", port: 80 };
  const client = { address: "10.0.0.3" };
  const denied = [rule({ protocol: 17 })];
  const fromLowPorts = closed([rule({ action: "Block", protocol: 6, remotePorts: ["1-1023"] })]);
  const toLowPorts = closed([rule({ direction: "Out", action: "Block", protocol: 6, remotePorts: ["1-1023"] })]);

  it("does between endpoints without ACLs", () => assert.equal(connects(client, server), true));

  it("does not where the server's end blocks it", () => {
    assert.equal(connects(client, { ...server, acl: closed([block80]) }), false);
    assert.equal(connects(client, { ...server, acl: closed([block80]), port: 81 }), true);
    assert.equal(connects(client, { ...server, acl: closed([block80]) }, 17), true);
  });

  it("does not where the client's end blocks it", () => {
    assert.equal(connects({ ...client, acl: toLowPorts }, server), false);
    assert.equal(connects({ ...client, acl: toLowPorts }, { ...server, port: 8080 }), true);
  });

  it("asks each end for its own direction, so the other way may differ", () => {
    const guarded = { ...server, acl: closed([rule({ action: "Block" })]) };
    assert.equal(connects(client, guarded), false);
    assert.equal(connects(guarded, { ...client, port: 80 }), true);
  });

  it("is not known where it hangs on the client's port, unless the other end blocks it anyway", () => {
    assert.equal(connects(client, { ...server, acl: fromLowPorts }), undefined);
    assert.equal(connects({ ...client, acl: denied }, { ...server, acl: fromLowPorts }), false);
    assert.equal(connects(client, { ...server, acl: fromLowPorts }, 1), true);
  });

  it("always does from an address to itself", () => {
    assert.equal(connects({ ...server, acl: denied }, { ...server, acl: denied }), true);
  });
});
