import { nameOf } from "../arm/ids";
import type { BastionBody, PublicIpBody } from "../types/bodies";
import { prefixesOf } from "../types/virtual-network";
import { first, issue, learn, onPut, type Rule } from "./rule";

const BASTION = "Microsoft.Network/bastionHosts";
const SUBNET_NAME = "AzureBastionSubnet";
const SMALLEST = 26;

/** Each has all that those before it have. */
const skus = ["Developer", "Basic", "Standard", "Premium"];

/** Azure Bastion: its subnet has a name and a size of its own. */
export const bastions: readonly Rule[] = [
  onPut<BastionBody>(
    "bastion-subnet-name",
    BASTION,
    {
      status: 400,
      code: "SubnetNameMustBeAzureBastionSubnet",
      refuses: `a bastion in a subnet that is not called ${SUBNET_NAME}`,
      known: "message",
      reference: "https://github.com/hashicorp/terraform-provider-azurerm/pull/15365",
    },
    ({ body }) =>
      first(body.ipConfigurations ?? [], ({ subnet }) =>
        subnet !== undefined && nameOf(subnet.id) !== SUBNET_NAME
          ? `Subnet name ${subnet.id} is invalid for Azure Bastion. Azure Bastion can only be created in subnet with ` +
            `name '${SUBNET_NAME}'.`
          : undefined,
      ),
  ),
  onPut<BastionBody>(
    "bastion-subnet-size",
    BASTION,
    {
      status: 400,
      code: "BastionSubnetSizeTooSmall",
      refuses: `a bastion in a subnet smaller than /${SMALLEST}`,
      known: "limit",
      reference: issue("MicrosoftDocs/azure-docs", 106102),
    },
    ({ body, subscription }) =>
      first(body.ipConfigurations ?? [], ({ subnet }) => {
        const prefixes = prefixesOf(subscription.get(subnet?.id ?? "")?.body ?? {});
        return prefixes.some((prefix) => Number(prefix.split("/")[1]) > SMALLEST)
          ? `Subnet ${subnet?.id} must have a prefix of /${SMALLEST} or larger for Azure Bastion.`
          : undefined;
      }),
  ),
  onPut<BastionBody>(
    "bastion-address-sku",
    BASTION,
    {
      status: 400,
      code: "BastionPublicIPSkuNotSupported",
      refuses: "a bastion with an address that is not Standard",
      known: "limit",
      reference: learn("azure/bastion/configuration-settings#public-ip"),
    },
    ({ id, body, subscription }) =>
      first(body.ipConfigurations ?? [], ({ publicIPAddress }) => {
        const address = subscription.get(publicIPAddress?.id ?? "")?.body as PublicIpBody | undefined;
        return address !== undefined && address.sku?.name !== "Standard"
          ? `Bastion host ${id} must reference a Standard sku publicIP, not ${publicIPAddress?.id}.`
          : undefined;
      }),
  ),
  onPut<BastionBody>(
    "bastion-sku",
    BASTION,
    {
      status: 400,
      code: "InvalidRequestFormat",
      refuses: `a bastion of a SKU other than ${skus.join(", ")}`,
      known: "limit",
      reference: learn("rest/api/virtualnetwork/bastion-hosts/create-or-update"),
    },
    ({ body: { sku } }) =>
      sku?.name === undefined || skus.includes(sku.name)
        ? undefined
        : `Cannot parse the request: '${sku.name}' is not a value of BastionHostSkuName (${skus.join(", ")}).`,
  ),
  onPut<BastionBody>(
    "bastion-tunneling-sku",
    BASTION,
    {
      status: 400,
      code: "BastionHostFeatureNotSupportedForSku",
      refuses: "a bastion with tunnels for native clients that is neither Standard nor Premium",
      known: "limit",
      reference: learn("azure/bastion/configuration-settings#skus"),
    },
    ({ id, body: { sku, enableTunneling } }) =>
      enableTunneling === true && rankOf(sku?.name) < rankOf("Standard")
        ? `Native client support of bastion host ${id} takes the Standard sku or higher, not ${sku?.name}.`
        : undefined,
  ),
  onPut<BastionBody>(
    "bastion-downgraded",
    BASTION,
    {
      status: 400,
      code: "BastionHostSkuDowngradeNotSupported",
      refuses: "a bastion that becomes one of a smaller SKU",
      known: "limit",
      reference: learn("azure/bastion/upgrade-sku"),
    },
    ({ id, body: { sku }, before }) =>
      before !== undefined && rankOf(sku?.name) < rankOf(before.sku?.name)
        ? `Sku of bastion host ${id} cannot be changed from ${before.sku?.name} to ${sku?.name}.`
        : undefined,
  ),
];

/** What nobody names is Standard. */
function rankOf(sku = "Standard"): number {
  return skus.indexOf(sku);
}
