import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import {
  CERTIFICATE_DAYS,
  type Certificates,
  type Credentials,
  type MadeKeys,
  renewalEpoch,
} from "../../../components/azure/credentials";
import { certify, makeAuthority } from "../../../tools/credentials/certificates";
import { credentialsFor } from "./made";

const root = join(__dirname, "..", "..", "..");
const DAY_MS = 86_400_000;

/** Runs `tools/run.js credentials` as the program does. */
function printed<T>(what: string, order: object): T {
  const run = spawnSync(process.execPath, ["tools/run.js", "credentials", what], {
    cwd: root,
    input: JSON.stringify(order),
    encoding: "utf8",
  });
  assert.equal(run.status, 0, run.stderr);
  assert.equal(run.stderr, "");
  return JSON.parse(run.stdout) as T;
}

/** What an engine says to a client that connects: "welcome", or why it does not trust the client's certificate. */
async function greeting(engine: Credentials, client: Partial<Credentials>): Promise<string> {
  const { serverCertificate, serverKey } = engine;
  const server = createServer(
    // A server that rejects hangs up without a word; this one tells what it would have done.
    { cert: serverCertificate, key: serverKey, ca: engine.ca, requestCert: true, rejectUnauthorized: false },
    (socket) => socket.end(socket.authorized ? "welcome" : String(socket.authorizationError)),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { ca, clientCertificate: cert, clientKey: key } = client;
  try {
    return await heard(connect({ host: "127.0.0.1", port, ca, cert, key }));
  } finally {
    server.close();
  }
}

async function heard(socket: TLSSocket): Promise<string> {
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
  }
  return text;
}

describe("credentials of cloud hosts", () => {
  let ours: Credentials;
  let made: MadeKeys;
  let others: Credentials;

  before(async () => {
    ({ made, credentials: ours } = await credentialsFor("127.0.0.1"));
    ({ credentials: others } = await credentialsFor("127.0.0.1"));
  });

  it("let an engine and its client know each other", async () => {
    assert.equal(await greeting(ours, ours), "welcome");
  });

  it("let an engine refuse a client of another authority", async () => {
    assert.match(await greeting(ours, { ...others, ca: ours.ca }), /^UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF)/);
  });

  it("let an engine refuse a client without a certificate", async () => {
    assert.match(await greeting(ours, { ca: ours.ca }), /^UNABLE_TO_GET_ISSUER_CERT|PEER_DID_NOT_RETURN/);
  });

  it("let an engine refuse a client that shows an engine's certificate", async () => {
    const { ca, serverCertificate: clientCertificate, serverKey: clientKey } = ours;
    assert.equal(await greeting(ours, { ca, clientCertificate, clientKey }), "INVALID_PURPOSE");
  });

  it("let a client refuse the engine of another authority", async () => {
    await assert.rejects(greeting(others, ours), /unable to verify|self-signed/i);
  });

  it("let a client refuse an engine at another address", async () => {
    const { credentials: elsewhere } = await credentialsFor("127.0.0.2", made);
    await assert.rejects(greeting(elsewhere, elsewhere), /altnames/i);
  });

  it("have certificates that openssl takes for what they are for, and for nothing else", () => {
    const folder = mkdtempSync(join(tmpdir(), "credentials-"));
    try {
      writeFileSync(join(folder, "ca.pem"), ours.ca);
      for (const [usage, certificate] of [
        ["sslserver", ours.serverCertificate],
        ["sslclient", ours.clientCertificate],
      ]) {
        writeFileSync(join(folder, "one.pem"), certificate);
        const verify = (purpose: string) =>
          spawnSync("openssl", ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", "ca.pem", "one.pem"], {
            cwd: folder,
          }).status;
        assert.equal(verify(usage), 0);
        assert.notEqual(verify(usage === "sslserver" ? "sslclient" : "sslserver"), 0);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("have keys that ssh-keygen takes, each with its public key", () => {
    const folder = mkdtempSync(join(tmpdir(), "credentials-"));
    try {
      for (const [privateKey, publicKey] of [
        [ours.userKey, ours.userPublicKey],
        [ours.hostKey, ours.hostPublicKey],
      ]) {
        writeFileSync(join(folder, "key"), privateKey, { mode: 0o600 });
        const shown = execFileSync("ssh-keygen", ["-y", "-f", join(folder, "key")], { encoding: "utf8" });
        assert.deepEqual(shown.trim().split(" ").slice(0, 2), publicKey.split(" ").slice(0, 2));
        assert.match(publicKey, /^ssh-ed25519 /);
      }
      assert.notEqual(ours.userPublicKey, ours.hostPublicKey);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are valid for longer than two halves of a year, from the day before", async () => {
    const now = new Date("2027-01-01T00:00:00Z");
    const { certificate } = await certify(await makeAuthority("one", now), { usage: "client" }, now);
    const { validFrom, validTo } = new X509Certificate(certificate);
    assert.deepEqual(new Date(validFrom), new Date(now.getTime() - DAY_MS));
    assert.deepEqual(new Date(validTo), new Date(now.getTime() + CERTIFICATE_DAYS * DAY_MS));
    const epoch = renewalEpoch(now);
    assert.ok(CERTIFICATE_DAYS > 2 * 182);
    assert.equal(renewalEpoch(new Date(now.getTime() + 182 * DAY_MS)), epoch + 1);
    assert.equal(renewalEpoch(new Date((epoch + 1) * 182 * DAY_MS - 1)), epoch);
  });

  it("are not made for what is no address, or with a key that is not the authority's", async () => {
    const authority = { certificate: ours.ca, key: made.caKey };
    await assert.rejects(certify(authority, { usage: "server", address: "labs.example.com" }), /not an IPv4 address/);
    const { key } = await makeAuthority("another");
    await assert.rejects(certify({ ...authority, key }, { usage: "client" }), /not the one of its certificate/);
  });

  it("are made by the command, which leaves nothing behind", async function () {
    this.timeout(60_000);
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith("container-network-labs-"));
    const before = left();
    const fromCommand = printed<MadeKeys>("keys", { password: false });
    const { keys, caKey } = fromCommand;
    assert.equal("adminPassword" in keys, false);
    const all = { ...keys, ...printed<Certificates>("certificates", { address: "127.0.0.1", ca: keys.ca, caKey }) };
    assert.equal(await greeting(all, all), "welcome");
    assert.deepEqual(
      left().filter((name) => !before.includes(name)),
      [],
    );
  });

  it("are made of what the order says, and of nothing else", () => {
    const run = spawnSync(process.execPath, ["tools/run.js", "credentials", "everything"], { cwd: root, input: "{}" });
    assert.equal(run.status, 2);
    assert.match(String(run.stderr), /"keys" or "certificates"/);
  });

  it("have a password that Azure takes", async () => {
    const passwords = await Promise.all([credentialsFor("127.0.0.1"), credentialsFor("127.0.0.1")]);
    for (const {
      credentials: { adminPassword = "" },
    } of passwords) {
      const classes = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z\d]/].filter((each) => each.test(adminPassword));
      assert.equal(classes.length, 4);
      assert.ok(adminPassword.length >= 40 && adminPassword.length <= 123);
    }
    assert.notEqual(passwords[0].credentials.adminPassword, passwords[1].credentials.adminPassword);
  });
});
