import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "yaml";
import { UserError } from "./command";

/** Before the name of each of this project's settings. */
const NAMESPACE = "container-network-labs:";

/** An environment's file of settings, read without Pulumi. */
export interface StackFile {
  readonly path: string;
  /** With its comments and order. */
  readonly document: Document.Parsed;
  /** The project's settings by their key; what Pulumi has encrypted is a placeholder. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Reads the settings of an environment. Throws a UserError where there are none, or where they are no YAML. */
export function readStackFile(project: string, environment: string): StackFile {
  const folder = join(project, "stacks");
  const path = join(folder, `Pulumi.${environment}.yaml`);
  if (!existsSync(path)) {
    const others = readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    throw new UserError(`There is no environment "${environment}" in stacks. There are: ${others.join(", ")}.`);
  }
  const { parseDocument } = require("yaml") as typeof import("yaml");
  const document = parseDocument(readFileSync(path, "utf8"));
  if (document.errors.length > 0) {
    throw new UserError(`stacks/Pulumi.${environment}.yaml is no YAML: ${document.errors[0].message}`);
  }
  const { config = {} } = (document.toJS({ reviver: unsealed }) ?? {}) as { config?: Record<string, unknown> };
  const own = Object.entries(config).filter(([key]) => key.startsWith(NAMESPACE));
  return {
    path,
    document,
    settings: Object.fromEntries(own.map(([key, value]) => [key.slice(NAMESPACE.length), value])),
  };
}

/** Where the file has something of a setting: `pathTo("hosts", "servers", 0)`. */
export function pathTo(setting: string, ...below: (string | number)[]): (string | number)[] {
  return ["config", `${NAMESPACE}${setting}`, ...below];
}

/** What is encrypted is a text once it is decrypted. */
function unsealed(_key: unknown, value: unknown): unknown {
  const sealed = typeof value === "object" && value !== null && Object.keys(value).join() === "secure";
  return sealed ? "secret" : value;
}
