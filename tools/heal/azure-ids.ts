import type { RecordedResource } from "../stack";

/** The part of an Azure id that says what it is, and the input that holds the name, by type. */
const kinds: Readonly<Partial<Record<string, readonly [path: string, name: string]>>> = {
  "network:VirtualNetwork": ["Microsoft.Network/virtualNetworks", "virtualNetworkName"],
  "network:NetworkSecurityGroup": ["Microsoft.Network/networkSecurityGroups", "networkSecurityGroupName"],
  "network:PublicIPAddress": ["Microsoft.Network/publicIPAddresses", "publicIpAddressName"],
  "network:NatGateway": ["Microsoft.Network/natGateways", "natGatewayName"],
  "network:LoadBalancer": ["Microsoft.Network/loadBalancers", "loadBalancerName"],
  "network:BastionHost": ["Microsoft.Network/bastionHosts", "bastionHostName"],
  "managedidentity:UserAssignedIdentity": ["Microsoft.ManagedIdentity/userAssignedIdentities", "resourceName"],
  "compute:VirtualMachineScaleSet": ["Microsoft.Compute/virtualMachineScaleSets", "vmScaleSetName"],
};

/** Whether a resource is one of Azure's own. */
export function isAzure({ type }: Pick<RecordedResource, "type">): boolean {
  return type.startsWith("azure-native:");
}

/** The id that a resource has, or will have, by its inputs; undefined for a type that this program does not declare. */
export function azureId({ type, inputs = {} }: RecordedResource, subscription: string): string | undefined {
  const kind = type.slice("azure-native:".length);
  const group = `/subscriptions/${subscription}/resourceGroups/${String(inputs.resourceGroupName)}`;
  if (kind === "resources:ResourceGroup") {
    return group;
  }
  const [path, name] = kinds[kind] ?? [];
  return path === undefined ? undefined : `${group}/providers/${path}/${String(inputs[name!])}`;
}

/** The subscription that an id is in. */
export function subscriptionOf(id: string | undefined): string | undefined {
  return /^\/subscriptions\/([^/]+)/.exec(id ?? "")?.[1];
}
