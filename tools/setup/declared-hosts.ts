import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RemoteSettings } from "../../components/settings/hosts/remote";
import type { Machine } from "./machine";

const KEY = "container-network-labs:hosts";

/**
 * The servers of an environment by its stack file, before Pulumi is there to read it; secrets are left as placeholders.
 * Undefined where the hosts are of another kind, and where the settings are wrong: the program tells of that, with every
 * fault and its cure.
 */
export function remoteHosts({ project }: Pick<Machine, "project">, environment: string): RemoteSettings | undefined {
  const file = join(project, "stacks", `Pulumi.${environment}.yaml`);
  if (!existsSync(file)) {
    return undefined;
  }
  const text = readFileSync(file, "utf8");
  // Most environments are this machine's engine, and need not wait until all that understands the others is loaded.
  if (!/\bkind:\s*["']?remote\b/.test(text)) {
    return undefined;
  }
  const { parseDocument } = require("yaml") as typeof import("yaml");
  const { hosts } = require("../../components/settings/hosts") as typeof import("../../components/settings/hosts");
  const document = parseDocument(text);
  const { config } = (document.errors.length > 0 ? {} : document.toJS({ reviver })) as {
    config?: Record<string, unknown>;
  };
  const { success, data } = hosts.safeParse(config?.[KEY]);
  return success && data.kind === "remote" ? data : undefined;
}

/** What Pulumi has encrypted is a text, too, once it is decrypted. */
function reviver(_key: unknown, value: unknown): unknown {
  const sealed = typeof value === "object" && value !== null && Object.keys(value).join() === "secure";
  return sealed ? "secret" : value;
}
