import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Credentials } from "../azure/credentials";
import { writePrivately } from "./ssh-config";

/** What this machine needs to reach the hosts of a scale set. */
export type ClientCredentials = Pick<Credentials, "userKey" | "ca" | "clientCertificate" | "clientKey">;

/** The private key that logs in on an environment's hosts, relative to the project. */
export function keyPathOf(environment: string): string {
  return join("out", environment, "azure", "key");
}

/** The folder of the certificates by which their engines are reached, relative to the project. */
export function certPathOf(environment: string): string {
  return join("out", environment, "azure", "tls");
}

function filesOf(environment: string): Record<keyof ClientCredentials, string> {
  const certificates = certPathOf(environment);
  return {
    userKey: keyPathOf(environment),
    ca: join(certificates, "ca.pem"),
    clientCertificate: join(certificates, "cert.pem"),
    clientKey: join(certificates, "key.pem"),
  };
}

/** Writes them where OpenSSH and Docker's client are told to look, for this user alone. */
export function writeCredentials(credentials: ClientCredentials, environment: string): void {
  for (const [part, file] of Object.entries(filesOf(environment))) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writePrivately(resolve(file), credentials[part as keyof ClientCredentials]);
  }
}

/** A hash that tells one set of credentials from another, and nothing about them: each of their keys is too long to guess. */
export function hashOf({ userKey, ca, clientCertificate, clientKey }: ClientCredentials): string {
  return createHash("sha256")
    .update(JSON.stringify([userKey, ca, clientCertificate, clientKey]))
    .digest("hex");
}

/** The hash of those that are there; undefined where one of the files is missing. */
export function hashOfFiles(environment: string): string | undefined {
  try {
    const texts = Object.entries(filesOf(environment)).map(([part, file]) => [part, readFileSync(file, "utf8")]);
    return hashOf(Object.fromEntries(texts) as ClientCredentials);
  } catch {
    return undefined;
  }
}
