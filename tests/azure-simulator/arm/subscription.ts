import { typeNamed } from "../types";
import type { LoadBalancerBody, ScaleSetBody } from "../types/bodies";
import { type ResourceType, withValue } from "../types/resource-type";
import { groupOf, isWithin, key, nameOf, parentOf, parseId, SUBSCRIPTION } from "./ids";
import type { Body, Instance, Resource, State } from "./resource";

/** A subscription to look at. Nothing here changes it. */
export class Subscription {
  constructor(readonly state: State) {}

  get(id: string): Resource | undefined {
    return this.state.resources[key(id)];
  }

  ofType(type: string): Resource[] {
    return Object.values(this.state.resources).filter((resource) => resource.type === type);
  }

  /** The resources whose parent is `id`, of one type, in the order they were made. */
  children(id: string, type: string): Resource[] {
    return this.ofType(type).filter((resource) => key(parentOf(resource.id)) === key(id));
  }

  /** What a resource holds with its child resources in their lists, each with its name and id: as ARM shows it. */
  whole(resource: Resource): Body {
    return (typeNamed(resource.type).children ?? []).reduce<Body>((body, { path, type }) => {
      const items = this.children(resource.id, type).map((child) => ({
        ...this.whole(child),
        name: child.name,
        id: child.id,
      }));
      return withValue(body, path, items);
    }, resource.body);
  }

  /** Whether an id names something: a resource, or a part of one. */
  exists(id: string): boolean {
    const parsed = parseId(id);
    if (parsed?.type === SUBSCRIPTION) {
      return key(parsed.subscription) === key(this.state.subscriptionId);
    }
    if (this.get(id) !== undefined) {
      return true;
    }
    const parent = this.get(parentOf(id));
    const list = parent?.body[id.split("/").at(-2)!];
    return Array.isArray(list) && list.some(({ name }: { name?: string }) => key(name ?? "") === key(nameOf(id)));
  }

  /** The resource that an id names or lies below, where it is kept. */
  owner(id: string): Resource | undefined {
    for (let each = id; groupOf(each) !== undefined; each = parentOf(each)) {
      const found = this.get(each);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  /** The region of a resource: its own, or its parent's. */
  locationOf(resource: Resource): string | undefined {
    const own = resource.body.location as string | undefined;
    const parent = own === undefined ? this.get(parentOf(resource.id)) : undefined;
    return parent === undefined ? own : this.locationOf(parent);
  }

  /** The resources that refer to `id` or to something in it, itself and what is in it left out. */
  usersOf(id: string): Resource[] {
    return Object.values(this.state.resources).filter(
      (resource) =>
        !isWithin(id, resource.id) && referencesIn(resource.body).some((reference) => isWithin(id, reference)),
    );
  }

  /** Every machine of every scale set. */
  machines(): { readonly scaleSet: Resource; readonly instance: Instance }[] {
    return this.ofType("Microsoft.Compute/virtualMachineScaleSets").flatMap((scaleSet) =>
      (this.state.scaleSets[key(scaleSet.id)]?.instances ?? []).map((instance) => ({ scaleSet, instance })),
    );
  }

  /** Every load balancer with its pools and inbound NAT rules. */
  loadBalancers(): { readonly id: string; readonly body: LoadBalancerBody }[] {
    return this.ofType("Microsoft.Network/loadBalancers").map((resource) => ({
      id: resource.id,
      body: this.whole(resource),
    }));
  }

  /** Every scale set with its extensions. */
  scaleSets(): { readonly id: string; readonly body: ScaleSetBody }[] {
    return this.ofType("Microsoft.Compute/virtualMachineScaleSets").map((resource) => ({
      id: resource.id,
      body: this.whole(resource),
    }));
  }
}

/** Every id that a body refers to: `{ id }` anywhere in it, its own id and its parts' left out. */
export function referencesIn(body: Body): string[] {
  return Object.entries(body).flatMap(([name, value]) => referencesOf(name, value));
}

function referencesOf(name: string, value: unknown): string[] {
  if (Array.isArray(value)) {
    return name === "userAssignedIdentities"
      ? (value as string[])
      : value.flatMap((item: unknown) => referencesOf("", item));
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const { id, ...rest } = value as { id?: unknown; name?: unknown };
  // A thing with a name has an id of its own; a thing without one only points to another.
  const own = typeof id === "string" && rest.name === undefined ? [id] : [];
  return [...own, ...referencesIn(rest)];
}

/** A copy of a body with every relative id (`$self/…`) made whole. */
export function withAbsoluteIds(body: Body, self: string): Body {
  const absolute = (value: unknown): unknown => {
    if (typeof value === "string") {
      return value.startsWith("$self/") ? `${self}/${value.slice("$self/".length)}` : value;
    }
    if (Array.isArray(value)) {
      return value.map(absolute);
    }
    return typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, absolute(inner)]))
      : value;
  };
  return absolute(body) as Body;
}

/** The child lists of a type together with the type of their items. */
export function childLists(type: ResourceType): { path: readonly string[]; type: ResourceType }[] {
  return (type.children ?? []).map(({ path, type: item }) => ({ path, type: typeNamed(item) }));
}
