import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
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
function extension(credentials: Credentials): void {
  const { customData, protectedSettings } = bootstrapFor("windows", { user: username });
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
}

async function otherAuthority() {
  const { keys, caKey } = await makeKeys({ password: false });
  return { address: "127.0.0.1", ca: keys.ca, caKey };
}

void main();
