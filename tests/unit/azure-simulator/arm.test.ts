import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Body } from "../../azure-simulator/arm/resource";
import { parseId, typeOf } from "../../azure-simulator/arm/ids";
import { Azure, bodies, ids, refusal } from "./environment";
import { beside, changed } from "./rules/table";

const names = (list: unknown) => (list as { name: string }[]).map(({ name }) => name);
const admin = (name: string, priority: number) => ({ ...bodies.securityRule, name, priority });

describe("Azure Resource Manager", () => {
  let azure: Azure;

  beforeEach(() => {
    azure = new Azure();
  });
  afterEach(() => azure.remove());

  it("takes ids apart", () => {
    assert.equal(typeOf(ids.subnet), "Microsoft.Network/virtualNetworks/subnets");
    assert.equal(typeOf(ids.assignment), "Microsoft.Authorization/roleAssignments");
    assert.deepEqual(parseId(ids.runCommand)?.names, ["hosts", "0", "keys"]);
    assert.equal(parseId("/subscriptions/x/resourceGroups/y/providers/Microsoft.Network/loadBalancers"), undefined);
  });

  it("shows what it filled in, and never a password again", async () => {
    await azure.make();
    const address = (await azure.arm.get(ids.frontAddress))!;
    assert.equal(address.ipAddress, "203.0.113.1");
    assert.deepEqual(address.sku, { name: "Standard", tier: "Regional" });
    assert.deepEqual(address.ipConfiguration, { id: ids.frontend });
    assert.equal((address.dnsSettings as Body).fqdn, "labs.westeurope.cloudapp.azure.com");
    const scaleSet = (await azure.arm.get(ids.scaleSet))!;
    assert.deepEqual((scaleSet.virtualMachineProfile as Body).osProfile, {
      computerNamePrefix: "host",
      adminUsername: "operator",
    });
    assert.equal((await azure.arm.get(ids.extension))!.protectedSettings, undefined);
    assert.equal(((await azure.arm.get(ids.subnet))!.ipConfigurations as unknown[]).length, 2);
  });

  it("finds ids whatever their case", async () => {
    await azure.make("identity");
    assert.equal((await azure.arm.get(ids.identity.toUpperCase()))?.id, ids.identity);
  });

  it("gives a write a new etag, and a resource one guid for life", async () => {
    await azure.make("network");
    const before = (await azure.arm.get(ids.network))!;
    const now = await azure.put("network", changed(bodies.network, { tags: { a: "b" } }));
    assert.notEqual(now.etag, before.etag);
    assert.equal(now.resourceGuid, before.resourceGuid);
  });

  it("takes a list in a parent for the whole list: rules made on their own go", async () => {
    await azure.make("securityRule");
    await azure.put("securityGroup", { ...bodies.securityGroup, securityRules: [admin("docker", 200)] });
    assert.equal(await azure.arm.get(ids.securityRule), undefined);
    assert.deepEqual(names((await azure.arm.get(ids.securityGroup))!.securityRules), ["docker"]);
  });

  it("leaves children alone that a parent's write does not name", async () => {
    await azure.make("securityRule");
    await azure.put("securityGroup", { ...bodies.securityGroup, tags: { a: "b" } });
    assert.deepEqual(names((await azure.arm.get(ids.securityGroup))!.securityRules), ["ssh"]);
  });

  it("shows a child made on its own in its parent's list, with an id", async () => {
    await azure.make("natRule");
    const { inboundNatRules } = (await azure.arm.get(ids.balancer)) as { inboundNatRules: Body[] };
    assert.deepEqual(
      inboundNatRules.map(({ id }) => id),
      [ids.natRule],
    );
  });

  it("makes relative ids whole", async () => {
    await azure.make("balancer");
    const { loadBalancingRules } = (await azure.arm.get(ids.balancer)) as { loadBalancingRules: Body[] };
    assert.deepEqual(loadBalancingRules[0].backendAddressPool, { id: ids.pool });
    assert.equal(loadBalancingRules[0].id, `${ids.balancer}/loadBalancingRules/web`);
  });

  it("keeps nothing of a write that it refuses", async () => {
    await azure.make("network");
    const before = azure.store.read();
    const twice = [admin("a", 100), admin("b", 100)];
    await refusal(azure.put("securityGroup", { ...bodies.securityGroup, securityRules: twice }));
    assert.deepEqual(azure.store.read(), before);
  });

  it("takes a group away with everything in it, role assignments too", async () => {
    await azure.make();
    await azure.arm.delete(ids.group);
    const { resources, scaleSets, ports } = azure.store.read();
    assert.deepEqual([resources, scaleSets, ports], [{}, {}, {}]);
  });

  it("is content with the removal of what is gone", async () => {
    await azure.make("group");
    await azure.arm.delete(ids.network);
  });

  describe("on order", () => {
    beforeEach(() => azure.make("natRule"));

    it("throttles the next writes, and says for how long", async () => {
      azure.order({ throttle: { writes: 2, retryAfterSeconds: 7 } });
      for (let write = 0; write < 2; write++) {
        const error = await refusal(azure.put("securityGroup"));
        assert.deepEqual([error.status, error.code, error.retryAfter], [429, "TooManyRequests", 7]);
      }
      await azure.put("securityGroup");
    });

    it("lets writes to a type run into others", async () => {
      azure.order({
        conflicts: [
          { type: "azure-native:network:Subnet", code: "AnotherOperationInProgress", times: 1 },
          { type: "azure-native:network:LoadBalancer", code: "RetryableError", times: 1 },
        ],
      });
      await azure.put("securityGroup");
      const subnet = beside("subnet", "more");
      const conflict = await refusal(azure.arm.put(subnet, { addressPrefix: "10.0.9.0/24" }));
      assert.deepEqual([conflict.status, conflict.code], [409, "AnotherOperationInProgress"]);
      await azure.arm.put(subnet, { addressPrefix: "10.0.9.0/24" });
      assert.deepEqual((await refusal(azure.put("balancer"))).status, 429);
      await azure.put("balancer");
    });

    it("takes its time: meanwhile other writes to the same network are refused", async () => {
      azure.order({ provisioningMilliseconds: { "azure-native:network:Subnet": 150 } });
      const [first, second] = ["a", "b"].map((name, n) => [beside("subnet", name), `10.0.${n + 8}.0/24`]);
      const slow = azure.arm.put(first[0], { addressPrefix: first[1] });
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal((await azure.arm.get(first[0]))!.provisioningState, "Updating");
      const other = await refusal(azure.arm.put(second[0], { addressPrefix: second[1] }));
      assert.equal(other.code, "AnotherOperationInProgress");
      await slow;
      await azure.arm.put(second[0], { addressPrefix: second[1] });
    });
  });

  it("goes on where a process was killed in the middle of a write", async () => {
    await azure.make("network");
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await azure.store.change(({ resources }) => {
      const network = resources[ids.network.toLowerCase()];
      network.state = "Updating";
      network.operation = { pid, id: network.id, leaving: [] };
    });
    await azure.put("network");
    assert.equal((await azure.arm.get(ids.network))!.provisioningState, "Succeeded");
  });

  it("takes over the lock of a process that was killed", async () => {
    await azure.make("group");
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const { file } = azure.store as unknown as { file: string };
    writeFileSync(join(`${file}.lock`), String(pid));
    await azure.put("group");
  });

  it("loses nothing where several write at once", async () => {
    await azure.make("group");
    const all = Array.from({ length: 20 }, (_, n) => beside("identity", `identity-${n}`));
    await Promise.all(all.map((id) => azure.arm.put(id, bodies.identity)));
    assert.equal(Object.keys(azure.store.read().resources).length, 21);
  });
});
