import { BastionHost, PublicIPAddress } from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { type CloudPlace, standardAddress } from "./cloud-network";
import { bastionSubnetName } from "./network-plan";

/** Name of an environment's Bastion in its resource group. */
const bastionName = "bastion";

/**
 * Azure Bastion as the way to the hosts. The cheapest that has tunnels for programs: Basic opens pages of a browser only.
 * Source: https://learn.microsoft.com/azure/bastion/configuration-settings
 * @returns its name, once it is there.
 */
export function declareBastion(
  name: string,
  { inGroup, groupId }: Pick<CloudPlace, "inGroup" | "groupId">,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const address = new PublicIPAddress(
    `${name}-address`,
    { ...inGroup, ...standardAddress, publicIpAddressName: bastionName },
    opts,
  );
  const subnet = pulumi.interpolate`${groupId}/providers/Microsoft.Network/virtualNetworks/network/subnets/${bastionSubnetName}`;
  return new BastionHost(
    name,
    {
      ...{ ...inGroup, bastionHostName: bastionName, sku: { name: "Standard" }, enableTunneling: true },
      ipConfigurations: [{ name: bastionName, subnet: { id: subnet }, publicIPAddress: { id: address.id } }],
    },
    opts,
  ).name;
}
