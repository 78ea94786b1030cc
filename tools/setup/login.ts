import { createDecipheriv, pbkdf2 } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Machine } from "./machine";
import { usersHome } from "./users-pulumi";

/** Where Pulumi keeps the state, and what it needs to know for that. */
export interface Login {
  /** What to add to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** One line: whose login it is, or where the state is. */
  readonly says: string;
  /** The backend's URL where it is known: from the environment, the CLI's plain credentials, or this program's own. */
  readonly backend: string | undefined;
}

/** The user's login and backend as the CLI itself would find them, else a folder of this program's own. */
export async function findLogin(machine: Machine, environment: string, foreignHome: boolean): Promise<Login> {
  const credentials = credentialsFolder(machine);
  const keepCredentials = foreignHome && existsSync(join(credentials, "credentials.json"));
  const env = {
    ...(keepCredentials ? { PULUMI_CREDENTIALS_PATH: credentials } : {}),
    ...(await passphrase(machine, environment)),
  };
  const theirs = usersBackend(machine);
  if (theirs !== undefined) {
    const known = [machine.env.PULUMI_BACKEND_URL, theirs].find((each) => each?.includes("://"));
    return { env, says: `your login (${theirs})`, backend: known };
  }
  mkdirSync(machine.state, { recursive: true, mode: 0o700 });
  const backend = ownBackend(machine);
  return { env: { ...env, PULUMI_BACKEND_URL: backend }, says: `no login: files in ${machine.state}`, backend };
}

function credentialsFolder(machine: Machine): string {
  return machine.env.PULUMI_CREDENTIALS_PATH || usersHome(machine);
}

/** In the CLI's own order: PULUMI_BACKEND_URL, `backend` in Pulumi.yaml, what `pulumi login` left, an access token. */
function usersBackend(machine: Machine): string | undefined {
  const { PULUMI_BACKEND_URL: url, PULUMI_ACCESS_TOKEN: token } = machine.env;
  if (url && url !== ownBackend(machine)) {
    return "PULUMI_BACKEND_URL";
  }
  if (/^backend:/m.test(readIfThere(join(machine.project, "Pulumi.yaml")) ?? "")) {
    return "Pulumi.yaml";
  }
  return (
    storedBackend(join(credentialsFolder(machine), "credentials.json")) ?? (token ? "PULUMI_ACCESS_TOKEN" : undefined)
  );
}

/** The backend in use according to the CLI's credentials file, which some versions keep encrypted: that is a login too. */
function storedBackend(file: string): string | undefined {
  const content = readIfThere(file);
  if (content === undefined || content.trim() === "") {
    return undefined;
  }
  try {
    const stored = JSON.parse(content) as { current?: string };
    const plain = Object.keys(stored).every((key) => ["current", "accessTokens", "accounts"].includes(key));
    return plain ? stored.current || undefined : "credentials.json";
  } catch {
    return "credentials.json";
  }
}

function ownBackend({ state }: Machine): string {
  return `file://${state.startsWith("/") ? "" : "/"}${state.replaceAll("\\", "/")}`;
}

/**
 * The committed stack files are made with an empty passphrase, for they hold no secret. A user who has a passphrase for
 * other stacks keeps it, except for a file that it cannot open and the empty one can.
 */
async function passphrase(machine: Machine, environment: string): Promise<Record<string, string>> {
  const { PULUMI_CONFIG_PASSPHRASE: own, PULUMI_CONFIG_PASSPHRASE_FILE: file } = machine.env;
  if (own === "") {
    return {};
  }
  const empty = { PULUMI_CONFIG_PASSPHRASE: "" };
  if (own === undefined && !file) {
    return empty;
  }
  const stack = readIfThere(join(machine.project, "stacks", `Pulumi.${environment}.yaml`));
  const salt = /^encryptionsalt: (\S+)$/m.exec(stack ?? "")?.[1];
  return salt !== undefined && (await opensWith("", salt)) ? empty : {};
}

/**
 * Whether a passphrase opens a stack file. Its `encryptionsalt` is `v1:SALT:v1:NONCE:TEXT` in base64, a known text
 * encrypted by AES-256-GCM with a key from a million rounds of PBKDF2 (pulumi/sdk, go/common/resource/config/crypt.go).
 */
export async function opensWith(phrase: string, encryptionSalt: string): Promise<boolean> {
  const [, salt, , nonce, sealed] = encryptionSalt.split(":").map((part) => Buffer.from(part, "base64"));
  if (salt === undefined || nonce === undefined || sealed === undefined || sealed.length < 16) {
    return false;
  }
  const key = await promisify(pbkdf2)(phrase, salt, 1_000_000, 32, "sha256");
  const cipher = createDecipheriv("aes-256-gcm", key, nonce).setAuthTag(sealed.subarray(-16));
  try {
    cipher.update(sealed.subarray(0, -16));
    cipher.final();
    return true;
  } catch {
    return false;
  }
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
