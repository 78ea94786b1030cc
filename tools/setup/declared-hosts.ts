import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HostsSettings, RemoteSettings, ScaleSetSettings } from "../../components/settings/hosts";
import type { Machine } from "./machine";

const KEY = "container-network-labs:hosts";

type Project = Pick<Machine, "project">;

/**
 * The servers of an environment by its stack file, before Pulumi is there to read it; secrets are left as placeholders.
 * Undefined where the hosts are of another kind, and where the settings are wrong: the program tells of that, with every
 * fault and its cure.
 */
export function remoteHosts(machine: Project, environment: string): RemoteSettings | undefined {
  const hosts = elsewhere(machine, environment);
  return hosts?.kind === "remote" ? hosts : undefined;
}

/** The scale set of an environment, as {@link remoteHosts} has its servers. */
export function scaleSetHosts(machine: Project, environment: string): ScaleSetSettings | undefined {
  const hosts = elsewhere(machine, environment);
  return hosts?.kind === "scale-set" ? hosts : undefined;
}

/** Whether an environment's hosts are containers of this machine's engine that stand in for servers or for a cloud's machines. */
export function isRehearsed(machine: Project, environment: string): boolean {
  const hosts = elsewhere(machine, environment);
  return hosts !== undefined && hosts.kind !== "local" && hosts.rehearsed;
}

function elsewhere({ project }: Project, environment: string): HostsSettings | undefined {
  const file = join(project, "stacks", `Pulumi.${environment}.yaml`);
  if (!existsSync(file)) {
    return undefined;
  }
  const text = readFileSync(file, "utf8");
  // Most environments are this machine's engine, and need not wait until all that understands the others is loaded.
  if (!/\bkind["']?:\s*["']?(remote|scale-set)\b/.test(text)) {
    return undefined;
  }
  const { parseDocument } = require("yaml") as typeof import("yaml");
  const { hosts } = require("../../components/settings/hosts") as typeof import("../../components/settings/hosts");
  const document = parseDocument(text);
  const { config } = (document.errors.length > 0 ? {} : document.toJS({ reviver })) as {
    config?: Record<string, unknown>;
  };
  const { success, data } = hosts.safeParse(config?.[KEY]);
  return success ? data : undefined;
}

/** What Pulumi has encrypted is a text, too, once it is decrypted. */
function reviver(_key: unknown, value: unknown): unknown {
  const sealed = typeof value === "object" && value !== null && Object.keys(value).join() === "secure";
  return sealed ? "secret" : value;
}
