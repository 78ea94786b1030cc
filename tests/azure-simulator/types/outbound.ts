import { sameId } from "../arm/ids";
import type { Subscription } from "../arm/subscription";
import type { BastionBody, LoadBalancerBody, NatGatewayBody, PublicIpBody, SubnetBody } from "./bodies";
import type { ResourceType } from "./resource-type";

export const natGateway: ResourceType = {
  token: "azure-native:network:NatGateway",
  type: "Microsoft.Network/natGateways",
  apiVersion: "2024-05-01",
  path: "/natGateways/{natGatewayName}",
  naming: "random",
  inputs: [
    ...["id", "idleTimeoutInMinutes", "location", "publicIpAddresses", "publicIpPrefixes", "sku", "tags", "zones"],
  ],
  outputs: ["etag", "name", "provisioningState", "resourceGuid", "subnets", "type"],
  required: [],
  defaults: (body) => ({ idleTimeoutInMinutes: 4, ...body }),
  view: ({ id }, subscription) => {
    const subnets = subnetsBehind(id, subscription);
    return subnets.length === 0 ? {} : { subnets: subnets.map((subnetId) => ({ id: subnetId })) };
  },
};

export const publicIPAddress: ResourceType = {
  token: "azure-native:network:PublicIPAddress",
  type: "Microsoft.Network/publicIPAddresses",
  apiVersion: "2024-05-01",
  path: "/publicIPAddresses/{publicIpAddressName}",
  naming: "random",
  inputs: [
    ...["ddosSettings", "deleteOption", "dnsSettings", "extendedLocation", "id", "idleTimeoutInMinutes", "ipAddress"],
    ...["ipTags", "linkedPublicIPAddress", "location", "migrationPhase", "natGateway", "publicIPAddressVersion"],
    ...["publicIPAllocationMethod", "publicIPPrefix", "servicePublicIPAddress", "sku", "tags", "zones"],
  ],
  outputs: ["etag", "ipConfiguration", "name", "provisioningState", "resourceGuid", "type"],
  required: [],
  replacedBy: ["location", "publicIPAddressVersion", "publicIPPrefix", "sku"],
  // Azure shows which gateway uses the address. Whether azure-native carries that into the inputs at a refresh, as the
  // SDK's input of this name suggests, is not known; here it does not.
  readOnly: ["fqdn", "natGateway"],
  defaults: (body) => {
    const { sku, dnsSettings, location } = body as PublicIpBody;
    const label = dnsSettings?.domainNameLabel;
    return {
      idleTimeoutInMinutes: 4,
      ipTags: [],
      publicIPAddressVersion: "IPv4",
      publicIPAllocationMethod: "Dynamic",
      ...body,
      sku: { name: "Basic", tier: "Regional", ...sku },
      ...(label === undefined
        ? {}
        : { dnsSettings: { fqdn: `${label}.${location}.cloudapp.azure.com`, ...dnsSettings } }),
    };
  },
  view: ({ id }, subscription) => {
    const [user] = usersOfPublicIp(id, subscription);
    if (user === undefined) {
      return {};
    }
    return /\/natGateways\/[^/]+$/i.test(user) ? { natGateway: { id: user } } : { ipConfiguration: { id: user } };
  },
};

/** The subnets that go out through a NAT gateway. */
export function subnetsBehind(gatewayId: string, subscription: Subscription): string[] {
  return subscription
    .ofType("Microsoft.Network/virtualNetworks/subnets")
    .filter(({ body }) => sameId((body as SubnetBody).natGateway?.id ?? "", gatewayId))
    .map(({ id }) => id);
}

/** What a public address is allocated to: ids of front ends, bastion configurations and NAT gateways. */
export function usersOfPublicIp(addressId: string, subscription: Subscription): string[] {
  const isIt = (reference: { readonly id: string } | undefined) => sameId(reference?.id ?? "", addressId);
  const frontends = subscription
    .ofType("Microsoft.Network/loadBalancers")
    .flatMap(({ id, body }) =>
      ((body as LoadBalancerBody).frontendIPConfigurations ?? [])
        .filter((frontend) => isIt(frontend.publicIPAddress))
        .map(({ name }) => `${id}/frontendIPConfigurations/${name}`),
    );
  const bastions = subscription
    .ofType("Microsoft.Network/bastionHosts")
    .flatMap(({ id, body }) =>
      ((body as BastionBody).ipConfigurations ?? [])
        .filter((configuration) => isIt(configuration.publicIPAddress))
        .map(({ name }) => `${id}/bastionHostIpConfigurations/${name}`),
    );
  const gateways = subscription
    .ofType("Microsoft.Network/natGateways")
    .filter(({ body }) => (body as NatGatewayBody).publicIpAddresses?.some(isIt))
    .map(({ id }) => id);
  return [...frontends, ...bastions, ...gateways];
}
