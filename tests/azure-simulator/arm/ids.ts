/**
 * Resource ids in the form of Azure Resource Manager. Ids are compared without regard to case, as ARM does; what is
 * shown keeps the case it was written in.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */

/** A resource id taken apart. */
export interface ParsedId {
  readonly subscription: string;
  readonly resourceGroup?: string;
  /** Type as ARM writes it: `Microsoft.Network/virtualNetworks/subnets`. */
  readonly type: string;
  /** The names along the path, the outermost first. */
  readonly names: readonly string[];
}

export const RESOURCE_GROUP = "Microsoft.Resources/resourceGroups";
export const SUBSCRIPTION = "Microsoft.Resources/subscriptions";

/** Takes an id apart; undefined where it is not the id of a subscription, a resource group or a resource in one. */
export function parseId(id: string): ParsedId | undefined {
  const scope = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?(\/.*)?$/i.exec(id);
  if (scope === null) {
    return undefined;
  }
  const [, subscription, resourceGroup, rest] = scope;
  if (rest === undefined) {
    const name = resourceGroup ?? subscription;
    return { subscription, resourceGroup, type: resourceGroup ? RESOURCE_GROUP : SUBSCRIPTION, names: [name] };
  }
  // The last provider counts: a role assignment lies below the resource that it is for.
  const start = rest.toLowerCase().lastIndexOf("/providers/");
  const [provider, ...path] = start < 0 ? [] : rest.slice(start + "/providers/".length).split("/");
  if (provider === undefined || path.length === 0 || path.length % 2 !== 0 || path.includes("")) {
    return undefined;
  }
  const types = path.filter((_, index) => index % 2 === 0);
  const names = path.filter((_, index) => index % 2 === 1);
  return { subscription, resourceGroup, type: [provider, ...types].join("/"), names };
}

/** The ARM type that an id names, or an empty string. */
export function typeOf(id: string): string {
  return parseId(id)?.type ?? "";
}

/** The last name of an id. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

/** The id that a child resource or a part lies below: that of the network for a subnet's. */
export function parentOf(id: string): string {
  return id.split("/").slice(0, -2).join("/");
}

/** The resource group's id in a resource's id. */
export function groupOf(id: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(id)?.[0];
}

export function sameId(a: string, b: string): boolean {
  return key(a) === key(b);
}

/** Whether `inner` is `outer` or lies below it. */
export function isWithin(outer: string, inner: string): boolean {
  return sameId(outer, inner) || key(inner).startsWith(`${key(outer)}/`);
}

/** The form in which ids are compared and kept. */
export function key(id: string): string {
  return id.toLowerCase();
}
