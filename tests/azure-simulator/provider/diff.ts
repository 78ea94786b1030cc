import { isDeepStrictEqual } from "node:util";
import type { Body } from "../arm/resource";
import { normalRegion } from "../catalogue/regions";
import type { ResourceType } from "../types/resource-type";
import { idInputs } from "./requests";

export type Kind = "add" | "update" | "delete";

/** How two versions of a resource's inputs differ: by path, and whether that replaces the resource. */
export interface Change {
  readonly path: string;
  readonly kind: Kind;
  readonly replaces: boolean;
}

/** The changes from old to new inputs, as azure-native tells them: inputs are compared with inputs. */
export function changes(type: ResourceType, olds: Body, news: Body): Change[] {
  const replacing = new Set([...idInputs(type), ...(type.replacedBy ?? [])]);
  return objectChanges("", olds, news)
    .filter(({ path }) => path !== "location" || !sameRegion(olds.location, news.location))
    .map((change) => ({ ...change, replaces: replacing.has(change.path.split(/[.[]/)[0]) }));
}

function sameRegion(old: unknown, now: unknown): boolean {
  return typeof old === "string" && typeof now === "string" && normalRegion(old) === normalRegion(now);
}

type Found = Omit<Change, "replaces">;

function objectChanges(base: string, old: Body, now: Body): Found[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => !name.startsWith("__"));
  return names.flatMap((name) => valueChanges(base === "" ? name : `${base}.${name}`, old[name], now[name]));
}

function valueChanges(path: string, old: unknown, now: unknown): Found[] {
  if (isDeepStrictEqual(old, now)) {
    return [];
  }
  if (old === undefined || now === undefined) {
    return [{ path, kind: old === undefined ? "add" : "delete" }];
  }
  if (Array.isArray(old) && Array.isArray(now)) {
    const length = Math.max(old.length, now.length);
    return Array.from({ length }, (_, index) => index).flatMap((index) =>
      valueChanges(`${path}[${index}]`, old[index], now[index]),
    );
  }
  return isObject(old) && isObject(now) ? objectChanges(path, old, now) : [{ path, kind: "update" }];
}

export function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Inputs brought up to what changed in Azure: where what Azure showed before differs from what it shows now, the new
 * value is taken over. What it filled in by itself both times stays out of the inputs.
 */
export function carryOver(inputs: unknown, before: unknown, now: unknown): unknown {
  if (isDeepStrictEqual(before, now)) {
    return inputs;
  }
  if (isObject(inputs) && isObject(before) && isObject(now)) {
    const names = [...new Set([...Object.keys(inputs), ...Object.keys(before), ...Object.keys(now)])];
    const carried = names.map((name) => [name, carryOver(inputs[name], before[name], now[name])] as const);
    return Object.fromEntries(carried.filter(([, value]) => value !== undefined));
  }
  if (Array.isArray(inputs) && Array.isArray(before) && Array.isArray(now)) {
    return now.map((item: unknown, index): unknown =>
      index < inputs.length && index < before.length ? carryOver(inputs[index], before[index], item) : item,
    );
  }
  return now;
}
