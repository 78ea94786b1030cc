import assert from "node:assert/strict";
import {
  clusterFaults,
  encryptionLimits,
  memberAddressOf,
  type SurveyedMember,
} from "../../../components/cluster/survey";
import { kernelFacts, type MemberFacts } from "../../../components/hosts/member-facts";
import { hosts, type HostsSettings } from "../../../components/settings/hosts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs";
const server = (name: string, change: object = {}) => ({
  ...{ name, address: `${name}.example`, user: "me", privateKeyPath: "~/.ssh/id", hostKey: key },
  ...change,
});

function remote(change: object = {}, cluster: unknown = "swarm"): HostsSettings {
  return hosts.parse({ kind: "remote", cluster, servers: [server("one", change), server("two")] });
}

/** What is seen of a host with one address that is in no swarm, but for what a test says. */
function seen(
  hostName: string,
  member: Partial<MemberFacts> = {},
  addresses = [`10.0.0.${hostName.length}`],
): SurveyedMember {
  const facts: MemberFacts = { state: "inactive", node: "", managers: [], ...member };
  return { hostName, facts: { networks: [], containers: [], addresses, member: facts } };
}

const ours = { state: "active", node: "n1", labels: { "container-network-labs.stack": "unit" }, managers: [] };

describe("the hosts that are to be a cluster", () => {
  it("are fine in no swarm, in the stack's own, and where they do not tell at the moment", () => {
    const worker = { state: "active", node: "n2", managers: [{ id: "n1", address: "10.0.0.3:2377" }] };
    for (const [one, two] of [
      [{}, {}],
      [ours, worker],
      [{ state: "locked" }, { state: "pending" }],
      [{ state: "active", node: "n1", leaderless: true as const }, {}],
    ]) {
      assert.deepEqual(clusterFaults(remote(), [seen("one", one), seen("two", two)], "unit"), []);
    }
  });

  it("are refused in a swarm of somebody else's, with the node's id and what to do", () => {
    const theirs = { state: "active", node: "n7", managers: [{ id: "n9", address: "192.0.2.9:2377" }] };
    const other = { ...ours, labels: { "container-network-labs.stack": "other" } };
    const faults = clusterFaults(remote(), [seen("one", theirs), seen("two", other)], "unit");
    assert.deepEqual(
      faults.map((fault) => fault.key),
      ["hosts.cluster", "hosts.cluster"],
    );
    assert.match(String(faults[0].value), /host "one" is node n7/);
    assert.match(faults[0].allowed, /192\.0\.2\.9:2377/);
    assert.match(faults[1].allowed, /of "other"/);
    assert.match(faults[0].cure, /docker swarm leave --force; else leave "one" out/);
  });

  it("are refused with engines whose containers outlive them", () => {
    const members = [seen("one"), seen("two", { liveRestore: true })];
    const faults = clusterFaults(remote(), members, "unit");
    assert.deepEqual(
      faults.map(({ key: at, value }) => [at, value]),
      [["hosts.cluster", 'the engine of host "two" has live-restore']],
    );
  });

  it("are refused what their kernels cannot, if it is asked for by name", () => {
    const members = [seen("one", { cannotEncrypt: "no such algorithm", ipvs: false }), seen("two", { ipvs: true })];
    assert.deepEqual(clusterFaults(remote(), members, "unit"), []);
    const asked = remote({}, { kind: "swarm", encrypted: true, publish: "ingress" });
    assert.deepEqual(
      clusterFaults(asked, members, "unit").map((fault) => [fault.key, /host "one"/.test(fault.allowed)]),
      [
        ["hosts.cluster.encrypted", true],
        ["hosts.cluster.publish", true],
      ],
    );
  });

  it("reach each other where the settings say, else at the address that is known to be their own", () => {
    const at = (settings: HostsSettings, own: string[]) => memberAddressOf(settings, [seen("one", {}, own)], "one");
    assert.equal(at(remote({ memberAddress: "10.9.9.9" }), ["10.9.9.9", "10.0.0.1"]), "10.9.9.9");
    assert.equal(at(remote({ address: "10.0.0.2" }), ["10.0.0.1", "10.0.0.2"]), "10.0.0.2");
    assert.equal(at(remote(), ["10.0.0.1"]), "10.0.0.1");
    assert.equal(at(remote(), ["10.0.0.1", "10.0.0.2"]), undefined);
    assert.equal(memberAddressOf(hosts.parse({ kind: "local", cluster: "swarm" }), [], "local"), "127.0.0.1");
  });

  it("are asked for an address where there are several, or one that is not theirs", () => {
    const faults = (change: object) =>
      clusterFaults(remote(change), [seen("one", {}, ["10.0.0.1", "10.0.0.2"]), seen("two")], "unit");
    assert.deepEqual(
      [faults({}), faults({ memberAddress: "10.0.0.3" })].map(([{ key: at, value }]) => [at, value]),
      [
        ["hosts.servers[0].memberAddress", "10.0.0.1, 10.0.0.2"],
        ["hosts.servers[0].memberAddress", "10.0.0.3"],
      ],
    );
    assert.deepEqual(faults({ memberAddress: "10.0.0.2" }), []);
  });

  it("tell what keeps them from encrypting, each reason once", () => {
    assert.deepEqual(kernelFacts("esp yes\nipvs 0\n"), { ipvs: true });
    assert.deepEqual(kernelFacts("esp no Error: Requested AEAD algorithm not found.\nipvs 1\n"), {
      ...{ cannotEncrypt: "Requested AEAD algorithm not found", ipvs: false },
    });
    assert.match(kernelFacts("").cannotEncrypt!, /could not be tried/);
    const members = [seen("one", { cannotEncrypt: "x" }), seen("two", { cannotEncrypt: "x" }), seen("three")];
    assert.deepEqual(encryptionLimits(members), ["hosts one, two: x"]);
  });
});
