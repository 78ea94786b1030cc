import assert from "node:assert/strict";
import { azureId } from "../../../tools/heal/azure-ids";
import { adoptPending, healCloud } from "../../../tools/heal/cloud";
import type { RecordedResource, StackState } from "../../../tools/stack";
import { createProgress } from "../../../tools/terminal/progress";
import { programsOfEachTest } from "../programs";

const subscription = "00000000-0000-4000-8000-000000000000";
const group = `/subscriptions/${subscription}/resourceGroups/labs-test`;

const azure = (type: string, name: string, inputs: object): RecordedResource => ({
  urn: `urn:pulumi:test::p::azure-native:${type}::${name}`,
  type: `azure-native:${type}`,
  custom: true,
  inputs: { resourceGroupName: "labs-test", ...inputs },
});
const recorded = { ...azure("resources:ResourceGroup", "group", {}), id: group, outputs: { name: "labs-test" } };
const scaleSet = azure("compute:VirtualMachineScaleSet", "scale-set", { vmScaleSetName: "labs" });
const container: RecordedResource = { urn: "urn::container", type: "docker:index/container:Container" };
const creating = (resource: RecordedResource) => ({ type: "creating", resource });
const state = (pending: StackState["deployment"]["pending_operations"]): StackState => ({
  version: 3,
  deployment: { resources: [recorded], pending_operations: pending },
});

describe("Azure's ids", () => {
  for (const [type, inputs, id] of [
    ["resources:ResourceGroup", {}, group],
    ["network:LoadBalancer", { loadBalancerName: "front" }, `${group}/providers/Microsoft.Network/loadBalancers/front`],
    [
      "network:PublicIPAddress",
      { publicIpAddressName: "a" },
      `${group}/providers/Microsoft.Network/publicIPAddresses/a`,
    ],
    ["something:Else", {}, undefined],
  ] as const) {
    it(`of ${type} are made of its inputs`, () => {
      assert.equal(azureId(azure(type, "x", inputs), subscription), id);
    });
  }
});

describe("what a killed run was about to make in Azure", () => {
  it("is recorded as if it were there, behind what it needs, and is under way no more", () => {
    const { resources, pending_operations: pending } = adoptPending(
      state([creating(scaleSet)]),
      subscription,
    ).deployment;
    const id = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/labs`;
    assert.deepEqual(resources, [recorded, { ...scaleSet, id, outputs: {} }]);
    assert.deepEqual(pending, []);
  });

  it("is recorded once, and what it changed stays as it was recorded", () => {
    const updating = { type: "updating", resource: recorded };
    const { resources, pending_operations: pending } = adoptPending(
      state([creating(recorded), updating]),
      subscription,
    ).deployment;
    assert.deepEqual([resources, pending], [[recorded], []]);
  });

  it("is told from what it had under way on an engine, which stays for those who look there", () => {
    const pending = [creating(container)];
    assert.deepEqual(adoptPending(state(pending), subscription).deployment, {
      resources: [recorded],
      pending_operations: pending,
    });
  });

  it("is left alone where nobody knows the subscription", () => {
    assert.deepEqual(adoptPending(state([creating(scaleSet)]), undefined).deployment.resources, [recorded]);
  });
});

describe("healing of a cloud", () => {
  const programs = programsOfEachTest();

  const heal = (settled: { state: StackState | undefined; killed?: boolean; locked?: boolean }) =>
    healCloud(
      {
        environment: "test",
        toolchain: { pulumi: "pulumi", env: {}, origin: {}, login: "", backend: undefined },
        progress: createProgress(),
        takeOver: false,
      },
      { killed: false, locked: false, ...settled },
    );

  it("asks nobody where no cloud is recorded", async () => {
    programs().add("pulumi", "exit 1");
    const settled = { state: { version: 3, deployment: { resources: [container] } } };
    assert.deepEqual(await heal(settled), { killed: false, locked: false, ...settled });
    assert.deepEqual(programs().calls(), []);
  });

  it("refreshes Azure's resources and no other, after it has taken a killed run's lock away", async () => {
    const kept = { version: 3, deployment: { resources: [recorded, container] } };
    programs().file("state.json", JSON.stringify(kept));
    programs().add("pulumi", `case "$1 $2" in "stack export") cat "$(dirname "$0")/state.json" ;; esac`);
    const settled = await heal({ state: kept, killed: true, locked: true });
    assert.deepEqual(settled, { state: kept, killed: true, locked: false });
    const [cancelled, refreshed, exported] = programs().calls();
    assert.match(cancelled, /^pulumi cancel --yes --stack test$/);
    assert.match(refreshed, new RegExp(`^pulumi refresh --stack test .*--target ${recorded.urn}$`));
    assert.match(exported, /^pulumi stack export/);
  });

  it("says what Pulumi said where Azure can't be asked", async () => {
    programs().add("pulumi", `echo "error: please run az login"; exit 255`);
    await assert.rejects(
      heal({ state: { version: 3, deployment: { resources: [recorded] } } }),
      /^UserError: Azure can't be asked what there is of "test"\.\nerror: please run az login\n/,
    );
  });
});
