import { type Resource } from "../arm/resource";
import type { Subscription } from "../arm/subscription";
import { sameId } from "../arm/ids";
import type { SubnetBody } from "./bodies";
import type { ResourceType } from "./resource-type";

const SUBNET = "Microsoft.Network/virtualNetworks/subnets";

export const virtualNetwork: ResourceType = {
  token: "azure-native:network:VirtualNetwork",
  type: "Microsoft.Network/virtualNetworks",
  apiVersion: "2024-05-01",
  path: "/virtualNetworks/{virtualNetworkName}",
  naming: "random",
  inputs: [
    ...["addressSpace", "bgpCommunities", "ddosProtectionPlan", "dhcpOptions", "enableDdosProtection"],
    ...["enableVmProtection", "encryption", "extendedLocation", "flowTimeoutInMinutes", "id", "ipAllocations"],
    ...["location", "privateEndpointVNetPolicies", "subnets", "tags", "virtualNetworkPeerings"],
  ],
  outputs: ["etag", "flowLogs", "name", "provisioningState", "resourceGuid", "type"],
  required: [],
  replacedBy: ["location"],
  children: [{ path: ["subnets"], type: SUBNET }],
  readOnly: ["ipConfigurations", "purpose", "etag", "provisioningState"],
  defaults: (body) => ({
    enableDdosProtection: false,
    privateEndpointVNetPolicies: "Disabled",
    virtualNetworkPeerings: [],
    ...body,
  }),
};

export const subnet: ResourceType = {
  token: "azure-native:network:Subnet",
  type: SUBNET,
  apiVersion: "2024-05-01",
  path: "/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
  naming: "copy",
  inputs: [
    ...["addressPrefix", "addressPrefixes", "applicationGatewayIPConfigurations", "defaultOutboundAccess"],
    ...["delegations", "id", "ipAllocations", "ipamPoolPrefixAllocations", "name", "natGateway"],
    ...["networkSecurityGroup", "privateEndpointNetworkPolicies", "privateLinkServiceNetworkPolicies", "routeTable"],
    ...["serviceEndpointPolicies", "serviceEndpoints", "sharingScope", "type"],
  ],
  outputs: [
    ...["etag", "ipConfigurationProfiles", "ipConfigurations", "privateEndpoints", "provisioningState", "purpose"],
    ...["resourceNavigationLinks", "serviceAssociationLinks"],
  ],
  required: [],
  readOnly: ["etag", "provisioningState"],
  defaults: (body) => ({
    delegations: [],
    privateEndpointNetworkPolicies: "Disabled",
    privateLinkServiceNetworkPolicies: "Enabled",
    ...body,
  }),
  view: (resource, subscription) => {
    const uses = usesOf(resource, subscription);
    return uses.length === 0 ? {} : { ipConfigurations: uses.map((id) => ({ id })) };
  },
};

/** The prefixes of a subnet, however they were said. */
export function prefixesOf({ addressPrefix, addressPrefixes }: SubnetBody): readonly string[] {
  return addressPrefixes ?? (addressPrefix === undefined ? [] : [addressPrefix]);
}

/** The ids of the ip configurations that have an address in a subnet. */
export function usesOf({ id }: { readonly id: string }, subscription: Subscription): string[] {
  const machines = subscription
    .machines()
    .flatMap(({ instance }) => instance.ipConfigurations)
    .filter((configuration) => sameId(configuration.subnet, id))
    .map((configuration) => configuration.id);
  return [...machines, ...configurationsOf(id, subscription)];
}

/** Front ends of load balancers and bastions in a subnet. */
function configurationsOf(subnetId: string, subscription: Subscription): string[] {
  const lists: readonly [string, string][] = [
    ["Microsoft.Network/loadBalancers", "frontendIPConfigurations"],
    ["Microsoft.Network/bastionHosts", "ipConfigurations"],
  ];
  return lists.flatMap(([type, property]) =>
    subscription.ofType(type).flatMap((resource: Resource) => {
      const items = (resource.body[property] ?? []) as { name?: string; subnet?: { id: string } }[];
      const inSubnet = items.filter((item) => item.subnet !== undefined && sameId(item.subnet.id, subnetId));
      return inSubnet.map(({ name }) => `${resource.id}/${property}/${name}`);
    }),
  );
}
