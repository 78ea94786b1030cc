import type { z } from "zod";
import { repeats } from "../cross-checks/placed";
import { CLUSTER, clusterNameRules, clusterRules } from "./cluster";
import { placementRules, refuser, type Refuse } from "./placement";

/**
 * The rules between the settings of servers. They are checked even where a setting is not of its type, so that all is told
 * at once: hence what they are given is as the user wrote it.
 */
type Written<Keys extends string> = Partial<Record<Keys, unknown>>;
type Context = Pick<z.core.$RefinementCtx<unknown>, "addIssue">;

type Server = Written<
  | "name"
  | "address"
  | "port"
  | "os"
  | "privateKeyPath"
  | "password"
  | "hostKey"
  | "hostKeyPath"
  | "docker"
  | "tls"
  | "jump"
  | "memberAddress"
>;

/** What is wrong between the settings of one server. */
export function serverRules(server: Server, context: Context): void {
  const refuse = refuser(server, context);
  const { os, docker, tls, jump } = server;
  if (server.privateKeyPath === undefined && server.password === undefined) {
    const allowed = "a private key or a password to log in with";
    refuse(["privateKeyPath"], { allowed, cure: "add privateKeyPath, for example ~/.ssh/id_ed25519, or a password" });
  } else if (server.privateKeyPath !== undefined && server.password !== undefined) {
    refuse(["password"], { allowed: "nothing beside privateKeyPath", cure: "remove it, or remove privateKeyPath" });
  }
  pinnedOnce(server, [], `npm run trust ${named(server)}`, refuse);
  if (typeof jump === "object" && jump !== null) {
    pinnedOnce(jump, ["jump"], `npm run trust ${named(server)}`, refuse);
  }
  if (os === "windows" && (docker === undefined || docker === "ssh")) {
    // https://github.com/docker/cli/issues/4718
    const allowed = "tcp+tls on Windows: Docker does not reach a Windows engine over SSH";
    refuse(["docker"], { allowed, cure: "write tcp+tls, and tls: { certPath: … } beside it" });
  }
  if (docker === "tcp+tls" && tls === undefined) {
    const allowed = "the engine's certificates, with docker: tcp+tls";
    refuse(["tls"], {
      allowed,
      cure: "add it, for example { certPath: ~/.docker/one } with ca.pem, cert.pem and key.pem",
    });
  } else if (tls !== undefined && docker !== "tcp+tls") {
    refuse(["tls"], { allowed: "nothing without docker: tcp+tls", cure: "remove it, or write docker: tcp+tls" });
  }
}

function pinnedOnce(machine: Written<"hostKey" | "hostKeyPath">, at: string[], trust: string, refuse: Refuse): void {
  const { hostKey, hostKeyPath } = machine;
  if (hostKey === undefined && hostKeyPath === undefined) {
    const allowed = "the public host key, by which the machine is known";
    refuse([...at, "hostKey"], { allowed, cure: `run \`${trust}\` with --environment, or add it or hostKeyPath` });
  } else if (hostKey !== undefined && hostKeyPath !== undefined) {
    refuse([...at, "hostKeyPath"], { allowed: "nothing beside hostKey", cure: "remove it, or remove hostKey" });
  }
}

/** What is wrong between servers, and between them and the labs' placement. */
export function serversRules(hosts: Written<"servers" | "placement" | "cluster">, context: Context): void {
  if (!Array.isArray(hosts.servers)) {
    return;
  }
  const refuse = refuser(hosts, context);
  const servers = hosts.servers.map((each: unknown, index) => ({ ...(each as Server), index }));
  const namesOf = servers.filter(({ name }) => typeof name === "string");
  for (const { item, first } of repeats(namesOf, ({ name }) => (name as string).toLowerCase())) {
    const allowed = "a name that no other server has; upper and lower case are the same";
    refuse(["servers", item.index, "name"], { allowed, cure: `choose another: servers[${first.index}] has it` });
  }
  // Behind different jump hosts, two machines may have the same address.
  const reached = servers.filter(({ address }) => typeof address === "string");
  const place = ({ address, port = 22, jump }: Server) => JSON.stringify([address, port, jump ?? null]).toLowerCase();
  for (const { item, first } of repeats(reached, place)) {
    const allowed = "an address and port that no other server has";
    const cure = `write its own address or port, or remove the server: servers[${first.index}] is at the same`;
    refuse(["servers", item.index, "address"], { allowed, cure });
  }
  const asMembers = servers.filter(({ memberAddress }) => typeof memberAddress === "string");
  for (const { item, first } of repeats(asMembers, ({ memberAddress }) => memberAddress as string)) {
    const allowed = "an address that no other server has";
    refuse(["servers", item.index, "memberAddress"], {
      allowed,
      cure: `write its own: servers[${first.index}] has it`,
    });
  }
  const hostsOf = servers.map(({ name, os, index }) => ({ name, os, at: ["servers", index] }));
  clusterRules(hosts, hostsOf, refuse);
  clusterNameRules(hosts, hostsOf, refuse);
  const names = namesOf.map(({ name }) => name as string);
  placementRules(hosts.placement, hosts.cluster === undefined ? names : [...names, CLUSTER], refuse);
}

function named({ name }: Server): string {
  return typeof name === "string" ? name : "NAME";
}
