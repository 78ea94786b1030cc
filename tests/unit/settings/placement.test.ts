import assert from "node:assert/strict";
import type { HostOs } from "../../../components/labs/lab";
import { parse, type Registry } from "../../../components/settings/parse";
import { faultsOf, registry } from "./support";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs";

/** Labs of these names and systems, which differ in nothing else and have nothing in common. */
function labs(systems: Readonly<Record<string, HostOs[]>>): Registry {
  const { settings } = registry["docker-networks"];
  const empty = {
    settings,
    topology: () => ({ networks: [], containers: [] }),
    faults: () => [],
    expectations: () => [],
  };
  return Object.fromEntries(Object.entries(systems).map(([name, on]) => [name, { ...empty, systems: on }]));
}

function environment(servers: Readonly<Record<string, HostOs>>, names: readonly string[], placement?: unknown) {
  const windows = { docker: "tcp+tls", tls: { certPath: "certs" } };
  const all = Object.entries(servers).map(([name, os], i) => ({
    ...{ name, os, address: `192.0.2.${i + 1}`, user: "me", privateKeyPath: "id", hostKey: key },
    ...(os === "windows" ? windows : {}),
  }));
  const hosts = { kind: "remote", servers: all, ...(placement === undefined ? {} : { placement }) };
  return { hosts, labs: Object.fromEntries(names.map((name) => [name, {}])) };
}

function placed(raw: ReturnType<typeof environment>, known: Registry): string[] {
  return parse(raw, "here", known).placed.map(({ lab, host }) => `${lab} on ${host.name}`);
}

const three = labs({ a: ["linux", "windows"], b: ["linux", "windows"], c: ["linux", "windows"] });

describe("labs on several hosts", () => {
  it("are spread, one after the other", () => {
    const raw = environment({ one: "linux", two: "linux" }, ["c", "b", "a"]);
    assert.deepEqual(placed(raw, three), ["a on one", "b on two", "c on one"]);
  });

  it("stay where they are when another lab is added or left out", () => {
    const raw = environment({ one: "linux", two: "linux" }, ["a", "c"]);
    assert.deepEqual(placed(raw, three), ["a on one", "c on one"]);
  });

  it("are spread over the servers of a system that they run on", () => {
    const mixed = labs({ a: ["linux"], b: ["linux"], c: ["windows"] });
    const raw = environment({ win: "windows", one: "linux", two: "linux" }, ["a", "b", "c"]);
    assert.deepEqual(placed(raw, mixed), ["a on one", "b on two", "c on win"]);
  });

  it("are all on every server that they run on", () => {
    const mixed = labs({ a: ["linux"], b: ["linux", "windows"] });
    const raw = environment({ one: "linux", win: "windows" }, ["a", "b"], "all");
    assert.deepEqual(placed(raw, mixed), ["a on one", "b on one", "b on win"]);
  });

  it("are where the settings say, and spread where those say nothing", () => {
    const raw = environment({ one: "linux", two: "linux" }, ["a", "b", "c"], { a: "two", c: ["two", "one"] });
    assert.deepEqual(placed(raw, three), ["a on two", "b on two", "c on one", "c on two"]);
  });

  it("are checked host by host: what two servers have each is no clash", () => {
    const raw = environment({ one: "linux", two: "linux" }, ["docker-networks"], "all");
    const { topology } = parse(raw, "here", registry);
    assert.deepEqual(
      topology.hosts.map(({ name, kind, labs: on }) => [name, kind, on.map(({ lab }) => lab)]),
      [
        ["one", "remote", ["docker-networks"]],
        ["two", "remote", ["docker-networks"]],
      ],
    );
  });

  it("may be named by the placement though this run leaves them out", () => {
    assert.deepEqual(faultsOf(environment({ one: "linux" }, ["a"], { b: "one" }), three), []);
  });

  it("are refused where no server has their system", () => {
    const raw = environment({ one: "linux", two: "linux" }, ["a"]);
    assert.deepEqual(faultsOf(raw, labs({ a: ["windows"] })), [
      {
        key: "labs.a",
        value: "linux",
        allowed: 'a host for windows containers; "one" is for linux containers, "two" is for linux containers',
        cure: "remove the lab, or declare another host for it",
      },
    ]);
  });

  it("are refused on a server of another system", () => {
    const raw = environment({ one: "linux", win: "windows" }, ["a"], { a: "win" });
    assert.deepEqual(faultsOf(raw, labs({ a: ["linux"] })), [
      {
        key: "hosts.placement.a",
        value: "win",
        allowed: 'a server for linux containers; "win" is for windows containers',
        cure: "name another server, or remove the lab",
      },
    ]);
  });
});
