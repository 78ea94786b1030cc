import assert from "node:assert/strict";
import { endpointPolicies } from "../../../components/labs/endpoint-policies";
import { settings } from "../../../components/labs/endpoint-policies/settings";
import { faultsOf, asRow } from "../settings/support";

const local = { hosts: { kind: "local" } };
const faults = (lab: object) =>
  faultsOf({ ...local, labs: { "endpoint-policies": lab } }, { "endpoint-policies": endpointPolicies }).map(
    asRow("labs.endpoint-policies."),
  );
const server = (...rules: object[]) => ({ policies: { server: rules } });

describe("the settings of the endpoint-policies lab", () => {
  it("are the document's case where nothing is said", () => {
    assert.deepEqual(faults({}), []);
    const { policies, state, closing } = settings.parse({});
    assert.deepEqual([state, closing, policies.client, policies.neighbour], ["blocked", true, [], []]);
    assert.deepEqual(
      policies.server.map(({ direction, priority, protocol, localAddresses, localPorts }) => [
        ...[direction, priority, protocol],
        ...[localAddresses, localPorts],
      ]),
      [
        ["In", 100, 6, ["10.80.0.1"], ["80"]],
        ["Out", 100, 6, [], []],
      ],
    );
  });

  it("follow the subnet and the server's address where these are all that is said", () => {
    const moved = settings.parse({ network: { subnet: "10.9.0.0/28" }, server: { address: "10.9.0.7" } });
    assert.equal(moved.network.gateway, "10.9.0.14");
    assert.deepEqual(
      [moved.server, moved.client, moved.neighbour].map(({ address }) => address),
      ["10.9.0.7", "10.9.0.2", "10.9.0.3"],
    );
    assert.deepEqual(moved.policies.server[0].localAddresses, ["10.9.0.7"]);
  });

  it("give rules without an action the one of the state, and leave those with one alone", () => {
    const acl = (state: string) =>
      endpointPolicies
        .topology(
          settings.parse({
            state,
            ...server({ direction: "In", priority: 1 }, { direction: "Out", priority: 1, action: "Allow" }),
          }),
          "linux",
        )
        .containers[0].endpoints[0].acl?.map(({ direction, action, priority }) => `${action} ${direction} ${priority}`);
    const closing = ["Allow In 65500", "Allow Out 65500"];
    assert.deepEqual(acl("blocked"), ["Block In 1", "Allow Out 1", ...closing]);
    assert.deepEqual(acl("allowed"), ["Allow In 1", "Allow Out 1", ...closing]);
  });

  it("leave a list open at its end if told to, and an endpoint without rules open", () => {
    const [ruled, open] = endpointPolicies.topology(settings.parse({ closing: false }), "linux").containers;
    assert.equal(ruled.endpoints[0].acl?.length, 2);
    assert.equal(open.endpoints[0].acl, undefined);
  });

  it("refuse a rule that never matches, being for another's address", () => {
    assert.deepEqual(faults(server({ direction: "In", priority: 1, localAddresses: ["10.80.0.2", "10.81.0.0/16"] })), [
      [
        "policies.server[0].localAddresses",
        ["10.80.0.2", "10.81.0.0/16"],
        "addresses of which one is policy-server's, 10.80.0.1",
        "write 10.80.0.1, or leave them out: the rule is on policy-server's endpoint, which has no other address",
      ],
    ]);
    assert.deepEqual(faults(server({ direction: "In", priority: 1, localAddresses: "10.80.0.0/30" })), []);
  });

  const bad: Record<string, [object, string]> = {
    "two rules of one priority in a direction": [
      server({ direction: "In", priority: 5 }, { direction: "In", priority: 5, action: "Allow" }),
      "policies.server[1].priority",
    ],
    "a rule behind the closing pair": [server({ direction: "In", priority: 65500 }), "policies.server[0].priority"],
    "ports of a protocol without ports": [
      server({ direction: "In", priority: 5, protocol: "icmp", localPorts: 80 }),
      "policies.server[0].localPorts",
    ],
    "faults on the other endpoints": [
      { policies: { neighbour: [{ direction: "In", priority: 5, localAddresses: "10.80.0.1" }] } },
      "policies.neighbour[0].localAddresses",
    ],
    "an unknown state": [{ state: "open" }, "state"],
    "an address outside the subnet": [{ client: { address: "10.81.0.2" } }, "client.address"],
    "two containers with one address": [{ neighbour: { address: "10.80.0.2" } }, "neighbour.address"],
    "two containers of one name": [{ neighbour: { name: "policy-client" } }, "neighbour.name"],
  };
  for (const [what, [lab, key]] of Object.entries(bad)) {
    it(`refuse ${what}`, () => {
      assert.deepEqual(
        faults(lab).map(([found]) => found),
        [key],
      );
    });
  }

  it("take a rule behind where the closing pair would be if there is none", () => {
    assert.deepEqual(faults({ closing: false, ...server({ direction: "In", priority: 65500 }) }), []);
  });
});
