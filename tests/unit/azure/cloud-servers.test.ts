import assert from "node:assert/strict";
import { serversOf } from "../../../components/azure/cloud";
import { firstTunnelPort } from "../../../components/azure/tunnel-ports";
import { at, cloud, group, member, scaleSet, subscription, valueOf, web } from "./mocks";

const network = `${group}/providers/Microsoft.Network`;
const throughBastion = { administration: { through: "bastion" } };

describe("the servers of a cloud", () => {
  it("gives the servers that its hosts are, by the ports that Azure gave them", async () => {
    const members = [member(4, 50_001), member(0, 50_000)];
    const { made } = await cloud({ capacity: 2 }, [], { members });
    const one = {
      ...{ name: "labs-1", instance: "0", address: "20.0.0.1", port: 50_000, user: "labs", os: "linux" },
      ...{ privateKeyPath: "out/unit/azure/key", hostKey: "ssh-ed25519 HOST", docker: "tcp+tls" },
      tls: { port: 51_000, certPath: "out/unit/azure/tls" },
    };
    const tls = { ...one.tls, port: 51_001 };
    assert.deepEqual(await valueOf(made.servers), [one, { ...one, name: "labs-2", instance: "4", port: 50_001, tls }]);
  });

  it("gives no server for a host that has no machine yet", async () => {
    const { made } = await cloud({ capacity: 2 }, [], { members: [member(0, 50_000)] });
    assert.deepEqual(
      (await valueOf(made.servers)).map(({ name }) => name),
      ["labs-1"],
    );
  });

  it("says so where Azure tells of machines and of no ports that lead to them", async () => {
    const members = [member(0, 50_000), { ...member(1, 50_001), inboundNatRulesPortMapping: [] }];
    const settings = scaleSet({ capacity: 2 });
    const found = serversOf(members, { environment: "unit", settings, address: "20.0.0.1", hostKey: "key" });
    assert.deepEqual(
      found.servers.map(({ name }) => name),
      ["labs-1"],
    );
    assert.match(
      found.trouble!,
      /tells no ports of 1 of its 2 machines.*\baz network lb list-mapping .*--name balancer /s,
    );
    assert.equal(
      serversOf(members.slice(0, 1), { environment: "unit", settings, address: "", hostKey: "" }).trouble,
      undefined,
    );
  });
});

describe("a cloud whose hosts are reached through a Bastion", () => {
  it("has a Bastion with tunnels in a subnet of its own, where it is the way to the hosts", async () => {
    const { of, one } = await cloud(throughBastion);
    assert.deepEqual([one("BastionHost").sku, one("BastionHost").enableTunneling], [{ name: "Standard" }, true]);
    assert.deepEqual(
      (one("VirtualNetwork").subnets as Record<string, unknown>[]).map(({ name, addressPrefix }) => [
        name,
        addressPrefix,
      ]),
      [
        ["hosts", "10.0.1.0/24"],
        ["AzureBastionSubnet", "10.0.255.192/26"],
      ],
    );
    assert.equal(of("PublicIPAddress").length, 3);
    assert.deepEqual(at(one("BastionHost"), "ipConfigurations", 0, "subnet"), {
      id: `${network}/virtualNetworks/network/subnets/AzureBastionSubnet`,
    });
  });

  it("opens no administration port to the internet then, and lets nobody but the Bastion to the hosts' SSH", async () => {
    const { one } = await cloud(throughBastion, [web]);
    assert.deepEqual(one("LoadBalancer").inboundNatRules, []);
    assert.equal((one("LoadBalancer").loadBalancingRules as unknown[]).length, 3);
    const rules = one("NetworkSecurityGroup").securityRules as Record<string, unknown>[];
    assert.deepEqual(
      rules.map(({ priority, access, sourceAddressPrefixes, sourceAddressPrefix, destinationPortRange, ...rest }) => [
        ...[priority, access, sourceAddressPrefixes ?? sourceAddressPrefix],
        destinationPortRange ?? rest.destinationPortRanges,
      ]),
      [
        [100, "Allow", ["10.0.255.192/26"], "22"],
        [150, "Deny", "*", ["22", "2376", "5986"]],
        [200, "Allow", ["9.9.9.0/24"], "8090-8091"],
        [201, "Allow", ["9.9.9.0/24"], "8093"],
      ],
    );
  });

  it("has its hosts at ports of this machine then, whatever machine each is, and labs at the load balancer", async () => {
    const members = [member(7, 0), member(3, 0)];
    const { made, resources } = await cloud({ ...throughBastion, capacity: 2 }, [], { members });
    const servers = await valueOf(made.servers);
    const first = firstTunnelPort("unit");
    assert.deepEqual(
      servers.map(({ name, instance, address, port, tls, published }) => [
        ...[name, instance, address, port, tls!.port, published],
      ]),
      [
        ["labs-1", "3", "127.0.0.1", first, first + 1, "20.0.0.1"],
        ["labs-2", "7", "127.0.0.1", first + 2, first + 3, "20.0.0.1"],
      ],
    );
    assert.deepEqual(servers[0].tunnel, {
      ...{ subscription, resourceGroup: "container-network-labs-unit", bastion: "bastion", scaleSet: "labs" },
    });
    const { inputs } = resources.find(({ name }) => name === "labs-credentials-certificates")!;
    assert.match(String(inputs.stdin), /"address":"127\.0\.0\.1"/);
    const settled = await cloud({ administration: { through: "bastion", localPort: 40_000 } }, [], { members });
    assert.deepEqual(
      (await valueOf(settled.made.servers)).map(({ port, tls }) => [port, tls!.port]),
      [[40_000, 40_001]],
    );
  });
});
