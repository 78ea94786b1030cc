import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import type { Body } from "../../azure-simulator/arm/resource";
import type { HostedInstance, InstanceHosts } from "../../azure-simulator/instances/hosts";
import { Azure, bodies, ids, refusal } from "./environment";
import { changed, type Values } from "./rules/table";

/** Hosts that write down what they are told. */
class Recorder implements InstanceHosts {
  readonly told: string[] = [];
  readonly last = new Map<string, HostedInstance>();
  exitCode = 0;
  broken?: string;

  async create(instance: HostedInstance): Promise<void> {
    if (this.broken === instance.instanceId) {
      throw new Error("no room");
    }
    this.note("create", instance);
  }
  async publish(instance: HostedInstance): Promise<void> {
    this.note("publish", instance);
  }
  async run(instance: HostedInstance, { name, text, parameters }: Parameters<InstanceHosts["run"]>[1]) {
    this.note(
      `run ${name}: ${text}${Object.keys(parameters).length > 0 ? JSON.stringify(parameters) : ""} on`,
      instance,
    );
    return { exitCode: this.exitCode, output: "out", error: "err" };
  }
  async remove(instance: HostedInstance): Promise<void> {
    this.note("remove", instance);
  }
  private note(what: string, instance: HostedInstance): void {
    this.told.push(`${what} ${instance.instanceId}`);
    this.last.set(instance.instanceId, instance);
  }
  /** What was told since last asked. */
  news(): string[] {
    return this.told.splice(0);
  }
}

describe("machines of a scale set", () => {
  let azure: Azure;
  let hosts: Recorder;

  beforeEach(async () => {
    hosts = new Recorder();
    azure = new Azure(hosts);
    await azure.make("extension");
    hosts.news();
  });
  afterEach(() => azure.remove());

  const scaleTo = (capacity: number, values: Values = {}) =>
    azure.put("scaleSet", changed(bodies.scaleSet, { "sku.capacity": capacity, ...values }));
  const numbers = () => azure.machines().map(({ instanceId }) => instanceId);
  const ports = async (): Promise<[string, number[]][]> => {
    const pool = (await azure.arm.get(ids.pool)) as { loadBalancerBackendAddresses: Mapped[] };
    return pool.loadBalancerBackendAddresses.map(
      ({ networkInterfaceIPConfiguration: { id }, inboundNatRulesPortMapping }) => [
        id.split("/")[10],
        inboundNatRulesPortMapping.map(({ frontendPort }) => frontendPort),
      ],
    );
  };

  it("have numbers that grow and are never used again", async () => {
    await scaleTo(3);
    await scaleTo(1);
    await scaleTo(2);
    assert.deepEqual(numbers(), ["0", "3"]);
    assert.deepEqual(
      azure.machines().map(({ name, computerName }) => [name, computerName]),
      [
        ["hosts_0", "host000000"],
        ["hosts_3", "host000003"],
      ],
    );
  });

  it("skip a number where the scale set overprovisions", async () => {
    await scaleTo(3, { overprovision: true });
    assert.deepEqual(numbers(), ["0", "1", "2"]);
    await scaleTo(5, { overprovision: true });
    assert.deepEqual(numbers(), ["0", "1", "2", "4", "6"]);
  });

  it("keep their frontend port while they live; a new one gets the smallest that is free", async () => {
    await scaleTo(3);
    assert.deepEqual(await ports(), [
      ["0", [50000]],
      ["1", [50001]],
      ["2", [50002]],
    ]);
    await azure.arm.deleteMachine(ids.scaleSet, "1", false);
    await scaleTo(3);
    assert.deepEqual(await ports(), [
      ["0", [50000]],
      ["2", [50002]],
      ["3", [50001]],
    ]);
  });

  it("have every port in the range and none twice, whatever comes and goes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 6 }), async (capacities) => {
        for (const capacity of capacities) {
          await scaleTo(capacity);
          const given = (await ports()).flatMap(([, each]) => each);
          assert.equal(new Set(given).size, capacity);
          assert.ok(given.every((port) => port >= 50000 && port <= 50009));
        }
      }),
      { numRuns: 10 },
    );
  });

  it("have addresses of their own in the subnet, from the fifth on", async () => {
    await scaleTo(3);
    const addresses = azure.machines().map(({ ipConfigurations }) => ipConfigurations[0].privateIPAddress);
    assert.deepEqual(addresses, ["10.0.1.4", "10.0.1.5", "10.0.1.6"]);
  });

  it("are spread over zones, and leave from the fullest, the newest first", async () => {
    await azure.arm.delete(ids.scaleSet);
    const zones = { zones: ["1", "2"] };
    await scaleTo(4, zones);
    assert.deepEqual(
      azure.machines().map(({ zone }) => zone),
      ["1", "2", "1", "2"],
    );
    await scaleTo(2, zones);
    assert.deepEqual(
      azure.machines().map(({ zone }) => zone),
      ["1", "2"],
    );
  });

  it("are virtual machines of their own where the scale set is Flexible", async () => {
    await azure.arm.delete(ids.scaleSet);
    const network = "virtualMachineProfile.networkProfile.networkApiVersion";
    await azure.put("scaleSet", changed(bodies.scaleSet, flexible(network)));
    const [first] = azure.machines();
    assert.match(first.instanceId, /^hosts_[0-9a-f]{8}$/);
    assert.match(first.id, /\/Microsoft\.Compute\/virtualMachines\/hosts_/);
    assert.equal((await ports())[0][1].length, 1);
    await azure.arm.delete(ids.scaleSet);
    assert.deepEqual(azure.machines(), []);
  });

  it("are told of their login, image and frontend ports", async () => {
    await scaleTo(3);
    const { frontends, ...machine } = hosts.last.get("2")!;
    assert.deepEqual(
      frontends.map(({ rule, frontendPort, backendPort, shared }) => [rule, frontendPort, backendPort, shared]),
      [
        ["ssh", 50002, 22, false],
        ["web", 80, 8080, true],
      ],
    );
    assert.ok(frontends.every(({ publicAddress }) => publicAddress === "203.0.113.1"));
    assert.deepEqual([machine.os, machine.adminUsername, machine.size], ["windows", "operator", "Standard_D2s_v3"]);
    assert.equal(machine.image, "MicrosoftWindowsServer:windowsserver2022:2022-datacenter-core-g2:latest");
  });

  it("are made, told of new ports and taken away, each only once", async () => {
    await scaleTo(3);
    assert.deepEqual(hosts.news(), ["create 2", "run bootstrap: powershell -File C:\\lab\\boot.ps1 on 2"]);
    await scaleTo(3);
    assert.deepEqual(hosts.news(), []);
    await azure.put("natRule", { ...bodies.natRule, frontendPortRangeStart: 40000, frontendPortRangeEnd: 40009 });
    assert.deepEqual(hosts.news().sort(), ["publish 0", "publish 1", "publish 2"]);
    await scaleTo(1);
    assert.deepEqual(hosts.news().sort(), ["remove 1", "remove 2"]);
    await azure.arm.delete(ids.group);
    assert.deepEqual(hosts.news(), ["remove 0"]);
    assert.deepEqual(azure.store.read().resources, {});
  });

  it("stay on the old model where the upgrade policy is Manual", async () => {
    const manual = { "upgradePolicy.mode": "Manual", "sku.name": "Standard_D4s_v3" };
    await scaleTo(3, manual);
    const applied = await Promise.all(
      ["0", "1", "2"].map(async (n) => latest(await azure.arm.getMachine(ids.scaleSet, n))),
    );
    assert.deepEqual(applied, [false, false, true]);
    await scaleTo(3, { "upgradePolicy.mode": "Automatic", "sku.name": "Standard_D8s_v3" });
    assert.ok(latest(await azure.arm.getMachine(ids.scaleSet, "0")));
  });

  it("fail by an extension on one machine: the write fails, the machine says why, the next write mends it", async () => {
    azure.order({ extensionFailures: [{ instance: "2", extension: "bootstrap", message: "no network", times: 1 }] });
    const error = await refusal(scaleTo(3));
    assert.match(
      error.message,
      /^Status=409 Code="VMExtensionProvisioningError".*'bootstrap'.*'no network'.*aka\.ms\/VMExtensionCSEWindows/,
    );
    assert.equal((await azure.arm.get(ids.scaleSet))!.provisioningState, "Failed");
    const states = await Promise.all(["0", "1", "2"].map((n) => azure.arm.getMachine(ids.scaleSet, n)));
    assert.deepEqual(
      states.map(({ provisioningState }) => provisioningState),
      ["Succeeded", "Succeeded", "Failed"],
    );
    assert.match(JSON.stringify(states[2].instanceView), /no network/);
    assert.equal((await scaleTo(3)).provisioningState, "Succeeded");
  });

  it("fail by what their command says", async () => {
    hosts.exitCode = 3;
    const error = await refusal(scaleTo(3));
    assert.match(error.message, /non-zero exit code of: '3'/);
  });

  it("fail where the machine behind them cannot be made, and are made by the next write", async () => {
    hosts.broken = "2";
    assert.match((await refusal(scaleTo(3))).message, /Code="OSProvisioningTimedOut".*hosts_2.*no room/);
    hosts.broken = undefined;
    await scaleTo(3);
    assert.ok(azure.machines().every(({ hosted, failure }) => hosted && failure === undefined));
  });

  it("are made and taken away all the same where a process was killed in the middle of that, once somebody asks", async () => {
    await scaleTo(3);
    hosts.news();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await azure.store.change((state) => {
      const set = state.scaleSets[ids.scaleSet.toLowerCase()];
      const scaleSet = state.resources[ids.scaleSet.toLowerCase()];
      const [first, second, third] = set.instances;
      set.instances = [first, { ...third, hosted: false, extensions: {} }];
      scaleSet.state = "Updating";
      scaleSet.operation = { pid, id: scaleSet.id, leaving: [{ scaleSetId: scaleSet.id, instance: second }] };
    });
    assert.equal((await azure.arm.get(ids.scaleSet))!.provisioningState, "Succeeded");
    assert.deepEqual(hosts.news(), ["remove 1", "create 2", "run bootstrap: powershell -File C:\\lab\\boot.ps1 on 2"]);
    await azure.arm.get(ids.scaleSet);
    assert.deepEqual(hosts.news(), []);
  });

  it("are taken away by the next write where a process was killed before it had done so", async () => {
    await scaleTo(2);
    hosts.news();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await azure.store.change((state) => {
      const set = state.scaleSets[ids.scaleSet.toLowerCase()];
      const scaleSet = state.resources[ids.scaleSet.toLowerCase()];
      const leaving = set.instances.splice(1).map((instance) => ({ scaleSetId: scaleSet.id, instance }));
      scaleSet.operation = { pid, id: scaleSet.id, leaving };
    });
    await scaleTo(1);
    assert.deepEqual(hosts.news(), ["remove 1"]);
  });

  it("run commands: output is shown, a failure only fails the write where that was asked for", async () => {
    const parameters = { parameters: [{ name: "a", value: "1" }], protectedParameters: [{ name: "b", value: "2" }] };
    hosts.exitCode = 1;
    const shown = await azure.put("runCommand", { ...bodies.runCommand, ...parameters });
    assert.deepEqual(hosts.news(), ['run keys: hostname{"a":"1","b":"2"} on 0']);
    assert.equal((shown.instanceView as Body).exitCode, 1);
    assert.equal(shown.protectedParameters, undefined);
    const strict = { ...bodies.runCommand, treatFailureAsDeploymentFailure: true };
    assert.match((await refusal(azure.put("runCommand", strict))).message, /exit code 1/);
  });

  it("are replaced by Azure under another number, or go for good", async () => {
    await azure.arm.deleteMachine(ids.scaleSet, "0", true);
    assert.deepEqual([numbers(), capacity(await azure.arm.get(ids.scaleSet))], [["1", "2"], 2]);
    await azure.arm.deleteMachine(ids.scaleSet, "1", false);
    assert.deepEqual([numbers(), capacity(await azure.arm.get(ids.scaleSet))], [["2"], 1]);
    assert.equal((await refusal(azure.arm.deleteMachine(ids.scaleSet, "1", false))).status, 404);
  });
});

interface Mapped {
  readonly networkInterfaceIPConfiguration: { readonly id: string };
  readonly inboundNatRulesPortMapping: readonly { readonly frontendPort: number }[];
}

function latest({ latestModelApplied }: Body): boolean {
  return latestModelApplied as boolean;
}

function capacity(body: Body | undefined): number {
  return (body!.sku as { capacity: number }).capacity;
}

function flexible(apiVersionPath: string): Values {
  return {
    ...{ orchestrationMode: "Flexible", upgradePolicy: undefined, overprovision: undefined },
    [apiVersionPath]: "2020-11-01",
  };
}
