// The library needs it and leaves it to the program to bring it.
import "reflect-metadata";
import { createPrivateKey, KeyObject, X509Certificate } from "node:crypto";
import { isIPv4 } from "node:net";
import * as x509 from "@peculiar/x509";
import { CERTIFICATE_DAYS, clientPrincipal } from "../../components/azure/credentials";

/** A certificate and its private key, both PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a certificate is for: a server reached at an IPv4 address, or a client. */
export type Subject = { readonly usage: "server"; readonly address: string } | { readonly usage: "client" };

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 20 * 365;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
x509.cryptoProvider.set(crypto);
const { KeyUsageFlags, ExtendedKeyUsage } = x509;

/** Makes a certificate authority, which may sign certificates of servers and clients but of no other authority. */
export async function makeAuthority(name: string, now = new Date()): Promise<Certified> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    ...validity(now, AUTHORITY_DAYS),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: pemOf(keys.privateKey) };
}

/**
 * Makes a key, and the certificate that the authority signs for it. Throws an Error if the address is none, or if the
 * authority's certificate and key do not belong together.
 */
export async function certify(authority: Certified, subject: Subject, now = new Date()): Promise<Certified> {
  const authorityKey = createPrivateKey(authority.key);
  if (!new X509Certificate(authority.certificate).checkPrivateKey(authorityKey)) {
    throw new Error("the authority's key is not the one of its certificate");
  }
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [subject.usage] }],
    issuer: issuer.subjectName,
    ...validity(now, CERTIFICATE_DAYS),
    signingAlgorithm: algorithm,
    signingKey: await signingKeyOf(authorityKey),
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...extensionsOf(subject),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: pemOf(keys.privateKey) };
}

function extensionsOf(subject: Subject): x509.Extension[] {
  if (subject.usage === "client") {
    return [
      new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: "upn", value: clientPrincipal }]),
    ];
  }
  if (!isIPv4(subject.address)) {
    throw new Error(`not an IPv4 address: ${JSON.stringify(subject.address)}`);
  }
  return [
    new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([{ type: "ip", value: subject.address }]),
  ];
}

/** From a day before, as the clocks of two machines differ. */
function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - DAY_MS), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function signingKeyOf(key: KeyObject): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", key.export({ type: "pkcs8", format: "der" }), algorithm, false, ["sign"]);
}

function pemOf(key: CryptoKey): string {
  return KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString();
}
