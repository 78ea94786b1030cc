import type { Body } from "../arm/resource";
import { parseId } from "../arm/ids";
import { pathInputs, type ResourceType } from "../types/resource-type";

/** The id that a resource's inputs name, or undefined where one of its names is not there. */
export function idOf(type: ResourceType, inputs: Body, subscriptionId: string): string | undefined {
  const names = pathInputs(type);
  if (names.some((name) => typeof inputs[name] !== "string")) {
    return undefined;
  }
  const path = type.path.replace(/\{(\w+)\}/g, (_, name: string) => (inputs[name] as string).replace(/^\/|\/$/g, ""));
  const subscription = `/subscriptions/${subscriptionId}`;
  if (type.path.startsWith("/{scope}")) {
    return path;
  }
  if (pathInputs(type)[0] === "resourceGroupName") {
    return `${subscription}/resourceGroups${path}`;
  }
  const [provider] = type.type.split("/");
  return `${subscription}/resourceGroups/${inputs.resourceGroupName as string}/providers/${provider}${path}`;
}

/** The names of every input that is in the id: of a group its own, of anything else the group's first. */
export function idInputs(type: ResourceType): string[] {
  const own = pathInputs(type);
  return own.includes("resourceGroupName") || own.includes("scope") ? own : ["resourceGroupName", ...own];
}

/** The inputs that an id stands for: what an import starts from. */
export function inputsOfId(type: ResourceType, id: string): Body {
  const parsed = parseId(id);
  if (parsed === undefined) {
    return {};
  }
  const own = pathInputs(type);
  if (own.includes("scope")) {
    return { scope: id.replace(/\/providers\/Microsoft\.Authorization\/.*$/i, "").slice(1), [own[1]]: parsed.names[0] };
  }
  const names = Object.fromEntries(own.map((name, index) => [name, parsed.names[index]]));
  return own.includes("resourceGroupName") ? names : { resourceGroupName: parsed.resourceGroup, ...names };
}

/** What of a resource's inputs is sent to Azure as its body. */
export function bodyOf(type: ResourceType, inputs: Body): Body {
  const names = type.inputs.filter((name) => name !== "id");
  return Object.fromEntries(names.flatMap((name) => (inputs[name] === undefined ? [] : [[name, inputs[name]]])));
}

/** What of a resource's outputs could have been inputs: read-only properties and the ids of named things left out. */
export function asInputs(type: ResourceType, outputs: Body): Body {
  const readOnly = new Set(type.readOnly ?? []);
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(clean);
    }
    if (typeof value !== "object" || value === null) {
      return value;
    }
    const { id, ...rest } = value as { id?: unknown; name?: unknown };
    const kept = Object.entries(rest).filter(([name]) => !readOnly.has(name));
    const reference = rest.name === undefined && id !== undefined ? { id } : {};
    return { ...reference, ...Object.fromEntries(kept.map(([name, inner]) => [name, clean(inner)])) };
  };
  const names = type.inputs.filter((name) => !readOnly.has(name) && !["id", "name", "type"].includes(name));
  // Of an extension, `type` is its own; of a subnet and a security rule it is Azure's.
  const own = type.outputs.includes("etag") ? names : [...names, ...type.inputs.filter((name) => name === "type")];
  return Object.fromEntries(own.flatMap((name) => (outputs[name] === undefined ? [] : [[name, clean(outputs[name])]])));
}
