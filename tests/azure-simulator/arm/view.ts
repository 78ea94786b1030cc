import { typeNamed } from "../types";
import { withValue } from "../types/resource-type";
import type { Body, Resource } from "./resource";
import type { Subscription } from "./subscription";

/** What Azure shows of a resource, as azure-native gives it to programs: everything but what is never shown again. */
export function show(resource: Resource, subscription: Subscription): Body {
  const type = typeNamed(resource.type);
  const computed: Record<string, unknown> = {
    name: resource.name,
    provisioningState: resource.state,
    etag: `W/"${resource.etag}"`,
    resourceGuid: resource.guid,
    type: resource.type,
  };
  const has = (name: string) => type.outputs.includes(name) || (name === "name" && type.inputs.includes("name"));
  const known = Object.entries(computed).filter(([name]) => has(name));
  // Of a subnet and a security rule azure-native takes `type` as an input and gives Azure's as an output.
  const own = type.inputs.includes("type") && resource.body.type === undefined ? { type: resource.type } : {};
  const body = (type.writeOnly ?? []).reduce<Body>(
    (shown, path) => withoutValue(shown, path.split(".")),
    withParts(resource, type.parts ?? []),
  );
  const shown: Body = {
    ...own,
    ...body,
    id: resource.id,
    ...Object.fromEntries(known),
    ...type.view?.(resource, subscription),
  };
  return (type.children ?? []).reduce<Body>((whole, list) => {
    const items = subscription.children(resource.id, list.type).map((child) => show(child, subscription));
    // A list deep inside is only shown where it has items, or an empty one would make up its parents.
    return items.length === 0 && list.path.length > 1 ? whole : withValue(whole, list.path, items);
  }, shown);
}

/** The body with the ids of its parts. */
function withParts({ id, etag, state, type, body }: Resource, lists: readonly string[]): Body {
  return lists.reduce<Body>((whole, list) => {
    const items = whole[list] as readonly { readonly name?: string }[] | undefined;
    const shown = items?.map((item) => ({
      ...item,
      id: `${id}/${list}/${item.name}`,
      etag: `W/"${etag}"`,
      provisioningState: state,
      type: `${type}/${list}`,
    }));
    return shown === undefined ? whole : { ...whole, [list]: shown };
  }, body);
}

/** As withValue(…, undefined), but a parent that is not there is not made. */
function withoutValue(body: Body, path: readonly string[]): Body {
  const [name, ...rest] = path;
  if (body[name] === undefined) {
    return body;
  }
  return rest.length === 0
    ? withValue(body, path, undefined)
    : { ...body, [name]: withoutValue(body[name] as Body, rest) };
}
