import { contains, hasHostBits, networkOf, overlap } from "../../../components/network/address";
import { sameId } from "../arm/ids";
import { roomIn } from "../instances/machines";
import type { NatGatewayBody, ScaleSetBody, SubnetBody, VirtualNetworkBody } from "../types/bodies";
import { prefixesOf, usesOf } from "../types/virtual-network";
import { first, issue, learn, onDelete, onPut, pair, type Rule } from "./rule";

const NETWORK = "Microsoft.Network/virtualNetworks";
const SUBNET = "Microsoft.Network/virtualNetworks/subnets";
const SMALLEST_SUBNET = 29;

/** Whether the text is an IPv4 prefix with its length, host bits or not. */
export function isPrefix(text: string): boolean {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  return match !== null && match.slice(1, 5).every((part) => Number(part) <= 255) && Number(match[5]) <= 32;
}

function spaceOf({ addressSpace }: VirtualNetworkBody): readonly string[] {
  return addressSpace?.addressPrefixes ?? [];
}

function allPrefixes(body: VirtualNetworkBody): readonly string[] {
  return [...spaceOf(body), ...(body.subnets ?? []).flatMap(prefixesOf)];
}

/** Virtual networks and their subnets. */
export const virtualNetworks: readonly Rule[] = [
  onPut<VirtualNetworkBody>(
    "network-without-address-space",
    NETWORK,
    {
      status: 400,
      code: "AddressSpaceMissing",
      refuses: "a network without an address space",
      known: "limit",
      reference: learn("azure/templates/microsoft.network/virtualnetworks"),
    },
    ({ name, body }) =>
      spaceOf(body).length === 0 ? `Virtual network '${name}' must have at least one address prefix.` : undefined,
  ),
  onPut<VirtualNetworkBody>(
    "prefix-notation",
    NETWORK,
    {
      status: 400,
      code: "InvalidCIDRNotation",
      refuses: "a prefix that is no CIDR",
      known: "recalled",
      reference: learn("azure/virtual-network/virtual-networks-faq"),
    },
    ({ body }) => {
      const wrong = allPrefixes(body).find((prefix) => !isPrefix(prefix));
      return wrong && `The address prefix ${wrong} has an invalid CIDR notation.`;
    },
  ),
  onPut<VirtualNetworkBody>(
    "prefix-host-bits",
    NETWORK,
    {
      status: 400,
      code: "InvalidCIDRNotation",
      refuses: "a prefix with host bits",
      known: "recalled",
      reference: learn("azure/virtual-network/virtual-networks-faq"),
    },
    ({ body }) => {
      const wrong = allPrefixes(body).find((prefix) => isPrefix(prefix) && hasHostBits(prefix));
      return (
        wrong &&
        `The address prefix ${wrong} has an invalid CIDR notation. For the given prefix length, the address prefix ` +
          `should be ${networkOf(wrong)}.`
      );
    },
  ),
  onPut<VirtualNetworkBody>(
    "network-prefixes-overlap",
    NETWORK,
    {
      status: 400,
      code: "NetcfgInvalidAddressSpace",
      refuses: "two prefixes of one address space that overlap",
      known: "limit",
      reference: learn("azure/virtual-network/manage-virtual-network#create-a-virtual-network"),
    },
    ({ name, body }) => {
      const clash = pair(spaceOf(body), overlap);
      return clash && `Address prefixes ${clash.join(" and ")} of virtual network '${name}' overlap.`;
    },
  ),
  onPut<VirtualNetworkBody>(
    "subnet-outside-network",
    NETWORK,
    {
      status: 400,
      code: "NetcfgSubnetRangeOutsideVnet",
      refuses: "a subnet outside the network's address space",
      known: "message",
      reference: issue("MicrosoftDocs/azure-docs", 123869),
    },
    ({ name, body }) => {
      const inside = (prefix: string) => spaceOf(body).some((space) => contains(space, prefix));
      const outside = (body.subnets ?? []).find((subnet) => !prefixesOf(subnet).every(inside));
      return (
        outside &&
        `Subnet '${outside.name}' is not valid because its IP address range is outside the IP address range of ` +
          `virtual network '${name}'.`
      );
    },
  ),
  onPut<VirtualNetworkBody>(
    "subnets-overlap",
    NETWORK,
    {
      status: 400,
      code: "NetcfgSubnetRangesOverlap",
      refuses: "two subnets that overlap",
      known: "message",
      reference: issue("MicrosoftDocs/azure-docs", 123869),
    },
    ({ name, body }) => {
      const clash = pair(body.subnets ?? [], (a, b) =>
        prefixesOf(a).some((x) => prefixesOf(b).some((y) => overlap(x, y))),
      );
      return (
        clash &&
        `Subnet '${clash[1].name}' is not valid because its IP address range overlaps with that of an existing ` +
          `subnet in virtual network '${name}'.`
      );
    },
  ),
  onPut<SubnetBody>(
    "subnet-without-prefix",
    SUBNET,
    {
      status: 400,
      code: "InvalidSubnetPrefix",
      refuses: "a subnet without a prefix",
      known: "limit",
      reference: learn("azure/templates/microsoft.network/virtualnetworks/subnets"),
    },
    ({ name, body }) => (prefixesOf(body).length === 0 ? `Subnet '${name}' must have an address prefix.` : undefined),
  ),
  onPut<SubnetBody>(
    "subnet-too-small",
    SUBNET,
    {
      status: 400,
      code: "NetcfgInvalidSubnet",
      refuses: `a subnet smaller than /${SMALLEST_SUBNET}`,
      known: "limit",
      reference: learn(
        "azure/virtual-network/virtual-networks-faq#how-small-and-how-large-can-virtual-networks-and-subnets-be",
      ),
    },
    ({ name, id, body }) =>
      prefixesOf(body).some((prefix) => Number(prefix.split("/")[1]) > SMALLEST_SUBNET)
        ? `Subnet '${name}' is not valid in virtual network '${id.split("/").at(-3)}'.`
        : undefined,
  ),
  onPut<SubnetBody>(
    "subnet-prefix-in-use",
    SUBNET,
    {
      status: 400,
      code: "InUsePrefixCannotBeDeleted",
      refuses: "another prefix for a subnet that has machines",
      known: "recalled",
      reference: learn("azure/virtual-network/virtual-network-manage-subnet#change-subnet-settings"),
    },
    ({ id, name, before, body, subscription }) => {
      const gone = before && prefixesOf(before).find((prefix) => !prefixesOf(body).includes(prefix));
      return gone !== undefined && usesOf({ id }, subscription).length > 0
        ? `IpPrefix ${gone} on Subnet ${name} has active allocations and cannot be deleted.`
        : undefined;
    },
  ),
  onDelete<SubnetBody>(
    "subnet-in-use",
    SUBNET,
    {
      status: 400,
      code: "InUseSubnetCannotBeDeleted",
      refuses: "removal of a subnet that something has an address in, also by leaving it out of its network's list",
      known: "message",
      reference: issue("kubernetes-sigs/cluster-api-provider-azure", 172),
    },
    ({ id, name, subscription }) => {
      const uses = usesOf({ id }, subscription);
      return uses.length === 0
        ? undefined
        : `Subnet ${name} is in use by ${uses.join(", ")} and cannot be deleted. In order to delete the subnet, ` +
            "delete all the resources within the subnet. See aka.ms/deletesubnet.";
    },
  ),
  onPut<ScaleSetBody>(
    "subnet-full",
    "Microsoft.Compute/virtualMachineScaleSets",
    {
      status: 400,
      code: "SubnetIsFull",
      refuses: "more machines than the subnet has addresses for (Azure keeps five)",
      known: "recalled",
      reference: learn(
        "azure/virtual-network/virtual-networks-faq#are-there-any-restrictions-on-using-ip-addresses-within-these-subnets",
      ),
    },
    ({ id, body, subscription }) => {
      const cards = body.virtualMachineProfile?.networkProfile?.networkInterfaceConfigurations ?? [];
      const wanted = cards.flatMap((card) => card.ipConfigurations.map(({ subnet }) => subnet?.id ?? ""));
      return first([...new Set(wanted)], (subnetId) => {
        const subnet = subscription.get(subnetId);
        if (subnet === undefined) {
          return undefined;
        }
        const others = usesOf(subnet, subscription).filter((use) => !sameId(use.slice(0, id.length), id)).length;
        const needed = wanted.filter((each) => sameId(each, subnetId)).length * (body.sku?.capacity ?? 0);
        return others + needed <= roomIn(subnet.body)
          ? undefined
          : `Subnet ${subnet.name} with address prefix ${prefixesOf(subnet.body).join(",")} does not ` +
              `have enough capacity for ${needed} IP addresses.`;
      });
    },
  ),
  onPut<NatGatewayBody>(
    "nat-gateway-idle-timeout",
    "Microsoft.Network/natGateways",
    {
      status: 400,
      code: "NatGatewayIdleTimeoutOutOfRange",
      refuses: "an idle timeout of a NAT gateway outside 4 to 120 minutes",
      known: "limit",
      reference: learn("azure/nat-gateway/nat-gateway-resource#timers"),
    },
    ({ id, body: { idleTimeoutInMinutes: minutes = 4 } }) =>
      minutes < 4 || minutes > 120
        ? `NAT Gateway ${id} has idle timeout ${minutes}. Value should be between 4 and 120 minutes.`
        : undefined,
  ),
];
