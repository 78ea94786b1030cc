import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { hostKeyProblem } from "../../hosts/host-key";
import { located } from "../../hosts/located";
import type { Fault } from "../fault";
import { HIDDEN } from "../hidden";
import type { HostsSettings, RemoteServer } from ".";

/** What is wrong with the files that the hosts' settings name, and with this machine as one that reaches them over SSH. */
export function hostFileFaults(hosts: HostsSettings, platform: NodeJS.Platform = process.platform): Fault[] {
  if (hosts.kind === "local") {
    return [];
  }
  if (platform === "win32") {
    // Windows' own OpenSSH shares no connections, and asks for passwords in no way that a program could answer.
    const allowed = "local on Windows: its SSH client has not what remote hosts need";
    return [{ key: "hosts.kind", value: hosts.kind, allowed, cure: "run this program in WSL" }];
  }
  const servers = hosts.kind === "remote" ? hosts.servers : [];
  return servers.flatMap((server, index) => serverFaults(server, `hosts.servers[${index}]`));
}

/** Passwords that are in the stack file as they are. */
export function plainPasswordFaults(hosts: HostsSettings, environment: string): Fault[] {
  return (hosts.kind === "remote" ? hosts.servers : []).flatMap(({ password }, index) => {
    const path = `hosts.servers[${index}].password`;
    const set = `pulumi config set --secret --path 'container-network-labs:${path}' --stack ${environment}`;
    return password === undefined
      ? []
      : [
          {
            key: path,
            value: HIDDEN,
            allowed: "a secret of the stack",
            cure: `change it, as it was in a file, and ${set}`,
          },
        ];
  });
}

function serverFaults({ privateKeyPath, hostKeyPath, tls, jump }: RemoteServer, at: string): Fault[] {
  return [
    ...keyFaults(privateKeyPath, `${at}.privateKeyPath`),
    ...hostKeyFaults(hostKeyPath, `${at}.hostKeyPath`),
    ...(tls === undefined ? [] : certificateFaults(tls.certPath, `${at}.tls.certPath`)),
    ...keyFaults(jump?.privateKeyPath, `${at}.jump.privateKeyPath`),
    ...hostKeyFaults(jump?.hostKeyPath, `${at}.jump.hostKeyPath`),
  ];
}

function keyFaults(path: string | undefined, key: string): Fault[] {
  const allowed = "a file with a private key that this user can read, and nobody else";
  return path === undefined
    ? []
    : problem(key, path, allowed, (file) => {
        accessSync(file, constants.R_OK);
        const { mode } = statSync(file);
        if ((mode & 0o077) !== 0) {
          return `OpenSSH takes no key that others can read: chmod 600 ${path}`;
        }
        return readFileSync(file, "utf8").includes("PRIVATE KEY") ? undefined : "it holds no private key: name another";
      });
}

function hostKeyFaults(path: string | undefined, key: string): Fault[] {
  const allowed = "a file with one public host key as OpenSSH writes it";
  return path === undefined
    ? []
    : problem(key, path, allowed, (file) => {
        const wrong = hostKeyProblem(readFileSync(file, "utf8"));
        return wrong && `${wrong}: name the server's /etc/ssh/ssh_host_ed25519_key.pub, brought here`;
      });
}

function certificateFaults(folder: string, key: string): Fault[] {
  const files = ["ca.pem", "cert.pem", "key.pem"];
  return problem(key, folder, `a folder with ${files.join(", ")}`, () => {
    files.forEach((file) => accessSync(join(located(folder), file), constants.R_OK));
    return undefined;
  });
}

function problem(key: string, path: string, allowed: string, look: (file: string) => string | undefined): Fault[] {
  try {
    const cure = look(located(path));
    return cure === undefined ? [] : [{ key, value: path, allowed, cure }];
  } catch (error) {
    const { code, path: file = located(path) } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is none" : code === "EACCES" ? "it can't be read" : String(error);
    return [{ key, value: path, allowed, cure: `name another, or see to ${file}: ${why}` }];
  }
}
