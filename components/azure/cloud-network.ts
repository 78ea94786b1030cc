import { NatGateway, NetworkSecurityGroup, PublicIPAddress, VirtualNetwork } from "@pulumi/azure-native/network";
import type { input } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import { memberOpenings } from "../cluster/openings";
import type { ScaleSetSettings } from "../settings";
import { CLUSTER } from "../settings/hosts/cluster";
import { bastionSubnetName, bastionSubnetOf } from "./network-plan";
import { admissionsOf, type Admission, type PlacedOpening } from "./openings";
import { type AdministrationPort, administrationPorts, administrationPortsOf } from "./ports";

/** Where the parts of a cloud are declared. */
export interface CloudPlace {
  inGroup: { resourceGroupName: pulumi.Input<string>; location: string; tags: Record<string, string> };
  /** Azure's id of the resource group, known before it is there. */
  groupId: pulumi.Output<string>;
  settings: ScaleSetSettings;
  openings: readonly PlacedOpening[];
}

/** What every public address of a cloud is: Standard, which is closed until a rule opens it, and static. */
export const standardAddress = {
  sku: { name: "Standard", tier: "Regional" },
  publicIPAllocationMethod: "Static",
  publicIPAddressVersion: "IPv4",
} as const;

/** Name of the subnet that the hosts are in. */
const subnetName = "hosts";

/**
 * The network of a cloud's hosts: who may come in is in its security group, and the way out leads over a NAT gateway. All
 * that is a part of something else is declared in it: declared on its own as well, each update would remove the other's.
 */
export class CloudNetwork extends pulumi.ComponentResource {
  readonly subnetId: pulumi.Output<string>;

  constructor(name: string, place: CloudPlace, { provider, ...opts }: pulumi.CustomResourceOptions) {
    super("container-network-labs:azure:CloudNetwork", name, {}, opts);
    const { inGroup, groupId, settings, openings } = place;
    const { addressSpace, subnet } = settings.network;
    const bastionSubnet = bastionSubnetFor(settings);
    const inAzure = { parent: this, provider };
    const outbound = new PublicIPAddress(
      `${name}-outbound-address`,
      { ...inGroup, ...standardAddress, publicIpAddressName: "outbound" },
      inAzure,
    );
    const gateway = new NatGateway(
      `${name}-outbound`,
      {
        ...inGroup,
        natGatewayName: "outbound",
        sku: { name: "Standard" },
        idleTimeoutInMinutes: 10,
        publicIpAddresses: [{ id: outbound.id }],
      },
      inAzure,
    );
    const group = new NetworkSecurityGroup(
      `${name}-admission`,
      { ...inGroup, networkSecurityGroupName: "admission", securityRules: securityRules(settings, openings) },
      inAzure,
    );
    new VirtualNetwork(
      name,
      {
        ...inGroup,
        virtualNetworkName: "network",
        addressSpace: { addressPrefixes: [addressSpace] },
        subnets: [
          {
            name: subnetName,
            addressPrefix: subnet,
            // Said outright: what Azure does by default is about to change.
            defaultOutboundAccess: false,
            natGateway: { id: gateway.id },
            networkSecurityGroup: { id: group.id },
          },
          ...(bastionSubnet === undefined ? [] : [{ name: bastionSubnetName, addressPrefix: bastionSubnet }]),
        ],
      },
      inAzure,
    );
    this.subnetId = pulumi.interpolate`${groupId}/providers/Microsoft.Network/virtualNetworks/network/subnets/${subnetName}`;
    this.registerOutputs({});
  }
}

/** Who may come in, as Azure has it; what no rule admits stays outside. */
export function securityRules(
  settings: ScaleSetSettings,
  openings: readonly PlacedOpening[],
): input.network.SecurityRuleArgs[] {
  const { subnet } = settings.network;
  const ofMembers = settings.cluster === undefined ? [] : memberOpenings([subnet]);
  const placed = ofMembers.map((opening) => ({ ...opening, lab: CLUSTER, host: CLUSTER }));
  return [
    ...administrationRules(settings),
    ...admissionsOf([...placed, ...openings]).map((admission, index) => securityRule(admission, 200 + index, subnet)),
  ];
}

const administered: Readonly<Record<AdministrationPort, string>> = {
  ...{ ssh: "SSH", docker: "Docker", winrm: "PowerShell remoting" },
};

function administrationRules(settings: ScaleSetSettings): input.network.SecurityRuleArgs[] {
  const { administration, network } = settings;
  const of = (name: string, description: string, port: number, sources: readonly string[]): Admission => ({
    ...{ name: `administration-${name}`, description, ports: String(port), sources },
  });
  const bastionSubnet = bastionSubnetFor(settings);
  if (bastionSubnet === undefined) {
    const { sources = [] } = administration;
    return administrationPortsOf(administration).map((port, index) => {
      const admission = of(port, `${administered[port]} of administrators`, administrationPorts[port], sources);
      return securityRule(admission, 100 + 10 * index, network.subnet);
    });
  }
  return [
    securityRule(of("ssh", "SSH through Azure Bastion", administrationPorts.ssh, [bastionSubnet]), 100, network.subnet),
    {
      // Azure's own rules let all of the virtual network in, and so the hosts at each other.
      ...{ name: "administration-closed", description: "Administration by nobody else", priority: 150 },
      ...{ access: "Deny", direction: "Inbound", protocol: "Tcp", sourceAddressPrefix: "*", sourcePortRange: "*" },
      destinationAddressPrefix: network.subnet,
      destinationPortRanges: Object.values(administrationPorts).map(String),
    },
  ];
}

/** The subnet of Azure Bastion, where it is the way to the hosts. */
function bastionSubnetFor({ administration, network }: ScaleSetSettings): string | undefined {
  return administration.through === "bastion" ? bastionSubnetOf(network) : undefined;
}

function securityRule(
  { name, description, ports, protocol, sources }: Admission,
  priority: number,
  subnet: string,
): input.network.SecurityRuleArgs {
  return {
    ...{ name, description, priority, access: "Allow", direction: "Inbound" },
    protocol: protocol === "UDP" ? "Udp" : "Tcp",
    sourceAddressPrefixes: [...sources],
    sourcePortRange: "*",
    // After the load balancer's translation: the host's own address and port.
    destinationAddressPrefix: subnet,
    destinationPortRange: ports,
  };
}
