import { sameId } from "../arm/ids";
import type { Subscription } from "../arm/subscription";
import type { ScaleSetBody, SecurityRuleBody, SubnetBody } from "./bodies";
import type { ResourceType } from "./resource-type";

const RULE = "Microsoft.Network/networkSecurityGroups/securityRules";

export const networkSecurityGroup: ResourceType = {
  token: "azure-native:network:NetworkSecurityGroup",
  type: "Microsoft.Network/networkSecurityGroups",
  apiVersion: "2024-05-01",
  path: "/networkSecurityGroups/{networkSecurityGroupName}",
  naming: "random",
  inputs: ["flushConnection", "id", "location", "securityRules", "tags"],
  outputs: [
    ...["defaultSecurityRules", "etag", "flowLogs", "name", "networkInterfaces", "provisioningState", "resourceGuid"],
    ...["subnets", "type"],
  ],
  required: ["securityRules[].access", "securityRules[].direction", "securityRules[].protocol"],
  children: [{ path: ["securityRules"], type: RULE }],
  readOnly: ["etag", "provisioningState"],
  view: ({ id }, subscription) => {
    const subnets = subnetsUnder(id, subscription);
    return {
      defaultSecurityRules: defaultRules.map((rule) => ({ ...rule, id: `${id}/defaultSecurityRules/${rule.name}` })),
      ...(subnets.length === 0 ? {} : { subnets: subnets.map((subnetId) => ({ id: subnetId })) }),
    };
  },
};

export const securityRule: ResourceType = {
  token: "azure-native:network:SecurityRule",
  type: RULE,
  apiVersion: "2024-05-01",
  path: "/networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
  naming: "copy",
  inputs: [
    ...["access", "description", "destinationAddressPrefix", "destinationAddressPrefixes"],
    ...["destinationApplicationSecurityGroups", "destinationPortRange", "destinationPortRanges", "direction", "id"],
    ...["name", "priority", "protocol", "sourceAddressPrefix", "sourceAddressPrefixes"],
    ...["sourceApplicationSecurityGroups", "sourcePortRange", "sourcePortRanges", "type"],
  ],
  outputs: ["etag", "provisioningState"],
  required: ["access", "direction", "priority", "protocol"],
  defaults: (body) => ({
    sourceAddressPrefixes: [],
    destinationAddressPrefixes: [],
    sourcePortRanges: [],
    destinationPortRanges: [],
    ...body,
  }),
};

/** The subnets that a security group is on. */
export function subnetsUnder(groupId: string, subscription: Subscription): string[] {
  return subscription
    .ofType("Microsoft.Network/virtualNetworks/subnets")
    .filter(({ body }) => sameId((body as SubnetBody).networkSecurityGroup?.id ?? "", groupId))
    .map(({ id }) => id);
}

/** The scale sets whose network cards a security group is on. */
export function cardsUnder(groupId: string, subscription: Subscription): string[] {
  return subscription.scaleSets().flatMap(({ id, body }) => (cardsOf(body).some(hasGroup(groupId)) ? [id] : []));
}

function cardsOf({ virtualMachineProfile }: ScaleSetBody) {
  return virtualMachineProfile?.networkProfile?.networkInterfaceConfigurations ?? [];
}

function hasGroup(groupId: string) {
  return (card: { readonly networkSecurityGroup?: { readonly id: string } }) =>
    sameId(card.networkSecurityGroup?.id ?? "", groupId);
}

type DefaultRule = readonly [
  name: string,
  priority: number,
  direction: string,
  from: string,
  to: string,
  access: string,
];

/** https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules */
const defaultRules: readonly SecurityRuleBody[] = (
  [
    ["AllowVnetInBound", 65000, "Inbound", "VirtualNetwork", "VirtualNetwork", "Allow"],
    ["AllowAzureLoadBalancerInBound", 65001, "Inbound", "AzureLoadBalancer", "*", "Allow"],
    ["DenyAllInBound", 65500, "Inbound", "*", "*", "Deny"],
    ["AllowVnetOutBound", 65000, "Outbound", "VirtualNetwork", "VirtualNetwork", "Allow"],
    ["AllowInternetOutBound", 65001, "Outbound", "*", "Internet", "Allow"],
    ["DenyAllOutBound", 65500, "Outbound", "*", "*", "Deny"],
  ] satisfies DefaultRule[]
).map(([name, priority, direction, from, to, access]) => ({
  name,
  priority,
  direction,
  access,
  protocol: "*",
  sourceAddressPrefix: from,
  destinationAddressPrefix: to,
  sourcePortRange: "*",
  destinationPortRange: "*",
}));
