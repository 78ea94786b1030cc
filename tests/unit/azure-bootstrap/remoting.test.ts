import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { bootstrapFor } from "../../../components/azure/bootstrap";
import {
  plan,
  type PrivateFile,
  secretFiles,
  windowsCommand,
  windowsCustomData,
} from "../../../components/azure/bootstrap/windows";
import { importableKey } from "../../../components/azure/bootstrap/windows/remoting";
import type { Credentials } from "../../../components/azure/credentials";
import { remotingAccount } from "../../../components/azure/ports";
import { credentialsFor } from "./made";

const { remoting } = plan;
const clientUsage = "1.3.6.1.5.5.7.3.2";
const serverUsage = "1.3.6.1.5.5.7.3.1";

/** The files on the extension's command line. */
function filesIn(line: string): PrivateFile[] {
  const [, encoded] = /FromBase64String\('([A-Za-z0-9+/=]+)'\)/.exec(line)!;
  return JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) as PrivateFile[];
}

/** The private key in what Windows imports, read by the structure that Microsoft's page describes. */
function keyIn(blob: string) {
  const bytes = Buffer.from(blob, "base64");
  assert.equal(bytes.toString("latin1", 0, 4), "ECS2");
  const length = bytes.readUInt32LE(4);
  assert.equal(bytes.length, 8 + 3 * length);
  const [x, y, d] = [0, 1, 2].map((part) => bytes.subarray(8 + part * length, 8 + (part + 1) * length));
  const [jwkX, jwkY, jwkD] = [x, y, d].map((part) => part.toString("base64url"));
  return createPrivateKey({ key: { kty: "EC", crv: "P-256", x: jwkX, y: jwkY, d: jwkD }, format: "jwk" });
}

describe("PowerShell remoting of a Windows host", () => {
  let credentials: Credentials;

  before(async () => {
    ({ credentials } = await credentialsFor("192.0.2.7"));
  });

  it("is off where nothing is said, and has then no file, which is what the host goes by", () => {
    for (const options of [{ user: "labs" }, { user: "labs", remoting: false }]) {
      const { commandToExecute } = bootstrapFor("windows", options).protectedSettings(credentials);
      assert.deepEqual(
        filesIn(commandToExecute).filter(({ path }) => path === remoting.file),
        [],
      );
      assert.equal(commandToExecute, windowsCommand(credentials));
    }
  });

  it("goes by a file with the key of the host's certificate and the client's certificate", () => {
    const { commandToExecute } = bootstrapFor("windows", { user: "labs", remoting: true }).protectedSettings(
      credentials,
    );
    const { text } = filesIn(commandToExecute).find(({ path }) => path === remoting.file)!;
    const { key, client } = JSON.parse(text) as { key: string; client: string };
    assert.equal(client, credentials.clientCertificate);
    assert.ok(new X509Certificate(credentials.serverCertificate).checkPrivateKey(keyIn(key)));
    assert.ok(!commandToExecute.includes(credentials.adminPassword!));
  });

  it("has a command line that cmd.exe takes, still", () => {
    const line = windowsCommand(credentials, true);
    assert.ok(line.length < 8191 * 0.75, String(line.length));
  });

  it("finds the certificates of the engine where they are put", () => {
    const textOf = (path: string) => secretFiles(credentials, true).find((file) => file.path === path)?.text;
    assert.equal(textOf(remoting.certificate), credentials.serverCertificate);
    assert.equal(textOf(remoting.authority), credentials.ca);
  });

  it("has certificates that suit Windows: whom for, under which name, and by whom", () => {
    const authority = new X509Certificate(credentials.ca);
    const server = new X509Certificate(credentials.serverCertificate);
    const client = new X509Certificate(credentials.clientCertificate);
    assert.deepEqual(server.keyUsage, [serverUsage]);
    // Windows takes it for no other name than the listener's.
    const { script } = JSON.parse(windowsCustomData()) as { script: string };
    assert.equal(server.subject, `CN=${/HostName = '(\w+)'/.exec(script)?.[1]}`);
    assert.equal(server.checkIP("192.0.2.7"), "192.0.2.7");
    assert.deepEqual(client.keyUsage, [clientUsage]);
    // The name is of a kind that is Microsoft's own, which Node does not show.
    assert.ok(client.raw.includes(Buffer.from([0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 3])));
    assert.ok(client.raw.includes(Buffer.from(remoting.principal)));
    assert.ok([server, client].every((each) => each.verify(authority.publicKey)));
  });

  it("is given an account that Windows takes, and a rule for its port alone", () => {
    assert.equal(remoting.account, remotingAccount);
    assert.ok(remoting.account.length <= 20, "Windows has no longer names of accounts");
    assert.deepEqual([remoting.port, remoting.rule.port], [5986, 5986]);
    assert.ok(!plan.rules.some(({ port, name }) => port === 5986 || name === remoting.rule.name));
  });

  it("imports no key but one of P-256", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    assert.throws(() => importableKey(pem), /not a P-256 key: P-384/);
  });

  it("is not on Linux, whatever is said", () => {
    const told = (options: { user: string; remoting?: boolean }) =>
      JSON.stringify(bootstrapFor("linux", options).protectedSettings(credentials));
    assert.equal(told({ user: "labs", remoting: true }), told({ user: "labs" }));
  });
});
