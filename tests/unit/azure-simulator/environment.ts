import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArmError } from "../../azure-simulator/arm/errors";
import type { Body, State } from "../../azure-simulator/arm/resource";
import { ResourceManager } from "../../azure-simulator/arm/resource-manager";
import { Store } from "../../azure-simulator/arm/store";
import { Subscription } from "../../azure-simulator/arm/subscription";
import { type InstanceHosts, noHosts } from "../../azure-simulator/instances/hosts";
import { Machines } from "../../azure-simulator/instances/work";
import { Orders, type Settings } from "../../azure-simulator/orders/settings";

export const SUBSCRIPTION = "12345678-1234-4234-8234-123456789012";
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/labs`;

const network = (path: string) => `${GROUP}/providers/Microsoft.Network/${path}`;

/** The ids of the environment below. */
export const ids = {
  group: GROUP,
  network: network("virtualNetworks/net"),
  subnet: network("virtualNetworks/net/subnets/hosts"),
  bastionSubnet: network("virtualNetworks/net/subnets/AzureBastionSubnet"),
  securityGroup: network("networkSecurityGroups/admin"),
  securityRule: network("networkSecurityGroups/admin/securityRules/ssh"),
  frontAddress: network("publicIPAddresses/front"),
  outAddress: network("publicIPAddresses/out"),
  bastionAddress: network("publicIPAddresses/bastion"),
  natGateway: network("natGateways/out"),
  balancer: network("loadBalancers/front"),
  frontend: network("loadBalancers/front/frontendIPConfigurations/public"),
  pool: network("loadBalancers/front/backendAddressPools/hosts"),
  probe: network("loadBalancers/front/probes/web"),
  natRule: network("loadBalancers/front/inboundNatRules/ssh"),
  bastion: network("bastionHosts/way-in"),
  scaleSet: `${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/hosts`,
  extension: `${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/hosts/extensions/bootstrap`,
  runCommand: `${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/hosts/virtualMachines/0/runCommands/keys`,
  identity: `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/labs`,
  assignment: `${GROUP}/providers/Microsoft.Authorization/roleAssignments/0f0f0f0f-1111-4222-8333-444444444444`,
} as const;

export type Name = keyof typeof ids;

const location = "westeurope";
const standard = { sku: { name: "Standard" }, publicIPAllocationMethod: "Static", location };
export const READER =
  `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/` +
  "acdd72a7-3385-48ef-bd42-f606fba81ae7";

/** A whole environment as Azure takes it, in the order in which it is made: what every rule lets pass. */
export const bodies = {
  group: { location, tags: { project: "labs" } },
  securityGroup: { location },
  securityRule: {
    ...{ access: "Allow", direction: "Inbound", priority: 100, protocol: "Tcp" },
    ...{ sourceAddressPrefix: "198.51.100.0/24", sourcePortRange: "*" },
    ...{ destinationAddressPrefix: "*", destinationPortRange: "22" },
  },
  frontAddress: { ...standard, dnsSettings: { domainNameLabel: "labs" } },
  outAddress: standard,
  bastionAddress: standard,
  natGateway: { location, sku: { name: "Standard" }, publicIpAddresses: [{ id: ids.outAddress }] },
  network: {
    location,
    addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    subnets: [
      {
        name: "hosts",
        addressPrefix: "10.0.1.0/24",
        defaultOutboundAccess: false,
        natGateway: { id: ids.natGateway },
        networkSecurityGroup: { id: ids.securityGroup },
      },
      { name: "AzureBastionSubnet", addressPrefix: "10.0.2.0/26" },
    ],
  },
  balancer: {
    location,
    sku: { name: "Standard" },
    frontendIPConfigurations: [{ name: "public", publicIPAddress: { id: ids.frontAddress } }],
    backendAddressPools: [{ name: "hosts" }],
    probes: [{ name: "web", protocol: "Tcp", port: 8080 }],
    loadBalancingRules: [
      {
        ...{ name: "web", protocol: "Tcp", frontendPort: 80, backendPort: 8080 },
        frontendIPConfiguration: { id: "$self/frontendIPConfigurations/public" },
        backendAddressPool: { id: "$self/backendAddressPools/hosts" },
        probe: { id: "$self/probes/web" },
      },
    ],
  },
  natRule: {
    ...{ protocol: "Tcp", frontendPortRangeStart: 50000, frontendPortRangeEnd: 50009, backendPort: 22 },
    frontendIPConfiguration: { id: ids.frontend },
    backendAddressPool: { id: ids.pool },
  },
  bastion: {
    location,
    ipConfigurations: [
      { name: "way-in", subnet: { id: ids.bastionSubnet }, publicIPAddress: { id: ids.bastionAddress } },
    ],
  },
  identity: { location },
  scaleSet: {
    location,
    sku: { name: "Standard_D2s_v3", capacity: 2 },
    orchestrationMode: "Uniform",
    overprovision: false,
    upgradePolicy: { mode: "Automatic" },
    identity: { type: "UserAssigned", userAssignedIdentities: [ids.identity] },
    virtualMachineProfile: {
      osProfile: { computerNamePrefix: "host", adminUsername: "operator", adminPassword: "Quite-Long-1" },
      storageProfile: {
        imageReference: {
          ...{ publisher: "MicrosoftWindowsServer", offer: "windowsserver2022" },
          ...{ sku: "2022-datacenter-core-g2", version: "latest" },
        },
        osDisk: { createOption: "FromImage", caching: "ReadWrite", managedDisk: { storageAccountType: "Premium_LRS" } },
      },
      networkProfile: {
        networkInterfaceConfigurations: [
          {
            name: "card",
            primary: true,
            ipConfigurations: [
              { name: "main", subnet: { id: ids.subnet }, loadBalancerBackendAddressPools: [{ id: ids.pool }] },
            ],
          },
        ],
      },
      securityProfile: { securityType: "TrustedLaunch" },
    },
  },
  extension: {
    ...{ publisher: "Microsoft.Compute", type: "CustomScriptExtension", typeHandlerVersion: "1.10" },
    protectedSettings: { commandToExecute: "powershell -File C:\\lab\\boot.ps1" },
  },
  runCommand: { location, source: { script: "hostname" } },
  assignment: { principalId: "", principalType: "ServicePrincipal", roleDefinitionId: READER },
} satisfies Partial<Record<Name, Body>>;

export type Made = keyof typeof bodies;

/** A subscription in a folder of its own. */
export class Azure {
  private readonly folder = mkdtempSync(join(tmpdir(), "azure-simulator-test-"));
  readonly settingsFile = join(this.folder, "settings.json");
  readonly store = new Store(join(this.folder, "store"), SUBSCRIPTION);
  readonly orders = new Orders(this.settingsFile);
  readonly arm: ResourceManager;

  constructor(hosts: InstanceHosts = noHosts) {
    this.order({});
    this.arm = new ResourceManager(this.store, this.orders, new Machines(hosts, this.orders));
  }

  /** Writes the settings file. */
  order(settings: Partial<Settings>): void {
    writeFileSync(this.settingsFile, JSON.stringify({ latencyMilliseconds: 0, ...settings }));
  }

  get subscription(): Subscription {
    return new Subscription(this.store.read());
  }

  put(name: Made, body: Body = bodies[name]): Promise<Body> {
    return this.arm.put(ids[name], body);
  }

  /** Goes back, or on, to a state. */
  restore(state: State): Promise<void> {
    return this.store.change((current) => {
      Object.assign(current, structuredClone(state));
    });
  }

  /** Makes the environment up to and with a resource; all of it where none is named. */
  async make(last?: Made): Promise<void> {
    for (const name of Object.keys(bodies) as Made[]) {
      await this.put(name, this.bodyOf(name));
      if (name === last) {
        return;
      }
    }
  }

  /** The body of a resource; of an assignment with its principal, which is only known by now. */
  bodyOf(name: Made): Body {
    const principalId = this.subscription.get(ids.identity)?.guid ?? "";
    return name === "assignment" ? { ...bodies.assignment, principalId } : bodies[name];
  }

  machines() {
    return this.subscription.machines().map(({ instance }) => instance);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The refusal that a promise ends in. Fails where it does not end in one. */
export async function refusal(promise: Promise<unknown>): Promise<ArmError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ArmError) {
      return error;
    }
    throw error;
  }
  throw new Error("nothing was refused");
}
