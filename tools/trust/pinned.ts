import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { z } from "zod";
import { withoutComment } from "../../components/hosts/host-key";
import { located } from "../../components/hosts/located";
import { untrustedServer } from "../../components/settings/hosts";
import { nearest } from "../../components/settings/nearest";
import { UserError } from "../command";
import { pathTo, type StackFile } from "../stack-file";

/** A server of the settings, which may not have a host key yet. */
export type UntrustedServer = z.infer<typeof untrustedServer>;

/** A server and its place among the settings' servers. */
export interface FoundServer {
  readonly server: UntrustedServer;
  readonly index: number;
}

/** A server by its name. Throws a UserError that names those there are. */
export function serverNamed(name: string, { settings }: StackFile, environment: string): FoundServer {
  const { servers } = (settings.hosts ?? {}) as { servers?: unknown };
  if (!Array.isArray(servers)) {
    throw new UserError(`Environment "${environment}" has no servers: its hosts are not of kind remote.`);
  }
  const names = servers.map((each: { name?: unknown } | null) => String(each?.name));
  const index = names.indexOf(name);
  if (index === -1) {
    const meant = nearest(name, names);
    throw new UserError(
      `There is no server "${name}" in "${environment}".${meant === undefined ? "" : ` Did you mean "${meant}"?`} ` +
        `There ${names.length === 1 ? "is" : "are"}: ${names.join(", ")}.`,
    );
  }
  const result = untrustedServer.safeParse(servers[index]);
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new UserError(`The settings of server "${name}" have to be right first:\n${faults.join("\n")}`);
  }
  return { server: result.data, index };
}

/** What the settings have of a machine's host key. */
export interface Pinned {
  readonly hostKey?: string;
  readonly hostKeyPath?: string;
}

/** The host key that the settings pin, wherever they have it; undefined where there is none yet. */
export function pinnedKey({ hostKey, hostKeyPath }: Pinned): string | undefined {
  if (hostKey !== undefined) {
    return withoutComment(hostKey);
  }
  try {
    return hostKeyPath === undefined ? undefined : withoutComment(readFileSync(located(hostKeyPath), "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes a host key into a server's entry, or its jump host's; everything else in the file stays as it is. */
export function pin({ document, path }: StackFile, index: number, of: "server" | "jump", key: string): void {
  const entry = pathTo("hosts", "servers", index, ...(of === "jump" ? ["jump"] : []));
  document.deleteIn([...entry, "hostKeyPath"]);
  document.setIn([...entry, "hostKey"], key);
  const draft = `${path}.${process.pid}`;
  // A key is one line, however long.
  writeFileSync(draft, document.toString({ lineWidth: 0 }));
  renameSync(draft, path);
}
