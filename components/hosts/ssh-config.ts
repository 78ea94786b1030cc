import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { JumpHost, RemoteServer } from "../settings/hosts";
import { withoutComment } from "./host-key";
import { located } from "./located";

/** The OpenSSH configuration that knows an environment's servers, relative to the project. */
export function sshConfigPath(environment: string): string {
  return join("out", environment, "ssh", "config");
}

/** The name that the configuration knows a server by. Its first dot ends the server's name, which has none. */
export function aliasOf(server: string, environment: string): string {
  return `${server}.${environment}`;
}

/** The name that the configuration knows a server's jump host by. */
export function jumpAliasOf(server: string, environment: string): string {
  return `jump.${aliasOf(server, environment)}`;
}

/** A machine's public host key, wherever the settings have it. @throws Error if its file can't be read. */
export function hostKeyOf({ hostKey, hostKeyPath }: Pick<RemoteServer, "hostKey" | "hostKeyPath">): string {
  return withoutComment(hostKey ?? readFileSync(located(hostKeyPath!), "utf8"));
}

/** What the configuration's text is made from, beside the servers' settings. */
export interface SshPlaces {
  readonly environment: string;
  /** Absolute path of the file with the pinned host keys. */
  readonly knownHosts: string;
  /** Absolute path of a folder that only this user may look into, short enough for sockets in it. */
  readonly sockets: string;
}

/** A machine to log in on, which is one block of the configuration: a server, or the jump host before one. */
export type Machine = Omit<JumpHost, "privateKeyPath"> & {
  /** The name that the configuration knows it by. */
  readonly alias: string;
  /** The server that it is, or that it is the jump host of. */
  readonly server: string;
  readonly privateKeyPath?: string;
  readonly password?: string;
  /** The one before it on the way. */
  readonly jump?: JumpHost;
  /** What the way leads through, where that is not open. */
  readonly tunnel?: object;
};

/**
 * How many connections to a server are shared by all that is done there. One takes ten sessions where sshd is left as it
 * comes (MaxSessions), and an update that builds images has more under way; what none has room for connects anew, which a
 * server takes little of at a time (MaxStartups), and with a password not at all.
 */
export const sharedConnections = 4;

/** The same through a tunnel, where each is a session of its own that somebody pays for: Docker's work is not among it. */
const tunnelledConnections = 2;

/** The configuration. Nothing of the user's own or the system's is read beside it. */
export function sshConfigText(servers: readonly RemoteServer[], places: SshPlaces): string {
  return servers
    .map((server) => wayTo(server, places.environment))
    .flatMap((way) => way.map((machine, i) => block(machine, way[i - 1], places)))
    .join("\n");
}

/** The pinned host keys, each under its machine's alias: an address that others have had says nothing. */
export function knownHostsText(servers: readonly RemoteServer[], environment: string): string {
  return servers
    .flatMap((server) => wayTo(server, environment))
    .map((machine) => `${machine.alias} ${hostKeyOf(machine)}\n`)
    .join("");
}

/** The machines on the way to a server, itself the last. */
export function wayTo(server: RemoteServer, environment: string): Machine[] {
  const { name, jump } = server;
  const machine = { ...server, server: name, alias: aliasOf(name, environment) };
  return jump === undefined ? [machine] : [{ ...jump, server: name, alias: jumpAliasOf(name, environment) }, machine];
}

function block(machine: Machine, jump: Machine | undefined, places: SshPlaces): string {
  const { alias, address, port, user, privateKeyPath } = machine;
  const sockets = socketsOf(machine, places);
  const lines = [
    `HostName ${address}`,
    `Port ${port}`,
    `User ${user}`,
    ...(privateKeyPath === undefined
      ? // Asked for once, by whoever opens the connection. A wrong one is not asked for again.
        [
          "PreferredAuthentications password,keyboard-interactive",
          "PubkeyAuthentication no",
          "NumberOfPasswordPrompts 1",
        ]
      : [
          `IdentityFile ${quoted(located(privateKeyPath))}`,
          "IdentitiesOnly yes",
          "PreferredAuthentications publickey",
        ]),
    `HostKeyAlias ${alias}`,
    `UserKnownHostsFile ${quoted(places.knownHosts)}`,
    "GlobalKnownHostsFile none",
    "StrictHostKeyChecking yes",
    "CheckHostIP no",
    "UpdateHostKeys no",
    "BatchMode yes",
    "ForwardAgent no",
    "ControlMaster auto",
    `ControlPath ${quoted(sockets[0])}`,
    "ControlPersist 10m",
    "ConnectTimeout 10",
    "ConnectionAttempts 3",
    "ServerAliveInterval 15",
    ...(jump === undefined ? [] : [`ProxyJump ${jump.alias}`]),
  ];
  return [...spread(alias, sockets), `Host ${alias}`, ...lines.map((line) => `  ${line}`), ""].join("\n");
}

/** Which connection a client takes is left to chance: each is as likely as those that are still to be offered. */
function spread(alias: string, sockets: readonly string[]): string[] {
  return sockets.slice(1).flatMap((socket, i) => {
    const mine = `sh -c 'test $(($(od -An -N1 -tu1 /dev/urandom) %% ${sockets.length - i})) = 0'`;
    return [`Match originalhost ${alias} exec "${mine}"`, `  ControlPath ${quoted(socket)}`];
  });
}

/**
 * The sockets of a machine's shared connections. A connection that was made to another address, as another user or to
 * another key is not used for this one. What is passed on by a jump host are no sessions, of which it may have any number.
 */
export function socketsOf(machine: Machine, { environment, knownHosts, sockets }: SshPlaces): string[] {
  const { alias, server, jump, tunnel } = machine;
  const identity = [machine, ...(jump === undefined ? [] : [jump])].map((each) => {
    const { address, port, user, privateKeyPath } = each;
    return [address, port, user, privateKeyPath, hostKeyOf(each)];
  });
  const hash = createHash("sha256").update(JSON.stringify([knownHosts, alias, identity]));
  const name = hash.digest("hex").slice(0, 16);
  const several = tunnel === undefined ? sharedConnections : tunnelledConnections;
  const count = alias === jumpAliasOf(server, environment) ? 1 : several;
  return Array.from({ length: count }, (_, i) => join(sockets, `${name}-${i}`));
}

/** A value that may hold spaces. OpenSSH expands what begins with % in paths. */
function quoted(path: string): string {
  return `"${path.replaceAll("%", "%%")}"`;
}

/**
 * A folder that only this user may look into, for connections' sockets: the project's own may be too deep, as a socket's
 * path has 107 characters at most. @throws Error if somebody else has made it.
 */
export function socketFolder(): string {
  const { XDG_RUNTIME_DIR: runtime } = process.env;
  const { uid } = userInfo();
  const folder = runtime ? join(runtime, "container-network-labs") : `/tmp/container-network-labs-${uid}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid) {
    throw new Error(`${folder} is not this user's: remove it, connections to servers are kept there`);
  }
  chmodSync(folder, 0o700);
  return folder;
}

/**
 * Writes the configuration of an environment's servers and their host keys, for this user alone; what is right already is
 * left alone. What an earlier run wrote of a server that is in the settings no more stays: the next update has to reach it
 * to take away what is there. @returns its path, relative to the project.
 */
export function writeSshConfig(servers: readonly RemoteServer[], environment: string): string {
  const path = sshConfigPath(environment);
  const places = placesOf(environment);
  const aliases = new Set(servers.flatMap((server) => wayTo(server, environment)).map(({ alias }) => alias));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const keys = textOf(places.knownHosts).split(/(?<=\n)/);
  const others = keys.filter((line) => !aliases.has(line.split(" ")[0]));
  writePrivately(places.knownHosts, [knownHostsText(servers, environment), ...others].join(""));
  const blocks = textOf(path)
    .split(/\n(?=\n)/)
    .map((block) => block.trim());
  const kept = blocks.filter((block) => !aliases.has(/^Host (\S+)$/m.exec(block)?.[1] ?? [...aliases][0]));
  writePrivately(resolve(path), [sshConfigText(servers, places), ...kept.map((block) => `\n${block}\n`)].join(""));
  return path;
}

/** Where an environment's configuration finds what belongs to it. */
export function placesOf(environment: string): SshPlaces {
  const knownHosts = resolve(dirname(sshConfigPath(environment)), "known_hosts");
  return { environment, knownHosts, sockets: socketFolder() };
}

/** Nothing where there is no file yet. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Writes a file for this user alone, whole or not at all: another run may be reading it. */
export function writePrivately(path: string, text: string): void {
  if (textOf(path) === text) {
    return;
  }
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}
