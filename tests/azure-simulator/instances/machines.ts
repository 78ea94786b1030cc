import { createHash } from "node:crypto";
import { groupOf, key } from "../arm/ids";
import type { Instance, IpConfiguration, Resource, ScaleSetState } from "../arm/resource";
import type { Subscription } from "../arm/subscription";
import { nthAddress } from "../../../components/network/address";
import type { NetworkCard, ScaleSetBody, SubnetBody } from "../types/bodies";
import { prefixesOf } from "../types/virtual-network";

/** Azure keeps the first four addresses of a subnet, and the last. */
export const RESERVED_ADDRESSES = 5;
const FIRST_ADDRESS = 4;

/**
 * Brings the machines of a scale set to its capacity and its model. What was taken away is returned: the machines
 * behind those are still there.
 */
export function reconcile(scaleSet: Resource, subscription: Subscription, newModel: boolean): Instance[] {
  const sets = subscription.state.scaleSets;
  const set = (sets[key(scaleSet.id)] ??= { next: 0, model: 0, instances: [] });
  const body = scaleSet.body as ScaleSetBody;
  if (newModel) {
    set.model++;
    // Manual leaves the machines that are there on the old model until someone upgrades them.
    if (body.upgradePolicy?.mode === "Automatic" || body.upgradePolicy?.mode === "Rolling") {
      set.instances.forEach((instance) => (instance.model = set.model));
    }
  }
  const capacity = body.sku?.capacity ?? 0;
  const removed = leaving(set.instances, set.instances.length - capacity, body);
  set.instances = set.instances.filter((instance) => !removed.includes(instance));
  const missing = capacity - set.instances.length;
  for (let made = 0; made < missing; made++) {
    set.instances.push(newInstance(scaleSet, set, body, subscription));
    if (made === 0 && overprovisions(body)) {
      // The machine that Azure makes beyond what was asked for, and deletes again, has had a number, too.
      set.next++;
    }
  }
  return removed;
}

/** https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-design-overview */
function overprovisions({ orchestrationMode, overprovision }: ScaleSetBody): boolean {
  return orchestrationMode === "Uniform" && overprovision === true;
}

/** The default scale-in policy: balance the zones, then the newest. */
function leaving(instances: readonly Instance[], count: number, body: ScaleSetBody): Instance[] {
  const staying = [...instances];
  const gone: Instance[] = [];
  while (gone.length < count) {
    const size = (zone: string | undefined) => staying.filter((instance) => instance.zone === zone).length;
    const largest = Math.max(...staying.map(({ zone }) => size(zone)));
    const candidates = (body.zones ?? []).length > 0 ? staying.filter(({ zone }) => size(zone) === largest) : staying;
    const [newest] = candidates.slice(-1);
    staying.splice(staying.indexOf(newest), 1);
    gone.push(newest);
  }
  return gone;
}

function newInstance(
  { id: setId, name: setName, guid }: Resource,
  set: ScaleSetState,
  body: ScaleSetBody,
  subscription: Subscription,
): Instance {
  const number = set.next++;
  const digest = createHash("sha256").update(`${guid}/${number}`).digest("hex");
  const uniform = body.orchestrationMode !== "Flexible";
  const name = uniform ? `${setName}_${number}` : `${setName}_${digest.slice(0, 8)}`;
  const id = uniform
    ? `${setId}/virtualMachines/${number}`
    : `${groupOf(setId)}/providers/Microsoft.Compute/virtualMachines/${name}`;
  const prefix = body.virtualMachineProfile?.osProfile?.computerNamePrefix ?? setName;
  const suffix = uniform ? number.toString(36).toUpperCase().padStart(6, "0") : digest.slice(8, 14).toUpperCase();
  const cards = body.virtualMachineProfile?.networkProfile?.networkInterfaceConfigurations ?? [];
  const cardId = (card: NetworkCard) =>
    uniform
      ? `${id}/networkInterfaces/${card.name}`
      : `${groupOf(setId)}/providers/Microsoft.Network/networkInterfaces/${card.name}-${digest.slice(0, 8)}`;
  return {
    instanceId: uniform ? String(number) : name,
    id,
    name,
    computerName: `${prefix}${suffix}`,
    vmId: guidOf(digest),
    ...zoneOf(set.instances, body),
    model: set.model,
    ipConfigurations: ipConfigurations(cards, cardId, subscription),
    extensions: {},
    hosted: false,
  };
}

/** The zone with the fewest machines. */
function zoneOf(instances: readonly Instance[], { zones }: ScaleSetBody): { zone?: string } {
  const size = (zone: string) => instances.filter((instance) => instance.zone === zone).length;
  const [zone] = [...(zones ?? [])].sort((a, b) => size(a) - size(b));
  return zone === undefined ? {} : { zone };
}

function ipConfigurations(
  cards: readonly NetworkCard[],
  cardId: (card: NetworkCard) => string,
  subscription: Subscription,
): IpConfiguration[] {
  const taken = subscription.machines().flatMap(({ instance }) => instance.ipConfigurations);
  return cards.flatMap((card) =>
    card.ipConfigurations.map((configuration) => {
      const subnet = configuration.subnet?.id ?? "";
      const inSubnet = taken.filter((each) => key(each.subnet) === key(subnet)).map((each) => each.privateIPAddress);
      const made: IpConfiguration = {
        id: `${cardId(card)}/ipConfigurations/${configuration.name}`,
        name: configuration.name,
        subnet,
        privateIPAddress: freeAddressIn(subnet, inSubnet, subscription),
        pools: (configuration.loadBalancerBackendAddressPools ?? []).map(({ id }) => id),
      };
      taken.push(made);
      return made;
    }),
  );
}

/** The first free address of a subnet; a rule has made sure that there is one. */
function freeAddressIn(subnetId: string, taken: readonly string[], subscription: Subscription): string {
  const prefixes = prefixesOf(subscription.get(subnetId)?.body ?? {});
  for (const prefix of prefixes) {
    for (let n = FIRST_ADDRESS; n < sizeOf(prefix) - 1; n++) {
      const address = nthAddress(prefix, n);
      if (!taken.includes(address)) {
        return address;
      }
    }
  }
  throw new Error(`no address is free in ${subnetId}`);
}

/** How many addresses a prefix has. */
export function sizeOf(prefix: string): number {
  return 2 ** (32 - Number(prefix.split("/")[1]));
}

/** How many of a subnet's addresses machines can have. */
export function roomIn(subnet: SubnetBody): number {
  return prefixesOf(subnet).reduce((sum, prefix) => sum + Math.max(0, sizeOf(prefix) - RESERVED_ADDRESSES), 0);
}

/** A guid made of a digest. */
export function guidOf(digest: string): string {
  const parts = [digest.slice(0, 8), digest.slice(8, 12), `4${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`];
  return [...parts, digest.slice(20, 32)].join("-");
}
