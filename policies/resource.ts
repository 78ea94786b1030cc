/** Stands for what only the update will tell. A rule takes it for right: what it comes from is a resource of its own. */
export const UNKNOWN = Symbol("known after the update");

export type Properties = Readonly<Record<string, unknown>>;

/** What a rule looks at: a resource as it is declared, before anything is made. */
export interface DeclaredResource {
  /** Pulumi's type token: `docker:index/container:Container`. */
  readonly type: string;
  readonly name: string;
  /** The stack that declares it. */
  readonly stack: string;
  /** Its inputs, secrets in plain: a rule's words name what is wrong, and never show a value that may be one. */
  readonly properties: Properties;
}

/** A value's fields; none where it is no object. */
export function fieldsOf(value: unknown): Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Properties) : {};
}

/** The objects in a list, or the one object that is not in a list. */
export function objectsIn(value: unknown): Properties[] {
  return [value].flat().filter((each) => typeof each === "object" && each !== null) as Properties[];
}

/** The texts among these values and in the lists among them. */
export function textsIn(...values: readonly unknown[]): string[] {
  return values.flat().filter((each) => typeof each === "string");
}

/** The fields of a JSON text; none where it is something else. */
export function fieldsOfJson(text: unknown): Properties {
  try {
    return fieldsOf(JSON.parse(String(text)));
  } catch {
    return {};
  }
}

/** Whether a resource is of one of these types of azure-native, whichever version of Azure's interface it is declared by. */
export function isAzure({ type }: DeclaredResource, ...types: readonly string[]): boolean {
  const [, module, name] = /^azure-native:(\w+)(?:\/v\w+)?:(\w+)$/.exec(type) ?? [];
  return module !== undefined && types.includes(`${module}:${name}`);
}

/** Whether a resource is of one of these types of the docker provider: `Container`. */
export function isDocker({ type }: DeclaredResource, ...types: readonly string[]): boolean {
  return type.startsWith("docker:index/") && types.includes(type.split(":").at(-1)!);
}
