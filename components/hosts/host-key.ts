import { createHash } from "node:crypto";

/** The types of keys that OpenSSH's servers identify themselves with. */
const types =
  /^(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** A public key without its comment, as a line of known_hosts has it. */
export function withoutComment(publicKey: string): string {
  return publicKey.trim().split(/\s+/).slice(0, 2).join(" ");
}

/** What keeps a text from being a public key; undefined where nothing does. The key's own bytes begin with its type. */
export function hostKeyProblem(publicKey: string): string | undefined {
  const [type = "", base64 = ""] = publicKey.trim().split(/\s+/);
  if (publicKey.trim().includes("\n")) {
    return "it has several lines";
  }
  if (!types.test(type)) {
    return type.includes("PRIVATE") || publicKey.includes("PRIVATE KEY")
      ? "it is a private key"
      : "it has no known type";
  }
  const bytes = Buffer.from(base64, "base64");
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  const own = bytes.subarray(4, 4 + length).toString("latin1");
  return own === type && bytes.length > 4 + length + 16 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64)
    ? undefined
    : "its base64 is not that of a key of its type";
}

/** A public key's fingerprint as `ssh-keygen -l` prints it: `SHA256:…`. */
export function fingerprint(publicKey: string): string {
  const [, base64 = ""] = publicKey.trim().split(/\s+/);
  return `SHA256:${createHash("sha256").update(Buffer.from(base64, "base64")).digest("base64").replace(/=+$/, "")}`;
}
