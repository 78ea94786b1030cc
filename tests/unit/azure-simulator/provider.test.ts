import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ArmError } from "../../azure-simulator/arm/errors";
import type { Body } from "../../azure-simulator/arm/resource";
import { carryOver } from "../../azure-simulator/provider/diff";
import { Provider, UNKNOWN } from "../../azure-simulator/provider/provider";
import { idInputs } from "../../azure-simulator/provider/requests";
import { retrying } from "../../azure-simulator/provider/retry";
import { types } from "../../azure-simulator/types";
import { Azure, bodies, ids, SUBSCRIPTION } from "./environment";

const urn = (type: string) => `urn:pulumi:test::labs::azure-native:${type}::thing`;
const seed = Buffer.from("00112233445566778899aabbccddeeff", "hex");
const inGroup = { resourceGroupName: "labs" };
const network = { ...inGroup, virtualNetworkName: "net", ...bodies.network };

describe("the provider in front of it", () => {
  let azure: Azure;
  let provider: Provider;

  beforeEach(() => {
    azure = new Azure();
    provider = new Provider(azure.arm, { subscriptionId: SUBSCRIPTION, retryDelayMilliseconds: 1 });
  });
  afterEach(() => azure.remove());

  const check = (type: string, news: Body, olds: Body = {}) => provider.check(urn(type), olds, news, seed);

  it("names what has no name, keeps the name, and marks that it was made up", async () => {
    const { inputs } = await check("network:VirtualNetwork", inGroup);
    assert.deepEqual([inputs.virtualNetworkName, inputs.__createBeforeDelete], ["thing00112233", true]);
    assert.equal(
      (await check("network:VirtualNetwork", inGroup, { virtualNetworkName: "old" })).inputs.virtualNetworkName,
      "old",
    );
    const subnet = await check("network:Subnet", { ...inGroup, virtualNetworkName: "net" });
    assert.deepEqual([subnet.inputs.subnetName, subnet.inputs.__createBeforeDelete], ["thing", undefined]);
    const assignment = await check("authorization:RoleAssignment", { scope: "/x" });
    assert.match(assignment.inputs.roleAssignmentName as string, /^00112233-4455-4/);
  });

  it("takes the region of the group", async () => {
    await azure.make("group");
    assert.equal((await check("network:VirtualNetwork", inGroup)).inputs.location, "westeurope");
    assert.equal((await check("network:VirtualNetwork", { resourceGroupName: UNKNOWN })).inputs.location, UNKNOWN);
  });

  it("misses required properties, also inside lists", async () => {
    const rule = { direction: "Inbound", protocol: "Tcp" };
    const { failures } = await check("network:NetworkSecurityGroup", {
      securityRules: [rule, { ...rule, access: UNKNOWN }],
    });
    assert.deepEqual(failures, [
      "missing required property 'resourceGroupName'",
      "missing required property 'securityRules[0].access'",
    ]);
    const [group] = (await check("resources:ResourceGroup", {})).failures;
    assert.match(group, /^missing required property 'location'\. Either set it/);
  });

  it("tells changes by path, and which of them replace", () => {
    const now = { ...network, location: "West Europe", virtualNetworkName: "other", tags: { a: "b" } };
    const found = provider.diff(urn("network:VirtualNetwork"), network, { ...now, subnets: [network.subnets[0]] });
    assert.deepEqual(found, [
      { path: "virtualNetworkName", kind: "update", replaces: true },
      { path: "subnets[1]", kind: "delete", replaces: false },
      { path: "tags", kind: "add", replaces: false },
    ]);
  });

  it("previews inputs, and unknowns for what Azure will say", () => {
    const preview = provider.preview(urn("network:VirtualNetwork"), network);
    assert.deepEqual(preview.addressSpace, network.addressSpace);
    assert.deepEqual([preview.name, preview.etag], [UNKNOWN, UNKNOWN]);
    assert.equal((preview.subnets as Body[])[0].id, UNKNOWN);
    assert.equal(provider.preview(urn("network:VirtualNetwork"), network, { name: "net" }).name, "net");
  });

  it("does not make what is there already", async () => {
    await azure.make("network");
    await assert.rejects(
      provider.create(urn("network:VirtualNetwork"), network),
      /^Error: cannot create already existing resource '/,
    );
  });

  it("keeps a resource whose operation failed", async () => {
    await azure.make("identity");
    azure.order({ extensionFailures: [{ instance: "0", message: "no" }] });
    const extensions = [{ name: "bootstrap", ...bodies.extension }];
    const virtualMachineProfile = { ...bodies.scaleSet.virtualMachineProfile, extensionProfile: { extensions } };
    const inputs = { ...inGroup, vmScaleSetName: "hosts", ...bodies.scaleSet, virtualMachineProfile };
    const { id, failure, outputs } = await provider.create(urn("compute:VirtualMachineScaleSet"), inputs);
    assert.equal(id, ids.scaleSet);
    assert.match(failure!.message, /VMExtensionProvisioningError/);
    assert.equal(outputs.provisioningState, "Failed");
  });

  it("reads back the inputs it was given, and only what changed since", async () => {
    await azure.make("natGateway");
    const { outputs } = await provider.create(urn("network:VirtualNetwork"), network);
    const same = await provider.read(urn("network:VirtualNetwork"), ids.network, outputs, network);
    assert.deepEqual(same!.inputs, network);
    await azure.put("network", { ...bodies.network, tags: { by: "hand" } });
    const now = await provider.read(urn("network:VirtualNetwork"), ids.network, outputs, network);
    assert.deepEqual(now!.inputs, { ...network, tags: { by: "hand" } });
  });

  it("does not take children into a parent's inputs that the program made on their own", async () => {
    await azure.make("securityGroup");
    const group = { ...inGroup, networkSecurityGroupName: "admin", ...bodies.securityGroup };
    const outputs = (await azure.arm.get(ids.securityGroup))!;
    await azure.put("securityRule");
    const read = await provider.read(urn("network:NetworkSecurityGroup"), ids.securityGroup, outputs, group);
    assert.deepEqual(read!.inputs, group);
    assert.equal((read!.outputs.securityRules as unknown[]).length, 1);
  });

  it("finds out that something is gone", async () => {
    assert.equal(await provider.read(urn("network:VirtualNetwork"), ids.network, {}, network), undefined);
  });

  it("imports: the inputs are what would make the resource, diffs are none", async () => {
    await azure.make();
    for (const type of types) {
      for (const { id } of azure.subscription.ofType(type.type)) {
        const token = type.token.replace("azure-native:", "");
        const { inputs, outputs } = (await provider.read(urn(token), id, {}, {}))!;
        const { failures } = await check(token, inputs);
        assert.deepEqual(failures, [], id);
        const again = await provider.read(urn(token), id, outputs, inputs);
        assert.deepEqual(provider.diff(urn(token), inputs, again!.inputs), [], id);
      }
    }
  });

  it("carries what changed over, item by item", () => {
    const given = { a: 1, list: [{ x: 1 }, { x: 2 }] };
    const before = {
      a: 1,
      filled: true,
      list: [
        { x: 1, y: 0 },
        { x: 2, y: 0 },
      ],
    };
    const now = {
      a: 1,
      filled: true,
      list: [
        { x: 1, y: 0 },
        { x: 3, y: 0 },
      ],
    };
    assert.deepEqual(carryOver(given, before, now), { a: 1, list: [{ x: 1 }, { x: 3 }] });
  });

  it("answers functions", async () => {
    await azure.make();
    const config = await provider.invoke("azure-native:authorization:getClientConfig", {});
    assert.equal(config.subscriptionId, SUBSCRIPTION);
    const pool = { ...inGroup, loadBalancerName: "front", backendAddressPoolName: "hosts" };
    const found = await provider.invoke("azure-native:network:getLoadBalancerBackendAddressPool", pool);
    assert.equal((found.loadBalancerBackendAddresses as unknown[]).length, 2);
    const machine = { ...inGroup, vmScaleSetName: "hosts", instanceId: "1" };
    const token = "azure-native:compute:getVirtualMachineScaleSetVM";
    assert.equal((await provider.invoke(token, machine)).instanceView, undefined);
    assert.ok((await provider.invoke(token, { ...machine, expand: "instanceView" })).instanceView);
    await assert.rejects(
      provider.invoke("azure-native:network:getLoadBalancer", { ...inGroup, loadBalancerName: "typo" }),
      /^Error: request failed .*Status=404 Code="ResourceNotFound"/,
    );
  });

  describe("tries again", () => {
    const failing = (errors: readonly ArmError[]) => {
      const left = [...errors];
      return async () => {
        const error = left.shift();
        if (error !== undefined) {
          throw error;
        }
        return left.length;
      };
    };

    it("what passes by itself, three times, as long as Azure says", async () => {
      const throttled = new ArmError(429, "TooManyRequests", "later", 0.02);
      const start = Date.now();
      await retrying(failing([throttled, throttled, throttled]), 1);
      assert.ok(Date.now() - start >= 55);
      await assert.rejects(retrying(failing(Array.from({ length: 4 }, () => throttled)), 1), /TooManyRequests/);
    });

    it("a conflict with another operation, and no other conflict", async () => {
      await retrying(failing([new ArmError(409, "AnotherOperationInProgress", "")]), 1);
      await assert.rejects(retrying(failing([new ArmError(409, "PropertyChangeNotAllowed", "")]), 1));
    });
  });
});

describe("the types", () => {
  for (const type of types) {
    it(`${type.token} has the SDK's properties and API version`, () => {
      const [, module, name] = type.token.split(":");
      const file = require.resolve(`@pulumi/azure-native/${module}/${name[0].toLowerCase()}${name.slice(1)}.js`);
      const constructed = readFileSync(file, "utf8").split("super(")[0].split("else {")[0];
      const given = (pattern: RegExp) => [...constructed.matchAll(pattern)].map(([, property]) => property).sort();
      const inputs = given(/resourceInputs\["(\w+)"\] = (?!undefined)/g);
      const outputs = given(/resourceInputs\["(\w+)"\] = undefined/g).filter(
        (property) => property !== "azureApiVersion",
      );
      assert.deepEqual([...new Set([...type.inputs, ...idInputs(type)])].sort(), inputs);
      assert.deepEqual([...type.outputs].sort(), outputs);
      const declared = readFileSync(file.replace(/\.js$/, ".d.ts"), "utf8");
      assert.match(declared, new RegExp(`Uses Azure REST API version ${type.apiVersion}`));
    });
  }
});
