import assert from "node:assert/strict";
import type { EngineAccess } from "../../../components/checks/expectation";
import { choose } from "../../../tools/commands/logs";
import { containersOf, endpointNamed, labNamed } from "../../../tools/daily/find";
import { at, container } from "../settings/support";

const [one, two]: EngineAccess[] = ["one", "two"].map((name) => ({
  ...{ name, kind: "remote", os: "linux", engine: `ssh://${name}` },
}));
const server = container({
  name: "server",
  endpoints: [{ network: "net", address: "10.0.0.1", aliases: ["web"] }],
});
const lab = (...containers: (typeof server)[]) => ({ lab: "first", networks: [], containers });
const declared = {
  hosts: [one, two],
  topology: {
    environment: "test",
    hosts: [
      { ...one, labs: [lab(server, at("client", "10.0.0.2"))] },
      { ...two, labs: [lab(server), { ...lab(at("web", "10.0.0.9")), lab: "second" }] },
    ],
  },
};

describe("an endpoint that somebody means", () => {
  const found = (where: string) => {
    const { container: its, host, lab: of } = endpointNamed(where, declared);
    return [its.name, host.name, of];
  };

  for (const [where, name, host, of] of [
    ["client", "client", "one", "first"],
    ["server@two", "server", "two", "first"],
    ["10.0.0.2", "client", "one", "first"],
    ["web@one", "server", "one", "first"],
    ["web", "web", "two", "second"],
  ]) {
    it(`${where} is ${name} on ${host}`, () => assert.deepEqual(found(where), [name, host, of]));
  }

  for (const [where, said] of [
    ["server", '"server" is several endpoints. Say which: server@one, server@two.'],
    ["10.0.0.1", '"10.0.0.1" is several endpoints. Say which: server@one, server@two.'],
    ["clients", 'There is no endpoint "clients" here. Did you mean "client"? There are: server, client, web.'],
    [
      "client@two",
      'There is no endpoint "client@two" here. Did you mean "client@one"? ' +
        "There are: server@one, client@one, server@two, web@two.",
    ],
    [undefined, "Say which endpoint. There are: server, client, web."],
  ]) {
    it(`is refused: ${where}`, () => assert.throws(() => endpointNamed(where, declared), { message: said }));
  }
});

describe("a lab that somebody means", () => {
  it("is one that is there", () => {
    assert.equal(labNamed("second", declared.topology), "second");
    const there = "There are: first, second.";
    assert.throws(() => labNamed("secnd", declared.topology), {
      message: `There is no lab "secnd" here. Did you mean "second"? ${there}`,
    });
    assert.throws(() => labNamed(undefined, declared.topology), { message: `Say which lab. ${there}` });
  });

  it("has containers, of which some can be named, and not more than anybody reads", () => {
    const all = containersOf(declared);
    const names = (lab: string, ...named: string[]) => choose(all, lab, named).map(({ container: { name } }) => name);
    assert.deepEqual(names("first"), ["server", "client", "server"]);
    assert.deepEqual(names("first", "client"), ["client"]);
    assert.throws(() => names("second", "client"), { message: "second has no container client. It has web." });
    const many = Array.from({ length: 21 }, (_, i) => ({ ...all[0], container: container({ name: `c${i}` }) }));
    assert.throws(() => choose(many, "first", []), {
      message: "first has 21 containers. Name up to 20: npm run logs first c0",
    });
    assert.equal(choose(many.slice(1), "first", []).length, 20);
  });
});
