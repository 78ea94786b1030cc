import { z } from "zod";
import type { HostOs } from "../../labs/lab";
import { words } from "../types";
import { local } from "./local";

/** Where containers run. A kind of host is one file beside this one and one entry in each of the two lists below. */
export const hosts = z
  .discriminatedUnion("kind", [local])
  .describe("Where containers run.")
  .register(words, { cure: "write what the hosts are, for example { kind: local }" });

export type HostsSettings = z.infer<typeof hosts>;

/** A host as far as plain settings know it. */
export interface DeclaredHost {
  readonly name: string;
  readonly kind: HostsSettings["kind"];
  readonly os: HostOs;
}

/** The hosts that the settings declare; every lab of the environment is placed on each. */
export function declaredHosts(settings: HostsSettings): DeclaredHost[] {
  switch (settings.kind) {
    case "local":
      return [{ name: settings.name, kind: settings.kind, os: settings.os }];
  }
}
