import { sameId } from "../arm/ids";
import { hasZones } from "../catalogue/regions";
import type { BastionBody, LoadBalancerBody, NatGatewayBody, PublicIpBody } from "../types/bodies";
import { subnetsBehind, usersOfPublicIp } from "../types/outbound";
import { first, issue, learn, onDelete, onPut, type Request, type Rule } from "./rule";

const ADDRESS = "Microsoft.Network/publicIPAddresses";
const GATEWAY = "Microsoft.Network/natGateways";

/** The public addresses that a resource takes, with what takes them. */
function taken(request: Request): readonly { readonly address: string; readonly by: string }[] {
  const { id, body } = request;
  const { frontendIPConfigurations: frontends } = body as LoadBalancerBody;
  const { ipConfigurations } = body as BastionBody;
  const { publicIpAddresses } = body as NatGatewayBody;
  const of = (list: string, items: readonly { name?: string; publicIPAddress?: { id: string } }[] | undefined) =>
    (items ?? []).flatMap(({ name, publicIPAddress }) =>
      publicIPAddress === undefined ? [] : [{ address: publicIPAddress.id, by: `${id}/${list}/${name}` }],
    );
  return [
    ...of("frontendIPConfigurations", frontends),
    ...of("bastionHostIpConfigurations", ipConfigurations),
    ...(publicIpAddresses ?? []).map((reference) => ({ address: reference.id, by: id })),
  ];
}

function inUse(type: string): Rule {
  return onPut(
    `public-address-in-use-by-${type.split("/")[1].toLowerCase()}`,
    type,
    {
      status: 400,
      code: "PublicIPAddressInUse",
      refuses: `a public address that something else has, for ${type.split("/")[1]}`,
      known: "recalled",
      reference: learn("azure/virtual-network/ip-services/public-ip-addresses"),
    },
    (request) =>
      first(taken(request), ({ address, by }) => {
        const other = usersOfPublicIp(address, request.subscription).find(
          (user) => !sameId(user, by) && !user.toLowerCase().startsWith(`${request.id.toLowerCase()}/`),
        );
        return (
          other &&
          `Resource ${by} is referencing public IP address ${address} that is already allocated to resource ${other}.`
        );
      }),
  );
}

/** Public addresses and NAT gateways. */
export const publicAddresses: readonly Rule[] = [
  onPut<PublicIpBody>(
    "standard-address-not-static",
    ADDRESS,
    {
      status: 400,
      code: "StandardSkuPublicIPAddressesMustBeStatic",
      refuses: "a Standard address that is allocated dynamically (the default)",
      known: "message",
      reference: issue("pulumi/pulumi-azure-native", 1597),
    },
    ({ id, body }) =>
      body.sku?.name === "Standard" && body.publicIPAllocationMethod !== "Static"
        ? `Standard sku publicIp ${id} must have AllocationMethod set to Static.`
        : undefined,
  ),
  onPut<PublicIpBody>(
    "address-zones-in-region",
    ADDRESS,
    {
      status: 400,
      code: "LocationNotSupportAvailabilityZones",
      refuses: "an address with zones in a region that has none",
      known: "recalled",
      reference: learn("azure/reliability/regions-list"),
    },
    ({ name, body: { zones, location = "" } }) =>
      (zones ?? []).length > 0 && !hasZones(location)
        ? `The resource 'Microsoft.Network/publicIPAddresses/${name}' does not support availability zones at ` +
          `location '${location}'.`
        : undefined,
  ),
  onPut<PublicIpBody>(
    "basic-address-with-zones",
    ADDRESS,
    {
      status: 400,
      code: "ResourceWithBasicSkuCannotHaveZones",
      refuses: "a Basic address with zones",
      known: "limit",
      reference: learn("azure/virtual-network/ip-services/public-ip-addresses#sku"),
    },
    ({ id, body: { sku, zones } }) =>
      sku?.name === "Basic" && (zones ?? []).length > 0
        ? `Public IP address ${id} of sku Basic does not support availability zones.`
        : undefined,
  ),
  onPut<PublicIpBody>(
    "domain-name-label",
    ADDRESS,
    {
      status: 400,
      code: "InvalidDomainNameLabel",
      refuses: "a domain name label of other characters",
      known: "recalled",
      reference: learn("azure/virtual-network/ip-services/public-ip-addresses#domain-name-label"),
    },
    ({ body: { dnsSettings } }) => {
      const label = dnsSettings?.domainNameLabel;
      return label === undefined || /^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(label)
        ? undefined
        : `The domain name label ${label} is invalid. It must conform to the following regular expression: ` +
            "^[a-z][a-z0-9-]{1,61}[a-z0-9]$.";
    },
  ),
  onPut<PublicIpBody>(
    "domain-name-taken",
    ADDRESS,
    {
      status: 400,
      code: "DnsRecordInUse",
      refuses: "a domain name label that another address of the region has",
      known: "recalled",
      reference: learn("azure/virtual-network/ip-services/public-ip-addresses#domain-name-label"),
    },
    ({ id, body: { dnsSettings, location }, subscription }) => {
      const label = dnsSettings?.domainNameLabel;
      const other = subscription.ofType(ADDRESS).find((resource) => {
        const body = resource.body as PublicIpBody;
        const same = label !== undefined && body.dnsSettings?.domainNameLabel === label;
        return same && body.location === location && !sameId(resource.id, id);
      });
      return other && `DNS record ${label}.${location}.cloudapp.azure.com is already used by another public IP.`;
    },
  ),
  inUse("Microsoft.Network/loadBalancers"),
  inUse("Microsoft.Network/bastionHosts"),
  inUse(GATEWAY),
  onDelete<PublicIpBody>(
    "allocated-address-removed",
    ADDRESS,
    {
      status: 400,
      code: "PublicIPAddressCannotBeDeleted",
      refuses: "removal of an address that something has",
      known: "message",
      reference: issue("hashicorp/terraform-provider-azurerm", 2566),
    },
    ({ id, subscription }) => {
      const [user] = usersOfPublicIp(id, subscription);
      return (
        user &&
        `Public IP address ${id} can not be deleted since it is still allocated to resource ${user}. In order to ` +
          "delete the public IP, disassociate/detach the Public IP address from the resource. To learn how to do " +
          "this, see aka.ms/deletepublicip."
      );
    },
  ),
  onPut<NatGatewayBody>(
    "nat-gateway-sku",
    GATEWAY,
    {
      status: 400,
      code: "NatGatewaySkuNotSupported",
      refuses: "a NAT gateway that is not of sku Standard",
      known: "limit",
      reference: learn("azure/nat-gateway/nat-gateway-resource"),
    },
    ({ id, body: { sku } }) =>
      sku?.name === "Standard" ? undefined : `NAT Gateway ${id} must have sku Standard, not '${sku?.name ?? ""}'.`,
  ),
  onPut<NatGatewayBody>(
    "nat-gateway-with-basic-address",
    GATEWAY,
    {
      status: 400,
      code: "NatGatewayAndPublicIPSkuDoNotMatch",
      refuses: "a NAT gateway with a Basic address",
      known: "limit",
      reference: issue("Azure/bicep", 5914),
    },
    ({ id, body, subscription }) =>
      first(body.publicIpAddresses ?? [], (reference) => {
        const { sku } = (subscription.get(reference.id)?.body ?? {}) as PublicIpBody;
        return sku?.name === "Basic"
          ? `Standard sku NAT gateway ${id} cannot reference Basic sku publicIP ${reference.id}.`
          : undefined;
      }),
  ),
  onDelete<NatGatewayBody>(
    "nat-gateway-in-use",
    GATEWAY,
    {
      status: 400,
      code: "CannotDeleteNatGatewayAssociatedToSubnet",
      refuses: "removal of a NAT gateway that subnets use",
      known: "message",
      reference: issue("Azure-Samples/Copilot-Studio-with-Azure-AI-Search", 62),
    },
    ({ id, subscription }) => {
      const { length } = subnetsBehind(id, subscription);
      return length === 0
        ? undefined
        : `NAT Gateway ${id} is still configured on ${length} subnets. Remove NAT Gateway from all referenced ` +
            "subnets and then delete NAT Gateway.";
    },
  ),
];
