import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../processes";

export interface KeyPair {
  /** In OpenSSH's format. */
  readonly privateKey: string;
  /** Type, base64 and, if there is one, the comment: a line as in authorized_keys, without its end. */
  readonly publicKey: string;
}

/** Makes a pair of Ed25519 keys. Throws a CommandError where OpenSSH's ssh-keygen cannot be run. */
export async function makeKeyPair(comment: string, signal?: AbortSignal): Promise<KeyPair> {
  // ssh-keygen writes to files only. The folder is this user's alone.
  const folder = mkdtempSync(join(tmpdir(), "container-network-labs-"));
  try {
    const file = join(folder, "key");
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file], { signal });
    return { privateKey: readFileSync(file, "utf8"), publicKey: readFileSync(`${file}.pub`, "utf8").trim() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
