import type { Body, Resource } from "../arm/resource";
import type { Subscription } from "../arm/subscription";

/** A list inside a resource whose items are resources of their own, too: the subnets of a network. */
export interface ChildList {
  /** Where the list is in the parent: one name, or several where it lies deeper. */
  readonly path: readonly string[];
  /** ARM type of the items. */
  readonly type: string;
}

/** What the simulator knows of a type of resource: the contract between azure-native and Azure Resource Manager. */
export interface ResourceType {
  /** Token of azure-native. */
  readonly token: string;
  /** ARM type. */
  readonly type: string;
  /** The API version that azure-native 3.28 uses for it. */
  readonly apiVersion: string;
  /** The id's path below the resource group, with the inputs that hold its names: `/virtualNetworks/{networkName}`. */
  readonly path: string;
  /** How a name that is not given is made up: from the program's name, or as a guid. */
  readonly naming?: "random" | "copy" | "guid";
  /** Inputs besides those of the path. A test compares them with the SDK's. */
  readonly inputs: readonly string[];
  /** Read-only properties. A test compares them with the SDK's. */
  readonly outputs: readonly string[];
  /** Inputs, by path, that the provider misses before it asks Azure. `[]` stands for each item of a list. */
  readonly required: readonly string[];
  /** Inputs besides those of the path whose change replaces the resource. */
  readonly replacedBy?: readonly string[];
  /** Properties that Azure takes and never shows again, by path. */
  readonly writeOnly?: readonly string[];
  readonly children?: readonly ChildList[];
  /** Lists of parts: they have ids, but are no resources of their own. */
  readonly parts?: readonly string[];
  /** Names of read-only properties inside lists and objects: no input ever comes from them. */
  readonly readOnly?: readonly string[];
  /** What Azure fills in where it was not said. */
  defaults?(body: Body, subscription: Subscription): Body;
  /** The read-only properties that follow from the rest of the subscription. */
  view?(resource: Resource, subscription: Subscription): Body;
}

/** The names in a path: ["virtualNetworkName", "subnetName"]. */
export function pathInputs({ path }: ResourceType): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
}

/** The input that holds the resource's own name. */
export function nameInput(type: ResourceType): string {
  return pathInputs(type).at(-1)!;
}

/** The value at a path inside a body. */
export function valueAt(body: Body, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Body | undefined)?.[name], body);
}

/** A body with another value at a path; undefined takes the property away. */
export function withValue(body: Body, path: readonly string[], value: unknown): Body {
  const [name, ...rest] = path;
  if (rest.length > 0) {
    return { ...body, [name]: withValue((body[name] ?? {}) as Body, rest, value) };
  }
  return value === undefined ? without(body, name) : { ...body, [name]: value };
}

/** A body without some of its properties. */
export function without(body: Body, ...names: readonly string[]): Body {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
}
