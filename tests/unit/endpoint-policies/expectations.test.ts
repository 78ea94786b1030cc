import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Expectation, NoReachExpectation } from "../../../components/checks/expectation";
import { endpointPolicies } from "../../../components/labs/endpoint-policies";
import { settings } from "../../../components/labs/endpoint-policies/settings";
import { connects } from "../../../components/network/acl/evaluate";
import { alone } from "../components/place";

const expected = (given: object = {}) => endpointPolicies.expectations(settings.parse(given), "linux", alone());
const between = (given: object = {}) =>
  expected(given).filter(({ kind, name }) => /reach/.test(kind) && !/itself/.test(name));
const names = (given?: object) => between(given).map(({ name }) => name.replaceAll("policy-", ""));
const blocked = (given?: object) => names(given).filter((name) => name.includes("not"));
const controls = (given?: object) =>
  Object.fromEntries(
    between(given)
      .filter((each): each is NoReachExpectation => each.kind === "no-reach")
      .map(({ from, to, control }) => [
        `${from.replace("policy-", "")} ${to.host}:${to.port}`,
        `${control.host}:${control.port}`,
      ]),
  );
const ruled = (member: string, ...rules: object[]) => ({ policies: { server: [], [member]: rules } });

describe("what the endpoint-policies lab expects", () => {
  it("is the document's table while its rules block", () => {
    assert.deepEqual(names(), [
      "server does not reach client:80 (Block Out, priority 100)",
      "server does not reach client:8080 (Block Out, priority 100)",
      "server does not reach neighbour:80 (Block Out, priority 100)",
      "server does not reach neighbour:8080 (Block Out, priority 100)",
      "client does not reach server:80 (Block In, priority 100)",
      "client reaches server:8080",
      "client reaches neighbour:80",
      "client reaches neighbour:8080",
      "neighbour does not reach server:80 (Block In, priority 100)",
      "neighbour reaches server:8080",
      "neighbour reaches client:80",
      "neighbour reaches client:8080",
    ]);
  });

  it("is that everybody reaches everybody once they allow", () => {
    assert.equal(names({ state: "allowed" }).length, 12);
    assert.deepEqual(blocked({ state: "allowed" }), []);
  });

  it("is that what no rule matches is denied where nothing closes the list", () => {
    const given = { state: "allowed", closing: false };
    assert.deepEqual(blocked(given), [
      "client does not reach server:8080 (no In rule allows it)",
      "neighbour does not reach server:8080 (no In rule allows it)",
    ]);
  });

  it("tells neighbours apart by their addresses, and blames the rule that decides", () => {
    const rules = [
      { direction: "In", action: "Allow", priority: 20, remoteAddresses: "10.80.0.3" },
      { direction: "In", action: "Block", priority: 40, protocol: "tcp" },
      { direction: "In", action: "Block", priority: 30, protocol: "tcp", localPorts: "80-90" },
      { direction: "In", action: "Block", priority: 10, protocol: "udp" },
    ];
    assert.deepEqual(blocked(ruled("server", ...rules)), [
      "client does not reach server:80 (Block In, priority 30)",
      "client does not reach server:8080 (Block In, priority 40)",
    ]);
  });

  it("follows from rules on the client's endpoint, too", () => {
    const rule = { direction: "Out", priority: 7, protocol: "tcp", remoteAddresses: "10.80.0.1", remotePorts: 8080 };
    assert.deepEqual(blocked(ruled("client", rule)), ["client does not reach server:8080 (Block Out, priority 7)"]);
  });

  it("says nothing of what hangs on the port that a client is lent", () => {
    const rule = { direction: "Out", priority: 7, protocol: "tcp", localPorts: "40000-50000" };
    const said = names(ruled("client", rule));
    assert.equal(said.length, 8);
    assert.ok(said.every((name) => !name.startsWith("client")));
  });

  it("controls with the target's other port, else with another container, else with the prober itself", () => {
    assert.deepEqual(controls(), {
      "server 10.80.0.2:80": "10.80.0.1:80",
      "server 10.80.0.2:8080": "10.80.0.1:80",
      "server 10.80.0.3:80": "10.80.0.1:80",
      "server 10.80.0.3:8080": "10.80.0.1:80",
      "client 10.80.0.1:80": "10.80.0.1:8080",
      "neighbour 10.80.0.1:80": "10.80.0.1:8080",
    });
    assert.equal(controls(ruled("server", { direction: "In", priority: 1 }))["client 10.80.0.1:80"], "10.80.0.3:80");
  });

  it("has a witness for every target that is out of reach: its own container", () => {
    const all = expected();
    const own = all.filter((each) => each.kind === "reach" && each.name.includes("itself"));
    assert.equal(own.length, 6);
    for (const each of all.filter((one): one is NoReachExpectation => one.kind === "no-reach")) {
      assert.ok(
        own.some((one) => one.kind === "reach" && one.to.host === each.to.host && one.to.port === each.to.port),
        each.name,
      );
    }
  });

  it("is what the evaluator says, and never without a control, whatever the rules", () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), fc.array(rule, { maxLength: 6 }), fc.boolean(), (a, b, closing) => {
        const given = settings.parse({ closing, policies: { server: numbered(a), client: numbered(b) } });
        const ends = new Map(
          endpointPolicies
            .topology(given, "linux")
            .containers.map(({ name, endpoints: [{ address, acl }] }) => [name, { address, acl }]),
        );
        const byAddress = (address: string) => [...ends.values()].find((each) => each.address === address)!;
        for (const each of endpointPolicies.expectations(given, "linux", alone()).filter(isReach)) {
          const from = ends.get(each.from)!;
          const passes = ({ host, port }: { host: string; port: number }) =>
            connects(from, { ...byAddress(host), port });
          assert.equal(passes(each.to), each.kind === "reach", each.name);
          assert.ok(each.kind === "reach" || passes(each.control) === true, each.name);
        }
      }),
    );
  });
});

function isReach(each: Expectation) {
  return each.kind === "reach" || each.kind === "no-reach";
}

const address = fc.constantFrom("10.80.0.1", "10.80.0.2", "10.80.0.3", "10.80.0.2/31", "10.80.0.0/24");
const port = fc.constantFrom(80, 8080, "80-8080", "1-79");
const rule = fc.record(
  {
    direction: fc.constantFrom("In", "Out"),
    action: fc.constantFrom("Allow", "Block"),
    protocol: fc.constant("tcp"),
    localAddresses: address,
    remoteAddresses: address,
    localPorts: port,
    remotePorts: port,
  },
  { requiredKeys: ["direction", "protocol"] },
);

function numbered(rules: readonly object[]): object[] {
  return rules.map((each, i) => ({ ...each, priority: i + 1 }));
}
