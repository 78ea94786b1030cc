import { randomUUID } from "node:crypto";
import { nthAddress } from "../../../components/network/address";
import { judge } from "../rules";
import type { Request } from "../rules/rule";
import { anotherOperation, type Settings } from "../orders/settings";
import { typeNamed } from "../types";
import { type ResourceType, valueAt, without, withValue } from "../types/resource-type";
import { notFound } from "./errors";
import { groupOf, isWithin, key, nameOf, parentOf, RESOURCE_GROUP, typeOf } from "./ids";
import { isAlive } from "./lock";
import type { Body, Resource, State } from "./resource";
import { childLists, Subscription, withAbsoluteIds } from "./subscription";

/** Changes to a subscription's resources, judged first. All of it works on the state in hand: no files, no waiting. */
export class Writes {
  private readonly subscription: Subscription;

  constructor(
    private readonly state: State,
    private readonly settings: Settings,
  ) {
    this.subscription = new Subscription(state);
  }

  /**
   * Puts a resource: makes it, or gives it another body. A list of child resources that the body names is taken as the
   * whole list: what is not in it goes. One that it does not name stays as it is; ARM would empty it, but azure-native
   * sends what is there along (`MaintainSubResourcePropertiesIfNotSet` in its provider).
   */
  put(id: string, given: Body): Resource {
    const type = typeNamed(typeOf(id));
    const filled = withAbsoluteIds(type.defaults?.(given, this.subscription) ?? given, id);
    this.refuseWhileBusy(id);
    this.judgePut(type, id, filled);
    const { own, lists } = split(type, filled);
    for (const [child, items] of lists) {
      this.putChildren(child, id, items);
    }
    return this.store(type, id, this.withAddress(type, id, own));
  }

  /** Takes a resource away with everything in it. Returns what went, the resource itself first. */
  remove(id: string): Resource[] {
    const resource = this.subscription.get(id);
    if (resource === undefined) {
      throw notFound(id, typeOf(id), nameOf(id), nameOf(groupOf(id) ?? ""));
    }
    this.refuseWhileBusy(id);
    if (resource.type !== RESOURCE_GROUP) {
      this.judgeRemoval(resource);
    }
    const gone = Object.values(this.state.resources).filter((each) => isWithin(id, each.id));
    for (const each of gone) {
      delete this.state.resources[key(each.id)];
    }
    return [resource, ...gone.filter((each) => each !== resource)];
  }

  /** Refuses what would come between another process's write to the same resource and its end. */
  private refuseWhileBusy(id: string): void {
    const root = this.subscription.get(rootOf(id));
    if (root?.operation === undefined) {
      return;
    }
    if (isAlive(root.operation.pid)) {
      throw anotherOperation(root.id);
    }
    // Its process was killed. In Azure the operation goes on without the one who asked for it; here this write does its work.
    root.state = "Succeeded";
  }

  /** Asks the rules of the resource, of the children named in it and of the parent that it would be in. */
  private judgePut(type: ResourceType, id: string, body: Body): void {
    const whole = this.wholeWith(type, id, body);
    const before = this.subscription.get(id);
    this.ask("put", type, id, whole, before && this.subscription.whole(before));
    for (const { path, type: child } of childLists(type)) {
      const items = (valueAt(body, path) ?? []) as readonly (Body & { name?: string })[];
      for (const item of items) {
        const childId = childIdOf(id, child, item.name ?? "");
        const old = this.subscription.get(childId);
        const childBody = this.childBody(child, childId, item);
        this.ask("put", child, childId, childBody, old && this.subscription.whole(old), true);
      }
      if (valueAt(body, path) !== undefined) {
        this.judgeDropped(child, id, items);
      }
    }
    this.judgeParent(id, (items) => [...items.filter((item) => item.id !== id), { ...whole, name: nameOf(id), id }]);
  }

  private judgeRemoval(resource: Resource): void {
    const type = typeNamed(resource.type);
    const whole = this.subscription.whole(resource);
    this.ask("delete", type, resource.id, whole, whole);
    for (const { type: child } of childLists(type)) {
      this.judgeDropped(child, resource.id, []);
    }
    this.judgeParent(resource.id, (items) => items.filter((item) => item.id !== resource.id));
  }

  /** Asks whether the children may go that a list leaves out. */
  private judgeDropped(child: ResourceType, parent: string, items: readonly { readonly name?: string }[]): void {
    const left = new Set(items.map(({ name }) => key(name ?? "")));
    for (const resource of this.subscription.children(parent, child.type)) {
      if (!left.has(key(resource.name))) {
        const whole = this.subscription.whole(resource);
        this.ask("delete", child, resource.id, whole, whole);
      }
    }
  }

  /** Asks the rules of the parent about the list that it would have. */
  private judgeParent(id: string, change: (items: readonly ListItem[]) => readonly ListItem[]): void {
    const parent = this.subscription.get(parentOf(id));
    const type = parent && typeNamed(parent.type);
    const list = type?.children?.find((each) => key(each.type) === key(typeOf(id)));
    if (parent === undefined || list === undefined) {
      return;
    }
    const before = this.subscription.whole(parent);
    const items = valueAt(before, list.path) as readonly ListItem[];
    this.ask("put", type!, parent.id, withValue(before, list.path, change(items)), before);
  }

  private ask(
    event: Request["event"],
    type: ResourceType,
    id: string,
    body: Body,
    before: Body | undefined,
    inParent = false,
  ): void {
    const { subscription, settings } = this;
    judge({ event, type: type.type, id, name: nameOf(id), body, before, inParent, subscription, settings });
  }

  /** What the resource would hold: lists that the body does not name are as they are. */
  private wholeWith(type: ResourceType, id: string, body: Body): Body {
    return childLists(type).reduce<Body>((whole, { path, type: child }) => {
      const named = valueAt(body, path) as readonly Body[] | undefined;
      const items =
        named ?? this.subscription.children(id, child.type).map((each) => ({ ...each.body, name: each.name }));
      return items.length === 0 && named === undefined && path.length > 1 ? whole : withValue(whole, path, items);
    }, body);
  }

  private childBody(type: ResourceType, id: string, item: Body): Body {
    const body = without(item, "name", "id");
    return withAbsoluteIds(type.defaults?.(body, this.subscription) ?? body, parentOf(id));
  }

  private putChildren(child: ResourceType, parent: string, items: readonly (Body & { name?: string })[]): void {
    const left = new Set(items.map(({ name }) => key(name ?? "")));
    for (const resource of this.subscription.children(parent, child.type)) {
      if (!left.has(key(resource.name))) {
        delete this.state.resources[key(resource.id)];
      }
    }
    for (const item of items) {
      const id = childIdOf(parent, child, item.name ?? "");
      this.store(child, id, this.childBody(child, id, item));
    }
  }

  private store(type: ResourceType, id: string, body: Body): Resource {
    this.state.writes++;
    const etag = randomUUID();
    const before = this.subscription.get(id);
    if (before !== undefined) {
      Object.assign(before, { body, etag, state: "Succeeded" });
      return before;
    }
    const createdAt = new Date().toISOString();
    const made: Resource = {
      id,
      type: type.type,
      name: nameOf(id),
      body,
      etag,
      state: "Succeeded",
      guid: randomUUID(),
      createdAt,
    };
    this.state.resources[key(id)] = made;
    return made;
  }

  /** A public address that is static, or in use, has its number from the start; this simulator gives it to all. */
  private withAddress(type: ResourceType, id: string, body: Body): Body {
    if (type.type !== "Microsoft.Network/publicIPAddresses") {
      return body;
    }
    const had = this.subscription.get(id)?.body.ipAddress as string | undefined;
    return { ...body, ipAddress: had ?? nthAddress(this.settings.publicAddresses, ++this.state.addresses) };
  }
}

type ListItem = Body & { readonly id?: string; readonly name?: string };

/** The resource that a write keeps busy: the network for a subnet, itself for a role assignment. */
export function rootOf(id: string): string {
  const ROOT_PARTS = 9;
  return /\/roleAssignments\//i.test(id) ? id : id.split("/").slice(0, ROOT_PARTS).join("/");
}

/** A body apart from the lists of child resources that it names. */
function split(type: ResourceType, body: Body): { own: Body; lists: [ResourceType, (Body & { name?: string })[]][] } {
  let own = body;
  const lists: [ResourceType, (Body & { name?: string })[]][] = [];
  for (const { path, type: child } of childLists(type)) {
    const items = valueAt(body, path) as (Body & { name?: string })[] | undefined;
    if (items !== undefined) {
      lists.push([child, items]);
      own = withValue(own, path, undefined);
    }
  }
  return { own, lists };
}

function childIdOf(parent: string, child: ResourceType, name: string): string {
  const list = child.path.split("/").at(-2);
  return `${parent}/${list}/${name}`;
}
