import { contains, overlap } from "../../../components/network/address";
import { sameId } from "../../../tests/azure-simulator/arm/ids";
import type { Instance } from "../../../tests/azure-simulator/arm/resource";
import type { Subscription } from "../../../tests/azure-simulator/arm/subscription";
import type { BastionBody, SecurityGroupBody } from "../../../tests/azure-simulator/types/bodies";
import { prefixesOf } from "../../../tests/azure-simulator/types/virtual-network";

/** What a tunnel is asked for. */
export interface Asked {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** The Bastion's name. */
  readonly bastion: string;
  /** Azure's id of the machine. */
  readonly target: string;
  readonly resourcePort: number;
}

/** A machine that a tunnel leads to. */
export interface Found {
  /** Name of the machine. */
  readonly machine: string;
  /** Whether its network's security group lets the Bastion in. */
  readonly admitted: boolean;
}

/** Bastions that have tunnels. Source: https://learn.microsoft.com/azure/bastion/native-client */
const tunnelling = ["Standard", "Premium"];

/** Why Azure's command line opens no tunnel, before anybody connects; undefined where it opens one. */
export function refusal(subscription: Subscription, asked: Asked): string | undefined {
  if (asked.subscription !== subscription.state.subscriptionId) {
    return `The subscription of '${asked.subscription}' doesn't exist in cloud 'AzureCloud'.`;
  }
  const found = bastionOf(subscription, asked);
  if (found === undefined) {
    return (
      `(ResourceNotFound) The Resource 'Microsoft.Network/bastionHosts/${asked.bastion}' under resource group ` +
      `'${asked.resourceGroup}' was not found.`
    );
  }
  const { sku, enableTunneling } = found;
  if (!tunnelling.includes(sku?.name ?? "") || enableTunneling !== true) {
    return "Bastion Host SKU must be Standard or Premium and Native Client must be enabled.";
  }
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/.+/i.test(asked.target)
    ? undefined
    : "Please enter a valid resource ID.";
}

/** Where the Bastion leads somebody who connects, or why it does not. */
export function whereTo(subscription: Subscription, asked: Asked): Found | { readonly refused: string } {
  const machine = subscription.machines().find(({ instance: { id } }) => sameId(id, asked.target))?.instance;
  const bastion = bastionOf(subscription, asked);
  return machine === undefined || bastion === undefined
    ? { refused: `The target resource ${asked.target} was not found.` }
    : { machine: machine.name, admitted: admits(subscription, machine, bastion, asked.resourcePort) };
}

function bastionOf(subscription: Subscription, { resourceGroup, bastion }: Asked): BastionBody | undefined {
  const group = `/subscriptions/${subscription.state.subscriptionId}/resourceGroups/${resourceGroup}`;
  return subscription.get(`${group}/providers/Microsoft.Network/bastionHosts/${bastion}`)?.body;
}

/** Goes by the rule with the lowest priority that is about this. Without any, the virtual network is let in. */
function admits(
  subscription: Subscription,
  { ipConfigurations }: Instance,
  bastion: BastionBody,
  port: number,
): boolean {
  const [from] = prefixesOf(subscription.get(bastion.ipConfigurations?.[0].subnet?.id ?? "")?.body ?? {});
  const subnet = subscription.get(ipConfigurations[0].subnet)?.body;
  const to = ipConfigurations[0].privateIPAddress;
  const groupId = (subnet?.networkSecurityGroup as { id: string } | undefined)?.id;
  const group = groupId === undefined ? undefined : subscription.get(groupId);
  const rules = group === undefined ? [] : ((subscription.whole(group) as SecurityGroupBody).securityRules ?? []);
  const [rule] = rules
    .filter(({ direction, protocol }) => direction === "Inbound" && /^(tcp|\*)$/i.test(protocol ?? ""))
    .filter((each) => {
      const sources = both(each.sourceAddressPrefix, each.sourceAddressPrefixes);
      const targets = both(each.destinationAddressPrefix, each.destinationAddressPrefixes);
      const ports = both(each.destinationPortRange, each.destinationPortRanges);
      return (
        sources.some((source) => source === "*" || (isRange(source) && overlap(source, from))) &&
        targets.some((target) => target === "*" || (isRange(target) && contains(target, `${to}/32`))) &&
        ports.some((range) => covers(range, port))
      );
    })
    .sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
  return rule?.access !== "Deny";
}

/** A rule has one, or a list of them. */
function both(one: string | undefined, more: readonly string[] = []): readonly string[] {
  return one === undefined ? more : [one, ...more];
}

/** Others are names of Azure's for many addresses, none of which this program uses. */
function isRange(text: string): boolean {
  return /^\d+(\.\d+){3}(\/\d+)?$/.test(text);
}

function covers(range: string, port: number): boolean {
  const [low, high = low] = range.split("-").map(Number);
  return range === "*" || (low <= port && port <= high);
}
