import type { Body } from "../arm/resource";
import { nameInput, type ResourceType } from "../types/resource-type";
import { idInputs } from "./requests";

/** Set on inputs whose name was made up, so that a replacement may be made before the old one goes. */
export const CREATE_BEFORE_DELETE = "__createBeforeDelete";

/** What the engine says of names that a program leaves open. */
export interface Autonaming {
  readonly mode: "propose" | "enforce" | "disable";
  readonly proposedName: string;
}

/** The name of a resource that the program gave none: the one it had, or one made from the program's and a seed. */
export function withName(
  type: ResourceType,
  urn: string,
  seed: Uint8Array,
  autonaming: Autonaming | undefined,
  olds: Body,
  news: Body,
): Body {
  const input = nameInput(type);
  if (news[input] !== undefined || type.naming === undefined || autonaming?.mode === "disable") {
    return news;
  }
  if (olds[input] !== undefined) {
    const flag = olds[CREATE_BEFORE_DELETE];
    return { ...news, [input]: olds[input], ...(flag === undefined ? {} : { [CREATE_BEFORE_DELETE]: flag }) };
  }
  const random = autonaming?.mode === "enforce" || (autonaming?.mode === "propose" && type.naming !== "guid");
  const name = random ? autonaming.proposedName : madeUp(type, urn, seed);
  const unique = random || type.naming !== "copy";
  return { ...news, [input]: name, ...(unique ? { [CREATE_BEFORE_DELETE]: true } : {}) };
}

function madeUp({ naming }: ResourceType, urn: string, seed: Uint8Array): string {
  const own = urn.split("::").at(-1)!;
  const hex = Buffer.from(seed).toString("hex").padEnd(32, "0");
  switch (naming) {
    case "guid":
      return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        `4${hex.slice(13, 16)}`,
        `8${hex.slice(17, 20)}`,
        hex.slice(20, 32),
      ].join("-");
    case "copy":
      return own;
    default:
      return `${own}${hex.slice(0, 8)}`;
  }
}

/** Required inputs that are not there, in the provider's words. */
export function missing(type: ResourceType, inputs: Body): string[] {
  const names = idInputs(type).filter((name) => inputs[name] === undefined);
  const inside = type.required.flatMap((path) => missingAt(path.split("."), inputs, ""));
  return [...names, ...inside].map((path) =>
    path === "location"
      ? "missing required property 'location'. Either set it explicitly or configure it with " +
        "'pulumi config set azure-native:location <value>'."
      : `missing required property '${path}'`,
  );
}

function missingAt([step, ...rest]: readonly string[], value: unknown, base: string): string[] {
  const name = step.replace("[]", "");
  const path = base === "" ? name : `${base}.${name}`;
  // What is not an object is unknown yet, or is not there; what holds it would be missed by itself.
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const inner = (value as Body)[name];
  if (rest.length === 0) {
    return inner === undefined ? [path] : [];
  }
  return step.endsWith("[]")
    ? (Array.isArray(inner) ? inner : []).flatMap((item, index) => missingAt(rest, item, `${path}[${index}]`))
    : missingAt(rest, inner, path);
}
