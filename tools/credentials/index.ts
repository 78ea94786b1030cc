import { randomBytes } from "node:crypto";
import type { Certificates, CertificatesOrder, KeysOrder, MadeKeys } from "../../components/azure/credentials";
import { certify, makeAuthority } from "./certificates";
import { makeKeyPair } from "./ssh-keys";

const NAME = "container-network-labs";

/** Makes what lasts as long as an environment does. */
export async function makeKeys({ password }: KeysOrder, signal?: AbortSignal): Promise<MadeKeys> {
  const [user, host, authority] = await Promise.all([
    makeKeyPair(NAME, signal),
    makeKeyPair("", signal),
    makeAuthority(NAME),
  ]);
  const keys = {
    userKey: user.privateKey,
    userPublicKey: user.publicKey,
    hostKey: host.privateKey,
    hostPublicKey: host.publicKey,
    ca: authority.certificate,
    ...(password ? { adminPassword: makePassword() } : {}),
  };
  return { keys, caKey: authority.key };
}

/** Makes the certificates that are renewed. Throws an Error if the address is none. */
export async function makeCertificates({ address, ca, caKey }: CertificatesOrder): Promise<Certificates> {
  const authority = { certificate: ca, key: caKey };
  const [server, client] = await Promise.all([
    certify(authority, { usage: "server", address }),
    certify(authority, { usage: "client" }),
  ]);
  return {
    serverCertificate: server.certificate,
    serverKey: server.key,
    clientCertificate: client.certificate,
    clientKey: client.key,
  };
}

/**
 * Of the 8 to 123 characters, from three of four classes, that Azure asks of a Windows administrator's password.
 * Source: https://learn.microsoft.com/azure/virtual-machines/windows/faq
 */
function makePassword(): string {
  // Chance alone would once in a while leave a class out.
  return `${randomBytes(30).toString("base64url")}-aA1`;
}
