import assert from "node:assert/strict";
import { hosts } from "../../../components/settings/hosts";
import { SettingsError } from "../../../components/settings/settings-error";
import { parse, type Settings } from "../../../components/settings/parse";
import { labs } from "../../../components/labs";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs";
const server = (name: string, at: number, change: object = {}) => ({
  ...{ name, address: `192.0.2.${at}`, user: "me", privateKeyPath: "~/.ssh/id", hostKey: key },
  ...change,
});
const three = [server("one", 1), server("two", 2), server("three", 3)];
const remote = (change: object = {}, servers: object[] = three) => ({
  kind: "remote",
  cluster: "swarm",
  servers,
  ...change,
});

const given = { "docker-networks": {}, "endpoint-policies": {}, "app-pool": { listen: "0.0.0.0" } };
const settings = (hostsGiven: object, labsGiven: object = given): Settings =>
  parse({ hosts: hostsGiven, labs: labsGiven }, "unit", labs);
const faults = (hostsGiven: object, labsGiven: object = given) => {
  try {
    settings(hostsGiven, labsGiven);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.faults;
  }
  return assert.fail("nothing was refused");
};
const places = ({ placed }: Settings) => placed.map(({ lab, host }) => `${lab} on ${host.name}`);

describe("the settings of a cluster", () => {
  it("are a word, or an object with what is to be otherwise", () => {
    const cluster = (value: unknown) => hosts.parse({ kind: "local", cluster: value }).cluster;
    assert.deepEqual(cluster("swarm"), { kind: "swarm", publish: "host" });
    assert.deepEqual(cluster({ kind: "swarm" }), cluster("swarm"));
    assert.deepEqual(cluster({ kind: "swarm", encrypted: false, publish: "ingress" }), {
      ...{ kind: "swarm", encrypted: false, publish: "ingress" },
    });
    assert.equal(cluster(undefined), undefined);
  });

  it("put the labs that can be spread on it, and the others where they were", () => {
    assert.deepEqual(places(settings(remote())), [
      "docker-networks on cluster",
      "endpoint-policies on three",
      "app-pool on cluster",
    ]);
    assert.deepEqual(places(settings(remote({ cluster: undefined }))), [
      "docker-networks on one",
      "endpoint-policies on three",
      "app-pool on one",
    ]);
  });

  it("leave a lab where the settings name a host for it", () => {
    const placement = { "docker-networks": "two", "app-pool": "cluster" };
    assert.deepEqual(places(settings(remote({ placement }))).slice(0, 2), [
      "docker-networks on two",
      "endpoint-policies on three",
    ]);
  });

  it("show the cluster behind its hosts, with their names", () => {
    const { topology } = settings(remote());
    assert.deepEqual(
      topology.hosts.map(({ name, kind, members }) => [name, kind, members]),
      [
        ["one", "remote", undefined],
        ["two", "remote", undefined],
        ["three", "remote", undefined],
        ["cluster", "cluster", ["one", "two", "three"]],
      ],
    );
  });

  const refused: Record<string, [object, string, unknown, RegExp]> = {
    "a word that is none": [remote({ cluster: "kubernetes" }), "hosts.cluster", "kubernetes", /swarm/],
    "hosts of different systems": [
      remote({}, [
        server("one", 1),
        server("two", 2, { os: "windows", docker: "tcp+tls", tls: { certPath: "certs" } }),
      ]),
      ...(["hosts.servers[1].os", "windows", /linux, as the others/] as const),
    ],
    "a host of the cluster's name": [
      remote({}, [server("one", 1), server("cluster", 2)]),
      ...(["hosts.servers[1].name", "cluster", /all hosts together/] as const),
    ],
    "an address that two members have": [
      remote({}, [server("one", 1, { memberAddress: "10.0.0.1" }), server("two", 2, { memberAddress: "10.0.0.1" })]),
      ...(["hosts.servers[1].memberAddress", "10.0.0.1", /no other server/] as const),
    ],
    "encryption on Windows": [
      { kind: "local", os: "windows", cluster: { kind: "swarm", encrypted: true } },
      ...(["hosts.cluster.encrypted", true, /Windows/] as const),
    ],
    "a lab that cannot be spread": [
      remote({ placement: { "endpoint-policies": "cluster" } }),
      ...(["hosts.placement.endpoint-policies", "cluster", /docker-networks and app-pool/] as const),
    ],
    "a cluster that there is not": [
      remote({ cluster: undefined, placement: { "app-pool": "cluster" } }),
      ...(["hosts.placement.app-pool", "cluster", /one, two, three/] as const),
    ],
  };
  for (const [what, [hostsGiven, faultKey, value, allowed]] of Object.entries(refused)) {
    it(`are refused: ${what}`, () => {
      const found = faults(hostsGiven).find((fault) => fault.key === faultKey);
      assert.deepEqual(found?.value, value);
      assert.match(found!.allowed, allowed);
      assert.ok(found!.cure.length > 0);
    });
  }

  it("refuse what a host and the cluster would both have, and say it once", () => {
    const port = { "docker-networks": { web: { server: { port: 8090 } } }, "app-pool": { listen: "0.0.0.0" } };
    const found = faults(remote({ placement: { "docker-networks": "two" } }), port);
    assert.deepEqual(
      found.map(({ value }) => value),
      [8090],
    );
  });
});
