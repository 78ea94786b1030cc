import assert from "node:assert/strict";
import { join } from "node:path";
import { isRehearsed, remoteHosts, scaleSetHosts } from "../../../tools/setup/declared-hosts";
import { FakeMachine } from "./support";

const server = (more: string): string => `{ name: one, address: 192.0.2.7, user: root, hostKeyPath: one.pub, ${more} }`;

describe("the servers of a stack file", () => {
  let machine: FakeMachine;
  beforeEach(() => (machine = new FakeMachine()));
  afterEach(() => machine.remove());

  function read(hosts: string) {
    machine.file(
      join(machine.project, "stacks", "Pulumi.test.yaml"),
      `config:\n  container-network-labs:hosts: ${hosts}\n`,
    );
    return remoteHosts(machine, "test");
  }

  it("are read with their defaults", () => {
    const hosts = read(`{ kind: remote, servers: [${server("privateKeyPath: key")}] }`);
    assert.equal(hosts?.rehearsed, false);
    assert.deepEqual(
      hosts?.servers.map(({ name, port, os, docker }) => ({ name, port, os, docker })),
      [{ name: "one", port: 22, os: "linux", docker: "ssh" }],
    );
  });

  it("are read without what Pulumi has encrypted", () => {
    const hosts = read(`{ kind: remote, servers: [${server('password: { secure: "v1:AAAA:BBBB" }')}] }`);
    assert.equal(hosts?.servers.length, 1);
    assert.doesNotMatch(JSON.stringify(hosts), /AAAA/);
  });

  it("are none in an environment of this machine's engine, and in one that is not written down", () => {
    assert.equal(read("{ kind: local }"), undefined);
    assert.equal(remoteHosts(machine, "another"), undefined);
  });

  it("are none where the settings are wrong, which the program tells of", () => {
    assert.equal(read("{ kind: remote, servers: [] }"), undefined);
    assert.equal(read("{ kind: remote"), undefined);
  });

  it("are none in a scale set, which is told apart", () => {
    const hosts = "{ kind: scale-set, rehearsed: true, capacity: 2, administration: { sources: [198.51.100.0/24] } }";
    assert.equal(read(hosts), undefined);
    assert.equal(scaleSetHosts(machine, "test")?.capacity, 2);
    assert.equal(isRehearsed(machine, "test"), true);
  });

  it("may be rehearsed, and are not unless it is said", () => {
    read(`{ kind: remote, servers: [${server("privateKeyPath: key")}] }`);
    assert.equal(isRehearsed(machine, "test"), false);
    assert.equal(scaleSetHosts(machine, "test"), undefined);
    read(`{ kind: remote, rehearsed: true, servers: [${server("privateKeyPath: key")}] }`);
    assert.equal(isRehearsed(machine, "test"), true);
    read("{ kind: local }");
    assert.equal(isRehearsed(machine, "test"), false);
  });
});
