import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { type IncomingMessage } from "node:http";
import { request } from "node:https";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { bootstrapFor } from "../../components/azure/bootstrap";
import type { Credentials, MadeKeys } from "../../components/azure/credentials";
import { makeCertificates, makeKeys } from "../../tools/credentials";

/*
 * Makes a container host of this machine as Azure's extension would, and reaches it as the program would. It is for a
 * machine that is thrown away after that: other keys and another engine are what it has then.
 */

const { username } = userInfo();
const folder = mkdtempSync(join(tmpdir(), "bootstrap-"));

async function credentialsOf({ keys, caKey }: MadeKeys): Promise<Credentials> {
  return { ...keys, ...(await makeCertificates({ address: "127.0.0.1", ca: keys.ca, caKey })) };
}

/** Runs the extension's command line, as the extension does. */
function extension(credentials: Credentials, remoting = false): void {
  const { customData, protectedSettings } = bootstrapFor("windows", { user: username, remoting });
  mkdirSync("C:\\AzureData", { recursive: true });
  writeFileSync("C:\\AzureData\\CustomData.bin", Buffer.from(customData, "base64"));
  const { status } = spawnSync(protectedSettings(credentials).commandToExecute, { shell: true, stdio: "inherit" });
  assert.equal(status, 0);
}

/** A file that OpenSSH's client takes for private. */
function privateFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  execFileSync("icacls", [file, "/inheritance:r", "/grant:r", `${username}:F`]);
  return file;
}

function overSsh(credentials: Credentials): string {
  const key = privateFile("key", credentials.userKey);
  const known = privateFile("known_hosts", `127.0.0.1 ${credentials.hostPublicKey}\n`);
  const options = ["BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=yes", `UserKnownHostsFile=${known}`];
  const args = ["-F", "none", "-i", key, ...options.flatMap((each) => ["-o", each]), `${username}@127.0.0.1`, "whoami"];
  return execFileSync("ssh", args, { encoding: "utf8" }).trim();
}

function overTls({ ca, clientCertificate, clientKey }: Credentials) {
  const contents = { "ca.pem": ca, "cert.pem": clientCertificate, "key.pem": clientKey };
  Object.entries(contents).forEach(([name, text]) => writeFileSync(join(folder, name), text));
  const args = ["--host", "tcp://127.0.0.1:2376", "--tlsverify", "version", "--format", "{{.Server.Os}}"];
  return spawnSync("docker", args, { encoding: "utf8", env: { ...process.env, DOCKER_CERT_PATH: folder } });
}

function reached(credentials: Credentials): void {
  assert.match(overSsh(credentials).toLowerCase(), new RegExp(`\\\\${username.toLowerCase()}$`));
  const { stdout, stderr } = overTls(credentials);
  assert.equal(stdout.trim(), "windows", stderr);
}

/** Asks for what none but an administrator is told, by WS-Management. Source: DMTF DSP0226 and Microsoft's MS-WSMV. */
const question = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
  xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">
  <s:Header>
    <a:To>https://127.0.0.1:5986/wsman</a:To>
    <a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
    <a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action>
    <a:MessageID>uuid:6f1a1b0e-6c9b-4a77-9d5c-0d2f3f9a7c11</a:MessageID>
    <w:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_OperatingSystem</w:ResourceURI>
  </s:Header>
  <s:Body/>
</s:Envelope>`;

async function overWinRm({ ca, clientCertificate, clientKey }: Credentials, certified = true) {
  const sent = request("https://127.0.0.1:5986/wsman", {
    ...{ method: "POST", ca, maxVersion: "TLSv1.2" },
    ...(certified ? { cert: clientCertificate, key: clientKey } : {}),
    headers: {
      "Content-Type": "application/soap+xml;charset=UTF-8",
      Authorization: "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual",
    },
  });
  sent.end(question);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { status: response.statusCode, said: await text(response) };
}

/** Whether Windows answers, and does so for nobody but who shows the client's certificate. */
async function remoted(credentials: Credentials): Promise<void> {
  const { status, said } = await overWinRm(credentials);
  assert.equal(status, 200, said);
  assert.match(said, /Windows Server/);
  const refused = await overWinRm(credentials, false).catch((error: unknown) => ({ status: String(error) }));
  assert.notEqual(refused.status, 200);
}

function listensOn(port: number): boolean {
  const { stdout } = spawnSync("netstat", ["-ano", "-p", "TCP"], { encoding: "utf8" });
  return new RegExp(`:${port}\\s+\\S+\\s+LISTENING`).test(stdout);
}

async function main(): Promise<void> {
  if (process.platform !== "win32" || process.env.GITHUB_ACTIONS !== "true") {
    throw new Error("this changes the machine's SSH server and container engine: it runs on GitHub's machines only");
  }
  const made = await makeKeys({ password: false });
  const first = await credentialsOf(made);
  extension(first);
  reached(first);
  extension(first);
  reached(first);
  const renewed = await credentialsOf(made);
  extension(renewed);
  reached(renewed);
  const stranger = overTls({ ...renewed, ...(await makeCertificates(await otherAuthority())) });
  assert.notEqual(stranger.status, 0);
  assert.match(stranger.stderr, /bad certificate|unknown certificate authority/);
  await remoting(renewed, await credentialsOf(made));
}

/** PowerShell remoting turned on, renewed, and turned off again. */
async function remoting(first: Credentials, renewed: Credentials): Promise<void> {
  // As after the restart that it asks for, which this machine would not come back from.
  const protocol = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.3\\Server";
  execFileSync("reg", ["add", protocol, "/v", "Enabled", "/t", "REG_DWORD", "/d", "0", "/f"]);
  for (const credentials of [first, first, renewed]) {
    extension(credentials, true);
    await remoted(credentials);
    assert.equal(listensOn(5985), false);
  }
  reached(renewed);
  extension(renewed);
  assert.equal(listensOn(5986), false);
}

async function otherAuthority() {
  const { keys, caKey } = await makeKeys({ password: false });
  return { address: "127.0.0.1", ca: keys.ca, caKey };
}

void main();
