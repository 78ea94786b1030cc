import { z } from "zod";
import { hostNames } from "../../azure/names";
import type { HostOs } from "../../labs/lab";
import { words } from "../types";
import { CLUSTER, type ClusterSettings } from "./cluster";
import { local } from "./local";
import { remote } from "./remote";
import { scaleSet } from "./scale-set";

export { CLUSTER, type ClusterSettings } from "./cluster";
export type { ScaleSetSettings } from "./scale-set";
export { type JumpHost, type RemoteServer, type RemoteSettings, untrustedServer } from "./remote";

/** Where containers run. A kind of host is one file beside this one and one entry in each of the two lists below. */
export const hosts = z
  .discriminatedUnion("kind", [local, remote, scaleSet])
  .describe("Where containers run.")
  .register(words, {
    allowed: "an object with the key kind, which is local, remote or scale-set, and the keys of that kind",
    cure: "write what the hosts are, for example { kind: local }",
  });

export type HostsSettings = z.infer<typeof hosts>;

/** A host as far as plain settings know it. */
export interface DeclaredHost {
  readonly name: string;
  readonly kind: HostsSettings["kind"] | typeof CLUSTER;
  readonly os: HostOs;
  /** Of a cluster: the names of its hosts. */
  readonly members?: readonly string[];
  /** Of a cluster: where the ports of its services are reached. */
  readonly publish?: ClusterSettings["publish"];
}

/** The hosts that the settings declare. */
export function declaredHosts(settings: HostsSettings): DeclaredHost[] {
  switch (settings.kind) {
    case "local":
      return [{ name: settings.name, kind: settings.kind, os: settings.os }];
    case "remote":
      return settings.servers.map(({ name, os }) => ({ name, kind: settings.kind, os }));
    case "scale-set":
      return hostNames(settings).map((name) => ({ name, kind: settings.kind, os: settings.os }));
  }
}

/** Where labs can be placed: the hosts, and behind them the cluster that they are, if they are one. */
export function declaredPlaces(settings: HostsSettings): DeclaredHost[] {
  const declared = declaredHosts(settings);
  const members = declared.map(({ name }) => name);
  // All of one system, which the settings' rules see to.
  const { os } = declared[0];
  const { cluster } = settings;
  return cluster === undefined
    ? declared
    : [...declared, { name: CLUSTER, kind: CLUSTER, os, members, publish: cluster.publish }];
}
