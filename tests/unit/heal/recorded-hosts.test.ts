import assert from "node:assert/strict";
import type { RecordedHost } from "../../../components/hosts/recorded-host";
import { hostsAnew, machinesIn, otherMachines, presentServers, recordedHosts } from "../../../tools/recorded-hosts";
import type { RecordedResource, StackState } from "../../../tools/stack";

function host(number: number, change: Partial<RecordedHost> = {}): RecordedHost {
  return {
    server: {
      name: `labs-${number}`,
      instance: String(number - 1),
      address: "127.77.0.2",
      port: 49_999 + number,
      user: "labs",
      os: "linux",
      docker: "tcp+tls",
      privateKeyPath: "out/test/azure/key",
      hostKey: "ssh-ed25519 AAAA",
      tls: { port: 50_999 + number, certPath: "out/test/azure/tls" },
    },
    machine: `engine-${number}`,
    credentials: "hash",
    ...change,
  };
}

const resource = (type: string, outputs: object): RecordedResource => ({
  urn: `urn::${type}`,
  type,
  outputs: { ...outputs },
});
const component = (recorded: RecordedHost | undefined) =>
  resource("container-network-labs:hosts:ScaleSetHost", { recorded });
const scaleSet = resource("azure-native:compute:VirtualMachineScaleSet", {});
const balancer = (...machines: readonly (readonly [id: string, number: number])[]) =>
  resource("azure-native:network:LoadBalancer", {
    backendAddressPools: [
      {
        loadBalancerBackendAddresses: machines.map(([id, number]) => ({
          networkInterfaceIPConfiguration: { id: `/x/virtualMachines/${id}/networkInterfaces/card` },
          inboundNatRulesPortMapping: [
            { inboundNatRuleName: "ssh", frontendPort: 49_999 + number },
            { inboundNatRuleName: "docker", frontendPort: 50_999 + number },
          ],
        })),
      },
    ],
  });
const state = (...resources: RecordedResource[]): StackState => ({ version: 3, deployment: { resources } });
const hosts = [host(1), host(2)];

describe("the hosts of a scale set that a state records", () => {
  it("are in the order of their numbers, without those that nothing is known of", () => {
    const found = recordedHosts(state(...[host(10), host(2)].map(component), component(undefined)));
    assert.deepEqual(
      found.map(({ server }) => server.name),
      ["labs-2", "labs-10"],
    );
    assert.deepEqual(recordedHosts(undefined), []);
  });

  it("have the machines behind their ports", () => {
    const machines = machinesIn(state(...hosts.map(component), scaleSet, balancer(["0", 1], ["5", 2])));
    assert.deepEqual(
      [...machines!].map(([name, { id }]) => [name, id]),
      [
        ["labs-1", "0"],
        ["labs-2", "5"],
      ],
    );
  });

  it("have none where the scale set is gone, and nobody knows which where the load balancer is", () => {
    assert.equal(machinesIn(state(...hosts.map(component)))?.size, 0);
    assert.equal(machinesIn(state(...hosts.map(component), scaleSet)), undefined);
  });

  it("are reached by the port of the machine that they are now", () => {
    const machines = machinesIn(state(...hosts.map(component), scaleSet, balancer(["7", 3])));
    assert.deepEqual(
      presentServers(hosts, machines).map(({ name, port, tls }) => [name, port, tls?.port]),
      [["labs-1", 50_002, 51_002]],
    );
    assert.deepEqual(
      presentServers(hosts, undefined).map(({ port }) => port),
      [50_000, 50_001],
    );
  });
});

describe("what was on a machine that is not there any more", () => {
  const machines = (...there: (readonly [string, number])[]) =>
    machinesIn(state(...hosts.map(component), scaleSet, balancer(...there)));

  it("is nothing while all machines are those of the last update", () => {
    const engines = new Map([["labs-1", "engine-1"]]);
    assert.deepEqual(hostsAnew(hosts, machines(["0", 1], ["1", 2]), engines), []);
    assert.deepEqual(hostsAnew(hosts, undefined, engines), []);
  });

  it("is known by Azure's numbers, of a machine that is gone and of one in the place of another", () => {
    assert.deepEqual(hostsAnew(hosts, machines(["0", 1]), new Map()), ["labs-2"]);
    assert.deepEqual(hostsAnew(hosts, machines(["0", 1], ["4", 2]), new Map()), ["labs-2"]);
  });

  it("is known by the engine's id, of a machine that was set up anew under its number", () => {
    const engines = new Map([["labs-1", "another"]]);
    assert.deepEqual(hostsAnew(hosts, machines(["0", 1], ["1", 2]), engines), ["labs-1"]);
  });

  it("is known after an update, too, by what it found", () => {
    const before = state(...hosts.map(component));
    const after = state(component(host(1, { machine: "another" })), component(host(2)), component(host(3)));
    assert.deepEqual(otherMachines(before, after), ["labs-1"]);
    assert.deepEqual(otherMachines(undefined, after), []);
  });
});
