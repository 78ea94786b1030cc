import {
  BastionHost,
  NatGateway,
  NetworkSecurityGroup,
  PublicIPAddress,
  VirtualNetwork,
} from "@pulumi/azure-native/network";
import type { input } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import type { ScaleSetSettings } from "../settings";
import { bastionSubnetName, bastionSubnetOf } from "./network-plan";
import { admissionsOf, type Admission, type PlacedOpening } from "./openings";
import { administrationPorts } from "./ports";

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
    const bastionSubnet = settings.administration.bastion ? bastionSubnetOf({ addressSpace, subnet }) : undefined;
    const network = new VirtualNetwork(
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
    const subnetId = (of: string) =>
      pulumi.interpolate`${groupId}/providers/Microsoft.Network/virtualNetworks/network/subnets/${of}`;
    this.subnetId = subnetId(subnetName);
    if (bastionSubnet !== undefined) {
      const address = new PublicIPAddress(
        `${name}-bastion-address`,
        { ...inGroup, ...standardAddress, publicIpAddressName: "bastion" },
        inAzure,
      );
      new BastionHost(
        `${name}-bastion`,
        {
          ...inGroup,
          bastionHostName: "bastion",
          sku: { name: "Basic" },
          ipConfigurations: [
            { name: "bastion", subnet: { id: subnetId(bastionSubnetName) }, publicIPAddress: { id: address.id } },
          ],
        },
        { ...inAzure, dependsOn: [network] },
      );
    }
    this.registerOutputs({});
  }
}

/** Who may come in, as Azure has it; what no rule admits stays outside. */
export function securityRules(
  { administration: { sources }, network: { subnet } }: ScaleSetSettings,
  openings: readonly PlacedOpening[],
): input.network.SecurityRuleArgs[] {
  const { ssh, docker } = administrationPorts;
  const administered: Admission[] = [
    { name: "administration-ssh", description: "SSH of administrators", ports: String(ssh), sources },
    { name: "administration-docker", description: "Docker of administrators", ports: String(docker), sources },
  ];
  return [
    ...administered.map((admission, index) => securityRule(admission, 100 + 10 * index, subnet)),
    ...admissionsOf(openings).map((admission, index) => securityRule(admission, 200 + index, subnet)),
  ];
}

function securityRule(
  { name, description, ports, sources }: Admission,
  priority: number,
  subnet: string,
): input.network.SecurityRuleArgs {
  return {
    ...{ name, description, priority, access: "Allow", direction: "Inbound", protocol: "Tcp" },
    sourceAddressPrefixes: [...sources],
    sourcePortRange: "*",
    // After the load balancer's translation: the host's own address and port.
    destinationAddressPrefix: subnet,
    destinationPortRange: ports,
  };
}
