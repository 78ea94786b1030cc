import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../processes";
import type { Machine } from "../setup/machine";
import type { Docker } from "./docker";

/** The registry's only user. */
const REGISTRY_USER = "lab";

/** Files with the keys of a rehearsal. What lies beside a private key with `.pub` behind its name is its public key. */
export interface KeyFiles {
  /** The key that opens every host. */
  readonly user: string;
  /** Where a host's own key is. */
  host(name: string): string;
  readonly registry: {
    /** Certificate of the authority that signed the registry's. */
    readonly authority: string;
    readonly certificate: string;
    readonly key: string;
    readonly htpasswd: string;
    readonly password: string;
  };
}

/** Folder of an environment's keys, relative to the project, as its settings say it. */
export function keysFolder(environment: string): string {
  return `out/${environment}/keys`;
}

/** Where the keys of an environment are, whether or not they are there yet. */
export function keyFiles({ project }: Pick<Machine, "project">, environment: string): KeyFiles {
  const file = (name: string): string => join(project, keysFolder(environment), name);
  return {
    user: file("user"),
    host: (name) => file(`host-${name}`),
    registry: {
      authority: file("registry-ca.pem"),
      certificate: file("registry.pem"),
      key: file("registry-key.pem"),
      htpasswd: file("registry-htpasswd"),
      password: file("registry-password"),
    },
  };
}

/** A public key, as authorized_keys and settings have it. The pair is made where it is not there. */
export async function ensureKeyPair(file: string, comment: string, machine: Machine): Promise<string> {
  if (!existsSync(`${file}.pub`)) {
    makeFolder(dirname(file));
    const args = ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file];
    await run("ssh-keygen", args, { env: machine.env, signal: machine.signal, input: "y\n" });
  }
  return readFileSync(`${file}.pub`, "utf8");
}

/**
 * What the registry of this name needs, made where it is not there. Node has nothing that signs a certificate; the
 * rehearsal's image has OpenSSL, so that neither a library nor a program of this machine is needed for it.
 */
export async function ensureRegistryKeys(
  files: KeyFiles["registry"],
  name: string,
  docker: Docker,
  image: string,
): Promise<void> {
  // Written last, so that all is made again where this was interrupted.
  if (existsSync(files.htpasswd)) {
    return;
  }
  const password = randomBytes(24).toString("base64url");
  const args = ["run", "--rm", "--interactive", "--network", "none", image];
  const made = await docker([...args, "sh", "/etc/rehearsal/credentials", name, REGISTRY_USER], { input: password });
  const [authority, certificate, key] = made.match(/-----BEGIN ([A-Z ]+)-----[^]+?-----END \1-----\n/g) ?? [];
  const [htpasswd] = new RegExp(`^${REGISTRY_USER}:.+$`, "m").exec(made) ?? [];
  if (authority === undefined || certificate === undefined || key === undefined || htpasswd === undefined) {
    throw new Error(`The registry's certificate could not be made: ${made.length} characters came back.`);
  }
  makeFolder(dirname(files.htpasswd));
  const contents = { authority, certificate, key, password, htpasswd: `${htpasswd}\n` };
  for (const [file, content] of Object.entries(contents)) {
    writeFileSync(files[file as keyof typeof contents], content, { mode: 0o600 });
  }
}

/** Its owner's alone: ssh refuses a key that others can read. */
function makeFolder(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
