import assert from "node:assert/strict";
import type { Expectation } from "../../../components/checks/expectation";
import { expectations } from "../../../components/labs/imds-proxy/expectations";
import { settings } from "../../../components/labs/imds-proxy/settings";
import { topology } from "../../../components/labs/imds-proxy/topology";
import type { HostOs } from "../../../components/labs/lab";

const metadata = "169.254.169.254";
const placed = (given: object, os: HostOs = "linux") => topology(settings.parse(given), os);
const stackOf = (given: object, name: string) => placed(given).containers.find((each) => each.name === name)?.stack;
const aclOf = (given: object, name: string) =>
  placed(given)
    .containers.find((each) => each.name === name)!
    .endpoints[0].acl?.map(({ direction, action, priority, remoteAddresses, localPorts }) =>
      [direction, action, priority, ...remoteAddresses, ...localPorts.map((port) => `:${port}`)].join(" "),
    );
const listen = { address: metadata, port: 80 };

describe("the topology of the imds-proxy lab", () => {
  it("has the metadata address in every stack of the default mode but the proxy's, which has a route", () => {
    for (const name of ["imds", "client1", "client2", "outsider"]) {
      assert.deepEqual([stackOf({}, name)!.addresses, stackOf({}, name)!.routes], [[{ address: metadata }], []]);
    }
    const route = { destination: `${metadata}/32`, nextHop: "10.169.0.1", endpoint: "10.169.0.2" };
    assert.deepEqual(stackOf({}, "proxy"), { addresses: [], routes: [route], portProxies: [] });
  });

  it("leaves containers no way out, whatever becomes of their stacks", () => {
    const way = (given: object) => placed(given).networks[0].defaultGateway;
    assert.equal(way({}), "10.169.0.253");
    assert.equal(way({ network: { gateway: "10.169.0.7" } }), "10.169.0.254");
    assert.equal(way({ mode: "proxy-owns-address" }), "10.169.0.253");
    assert.equal(way({ service: "azure" }), "10.169.0.253");
  });

  it("sends clients to the proxy, and nobody else anywhere", () => {
    const to = (address: string) => [{ listen, connect: { address, port: 80 } }];
    assert.deepEqual(stackOf({}, "client2")!.portProxies, to("10.169.0.2"));
    assert.deepEqual([stackOf({}, "outsider")!.portProxies, stackOf({}, "imds")!.portProxies], [[], []]);
  });

  it("has the address once, at the proxy, in the mode that is named for it", () => {
    const given = { mode: "proxy-owns-address" };
    assert.equal(stackOf(given, "imds"), undefined);
    assert.deepEqual(stackOf(given, "proxy"), {
      addresses: [{ address: metadata, endpoint: "10.169.0.2" }],
      routes: [],
      portProxies: [],
    });
    for (const [name, endpoint] of Object.entries({ client1: "10.169.0.4", outsider: "10.169.0.3" })) {
      const routes = [{ destination: `${metadata}/32`, endpoint }];
      assert.deepEqual(stackOf(given, name), { addresses: [], routes, portProxies: [] });
    }
  });

  it("leads the proxy, and nobody else, out to Azure's service", () => {
    const given = { service: "azure" };
    const { containers } = placed(given);
    assert.deepEqual(
      containers.map(({ name }) => name),
      ["proxy", "client1", "client2", "outsider"],
    );
    assert.deepEqual(stackOf(given, "proxy"), {
      addresses: [],
      routes: [{ destination: `${metadata}/32`, nextHop: "10.169.0.254", endpoint: "10.169.0.2" }],
      portProxies: [],
    });
    assert.deepEqual(stackOf(given, "outsider")!.addresses, [{ address: metadata }]);
  });

  it("lets clients to the proxy's port and the proxy to the service's, and decides nothing else", () => {
    const rest = ["In Allow 65500", "Out Allow 65500"];
    const others = "In Block 200 :80";
    assert.deepEqual(aclOf({}, "proxy"), ["In Allow 100 10.169.0.4 10.169.0.5 :80", others, ...rest]);
    assert.deepEqual(aclOf({}, "imds"), ["In Allow 100 10.169.0.2 :80", others, ...rest]);
    assert.deepEqual([aclOf({}, "client1"), aclOf({}, "outsider")], [undefined, undefined]);
  });

  it("lets nobody to the proxy where there are no clients: a rule without addresses would be for all", () => {
    assert.deepEqual(aclOf({ clients: { count: 0 } }, "proxy"), [
      "In Block 200 :80",
      "In Allow 65500",
      "Out Allow 65500",
    ]);
  });

  it("has the route on Windows for Azure's service alone: without it, the proxy would ask that in place of a stand-in", () => {
    const stackOnWindows = (given: object) =>
      placed(given, "windows").containers.find(({ role }) => role === "proxy")!.stack;
    assert.equal(stackOnWindows({}), undefined);
    assert.equal(stackOnWindows({ service: "azure" })!.routes[0].nextHop, "10.169.0.254");
  });

  it("names a bridge and a default gateway on Linux only", () => {
    assert.equal(placed({}).networks[0].bridge, "imds0");
    const [network] = placed({}, "windows").networks;
    assert.deepEqual([network.bridge, network.defaultGateway], [undefined, undefined]);
  });
});

describe("what is expected of the imds-proxy lab", () => {
  const expected = (given: object = {}): Expectation[] => expectations(settings.parse(given), "linux");
  const about = (given: object, pattern: RegExp) =>
    expected(given)
      .filter(({ name }) => pattern.test(name))
      .map(({ name }) => name);

  it("has each thing once, and a name for it", () => {
    const names = expected().map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.equal(names.length, 21);
  });

  it("counts at the stand-in, and not at Azure's service", () => {
    const kinds = (given: object) => expected(given).filter(({ kind }) => kind === "counted").length;
    assert.deepEqual([kinds({}), kinds({ clients: { count: 5 } }), kinds({ service: "azure" })], [2, 5, 0]);
  });

  it("expects tokens for those that are named and a refusal for the others", () => {
    const given = { identity: { clients: ["client2"] } };
    assert.deepEqual(about(given, /token/), ["client1 gets no token", "client2 gets a token"]);
  });

  it("asks for no real token: it would end up in a report", () => {
    assert.deepEqual(about({ service: "azure", identity: { clients: ["client2"] } }, /token/), [
      "client1 gets no token",
    ]);
  });

  it("asks Azure's service no more often than it answers", () => {
    const answers = expected({ service: "azure", clients: { count: 50 } }).filter(
      (each) => each.kind === "answer" && each.contains !== "forwarding_header" && ![403, 404].includes(each.status),
    );
    assert.equal(answers.length, 2);
  });

  it("keeps the outsider out with a control beside what it does not reach", () => {
    for (const given of [{}, { service: "azure" }, { mode: "proxy-owns-address" }]) {
      const kept = expected(given).filter((each) => each.kind === "no-reach" && each.from === "outsider");
      assert.equal(kept.length, "service" in given ? 2 : 3);
      assert.ok(kept.every((each) => each.kind === "no-reach" && each.to.port === 80 && each.control.port > 8000));
    }
  });

  it("expects little where there are no clients", () => {
    assert.ok(
      expected({ clients: { count: 0 } }).every(({ kind }) =>
        ["network", "endpoint", "reach", "no-reach"].includes(kind),
      ),
    );
  });
});
