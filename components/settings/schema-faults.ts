import { z } from "zod";
import type { Fault } from "./fault";
import { HIDDEN, holdsSecret } from "./hidden";
import { nearest } from "./nearest";
import { fitting, objectsOf, schemasAt, unwrap, valuesOf } from "./schema-walk";
import type { CheckWords } from "./types";

/** A path as a fault shows it and `pulumi config set --path` takes it: `labs.a.names[1]`. */
export function keyOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`))
    .join("");
}

/** What a raw value holds at a path; undefined where the path leads nowhere. */
export function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    raw,
  );
}

/**
 * What a schema found wrong, in a user's terms. The words are those of the schema at the issue's path, unless the check
 * that failed brought its own in `params`.
 */
export function schemaFaults(schema: z.ZodType, raw: unknown, error: z.ZodError): Fault[] {
  return error.issues.flatMap(told).flatMap((issue) => {
    const value = valueAt(raw, issue.path);
    const schemas = schemasAt(schema, issue.path, raw);
    if (issue.code === "unrecognized_keys") {
      const known = unique(keysOf(schemas, value));
      return issue.keys.map((key) => unknownKey([...issue.path, key], valueAt(value, [key]), known));
    }
    const own = issue.code === "custom" ? (issue.params as CheckWords | undefined) : undefined;
    const { allowed, cure } = { ...wordsOf(schemas, value), ...own };
    const secret = schemas.some((each) => unwrap(each).words.secret === true) && value !== undefined;
    return [{ key: keyOf(issue.path), value: secret ? HIDDEN : value, allowed, cure }];
  });
}

/** A union only says that no option fits. Where one is of the value's own type, what that one found says more. */
function told(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  const options = issue.code === "invalid_union" ? issue.errors : [];
  const fitting = options.find(
    (found) => !found.some(({ code, path }) => code === "invalid_type" && path.length === 0),
  );
  return fitting === undefined
    ? [issue]
    : fitting.flatMap((each) => told({ ...each, path: [...issue.path, ...each.path] }));
}

function unknownKey(path: PropertyKey[], value: unknown, known: string[]): Fault {
  const meant = nearest(String(path.at(-1)), known);
  return {
    key: keyOf(path),
    // It may be a secret under a name that was not known to be one.
    value: meant !== undefined && holdsSecret(meant) ? HIDDEN : value,
    allowed: known.length === 1 ? `the key ${known[0]}` : `the keys ${known.join(", ")}`,
    cure: meant === undefined ? "remove it" : `did you mean "${meant}"?`,
  };
}

/** The known keys of an object: of a union's options, those of the one that it is meant to be. */
function keysOf(schemas: z.ZodType[], value: unknown): string[] {
  const objects = schemas.flatMap((schema) => objectsOf(unwrap(schema).type));
  return fitting(objects, value).flatMap(({ shape }) => Object.keys(shape));
}

function wordsOf(schemas: z.ZodType[], value: unknown): Required<CheckWords> {
  const all = schemas.map(unwrap);
  const said = Object.assign({}, ...all.map((each) => each.words)) as CheckWords;
  const readOff = wordsOfTypes(
    all.map(({ type }) => type),
    value,
    all.every(({ optional }) => optional),
  );
  return { allowed: said.allowed ?? readOff.allowed, cure: said.cure ?? readOff.cure };
}

/** Words for the types that need none of their own. */
function wordsOfTypes(types: z.ZodType[], value: unknown, optional: boolean): Required<CheckWords> {
  const values = unique(types.flatMap(valuesOf)).map(String);
  if (values.length > 0) {
    const meant = typeof value === "string" ? nearest(value, values) : undefined;
    return {
      allowed: values.join(" or "),
      cure: meant === undefined ? `write ${values.join(" or ")}` : `did you mean "${meant}"?`,
    };
  }
  const keys = unique(types.flatMap(objectsOf).flatMap(({ shape }) => Object.keys(shape)));
  if (keys.length > 0) {
    return {
      allowed: `an object with ${keys.length === 1 ? "the key" : "the keys"} ${keys.join(", ")}`,
      cure: `write its keys below it${optional ? ", or {} for the defaults" : ""}`,
    };
  }
  if (types.some((type) => type instanceof z.ZodBoolean)) {
    return { allowed: "true or false", cure: "write true or false, without quotes" };
  }
  return { allowed: "a value of another type", cure: "see the description in the table of settings" };
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
