import { z } from "zod";
import { words, type Words } from "./types";

/** What a setting is, once everything wrapped around its type has been looked at. */
export interface Unwrapped {
  /** The type itself: an object, a string, … */
  readonly type: z.ZodType;
  readonly words: Words;
  readonly description: string | undefined;
  /** The default as the schema holds it; undefined where there is none. */
  readonly fallback: unknown;
  /** Whether it may be left out. */
  readonly optional: boolean;
}

/** Takes off a schema's wrappers (default, optional, transform) and keeps what they say; the outermost word counts. */
export function unwrap(schema: z.ZodType): Unwrapped {
  const own = { words: words.get(schema) ?? {}, description: schema.description };
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return merge(own, unwrap(schema.unwrap() as z.ZodType), { fallback: schema.def.defaultValue, optional: true });
  }
  if (schema instanceof z.ZodOptional) {
    return merge(own, unwrap(schema.unwrap() as z.ZodType), { optional: true });
  }
  if (schema instanceof z.ZodPipe) {
    return merge(own, unwrap(schema.in as z.ZodType), {});
  }
  return { ...own, type: schema, fallback: undefined, optional: false };
}

function merge(
  own: Pick<Unwrapped, "words" | "description">,
  inner: Unwrapped,
  wrapper: Partial<Unwrapped>,
): Unwrapped {
  return {
    ...inner,
    ...wrapper,
    words: { ...inner.words, ...own.words },
    description: own.description ?? inner.description,
  };
}

/** What a type can be: itself, or the options of a union. */
function optionsOf(type: z.ZodType): z.ZodType[] {
  return type instanceof z.ZodUnion
    ? type.options.flatMap((option) => optionsOf(unwrap(option as z.ZodType).type))
    : [type];
}

/** The objects that a type can be: itself, or those among the options of a union. */
export function objectsOf(type: z.ZodType): z.ZodObject[] {
  return optionsOf(type).filter((option) => option instanceof z.ZodObject);
}

/** The objects that a list of this type can hold. */
export function elementsOf(type: z.ZodType): z.ZodObject[] {
  return optionsOf(type).flatMap((option) =>
    option instanceof z.ZodArray ? objectsOf(unwrap(option.element as z.ZodType).type) : [],
  );
}

/** The values that a type allows one by one: those of an enumeration or literal. */
export function valuesOf(type: z.ZodType): unknown[] {
  if (type instanceof z.ZodEnum) {
    return type.options;
  }
  return type instanceof z.ZodLiteral ? [...type.values] : [];
}

/**
 * The schemas that can stand at a path: several where a union lies on the way. What is there, if it is given, tells which
 * of the union's objects it is, as far as one of their keys says so.
 */
export function schemasAt(schema: z.ZodType, path: readonly PropertyKey[], raw?: unknown): z.ZodType[] {
  const [step, ...rest] = path;
  if (step === undefined) {
    return [schema];
  }
  const { type } = unwrap(schema);
  const meant = fitting(objectsOf(type), raw);
  const below = property(raw, step);
  return optionsOf(type).flatMap((option) => {
    if (option instanceof z.ZodArray) {
      return schemasAt(option.element as z.ZodType, rest, below);
    }
    const found =
      option instanceof z.ZodObject && meant.includes(option)
        ? (option.shape[String(step)] as z.ZodType | undefined)
        : undefined;
    return found === undefined ? [] : schemasAt(found, rest, below);
  });
}

/** Those of a union's objects that a value is meant to be, by the keys with one value each; all where none is. */
export function fitting(objects: readonly z.ZodObject[], raw: unknown): readonly z.ZodObject[] {
  const meant = objects.filter(({ shape }) =>
    Object.entries(shape).every(([key, schema]) => {
      const { type } = unwrap(schema as z.ZodType);
      return !(type instanceof z.ZodLiteral) || type.values.has(property(raw, key) as never);
    }),
  );
  return meant.length > 0 ? meant : objects;
}

function property(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}
