import { contains, networkOf, nthAddress, overlap } from "../network/address";

/** Name and least size that Azure Bastion's subnet has. Source: https://learn.microsoft.com/azure/bastion/configuration-settings */
export const bastionSubnetName = "AzureBastionSubnet";
const bastionPrefix = 26;

/** How many addresses a subnet has, those that no host can have among them. */
export function addressCount(subnet: string): number {
  return 2 ** (32 - Number(subnet.split("/")[1]));
}

/** The end of a network's addresses for Azure Bastion; undefined where the hosts' subnet reaches into it. */
export function bastionSubnetOf({
  addressSpace,
  subnet,
}: {
  addressSpace: string;
  subnet: string;
}): string | undefined {
  const last = nthAddress(addressSpace, addressCount(addressSpace) - 1);
  const candidate = networkOf(`${last}/${bastionPrefix}`);
  return contains(addressSpace, candidate) && !overlap(candidate, subnet) ? candidate : undefined;
}
