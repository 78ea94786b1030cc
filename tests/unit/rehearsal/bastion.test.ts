import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { type Asked, refusal, whereTo } from "../../../tools/rehearsal/azure/bastion";
import { simulatedAzure } from "../../../tools/rehearsal/azure/simulated-azure";
import { Azure, bodies, ids, SUBSCRIPTION } from "../azure-simulator/environment";
import { FakeMachine } from "../setup/support";

const tunnels = { ...bodies.bastion, sku: { name: "Standard" }, enableTunneling: true };

describe("the tunnels of a rehearsed Bastion", () => {
  const azure = new Azure();
  const asked: Asked = {
    ...{ subscription: SUBSCRIPTION, resourceGroup: "labs", bastion: "way-in", resourcePort: 22 },
    target: `${ids.scaleSet}/virtualMachines/0`,
  };
  const refused = (change: Partial<Asked> = {}) => refusal(azure.subscription, { ...asked, ...change });
  const found = (change: Partial<Asked> = {}) => whereTo(azure.subscription, { ...asked, ...change });
  const rules = (...securityRules: object[]) =>
    azure.put("securityGroup", {
      ...bodies.securityGroup,
      securityRules: securityRules.map((rule, i) => ({
        ...{ name: `rule-${i}`, direction: "Inbound", protocol: "Tcp", priority: 100 + i, sourcePortRange: "*" },
        ...{ destinationAddressPrefix: "10.0.1.0/24", ...rule },
      })),
    });

  before(() => azure.make("natRule"));
  after(() => azure.remove());

  it("are refused where the Bastion has none, as Azure's command line does", async () => {
    await azure.put("bastion", { ...bodies.bastion, sku: { name: "Basic" } });
    assert.match(refused()!, /SKU must be Standard or Premium and Native Client must be enabled/);
    await azure.put("bastion", { ...bodies.bastion, sku: { name: "Standard" } });
    assert.match(refused()!, /Native Client must be enabled/);
    await azure.put("bastion", tunnels);
    assert.equal(refused(), undefined);
    await azure.put("identity");
    await azure.put("scaleSet");
  });

  it("are refused where there is no such subscription, Bastion or id", () => {
    assert.match(refused({ subscription: "another" })!, /subscription of 'another' doesn't exist/);
    assert.match(refused({ bastion: "none" })!, /ResourceNotFound.*bastionHosts\/none/);
    assert.match(refused({ target: "hosts_0" })!, /valid resource ID/);
  });

  it("lead to the machine of the id, and to none that is gone", () => {
    assert.deepEqual(found(), { machine: azure.machines()[0].name, admitted: true });
    assert.match(JSON.stringify(found({ target: `${ids.scaleSet}/virtualMachines/9` })), /refused.*not found/);
  });

  it("lead nowhere where the network's rules keep the Bastion out", async () => {
    const admitted = (resourcePort: number) => (found({ resourcePort }) as { admitted: boolean }).admitted;
    const bastion = { access: "Allow", sourceAddressPrefixes: ["10.0.2.0/26"], destinationPortRange: "22" };
    const others = { access: "Deny", sourceAddressPrefix: "*", destinationPortRanges: ["22", "2376"] };
    await rules(bastion, others);
    assert.deepEqual([22, 2376, 8080].map(admitted), [true, false, true]);
    await rules({ ...bastion, sourceAddressPrefixes: ["10.0.3.0/26"] }, others);
    assert.deepEqual([22, 2376].map(admitted), [false, false]);
  });

  it("are opened by a program that is called like Azure's, and tells what is the matter", () => {
    const { commands } = simulatedAzure(new FakeMachine(), "unit");
    const az = join(commands, "az");
    assert.ok((statSync(az).mode & 0o111) !== 0);
    const said = spawnSync(az, ["network", "bastion", "tunnel", "--name", "b"], { encoding: "utf8" });
    assert.equal(said.status, 1);
    assert.match(said.stderr, /^ERROR: the following arguments are required: --resource-group, --subscription/);
  });
});
