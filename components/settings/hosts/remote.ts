import { z } from "zod";
import { hostKeyProblem } from "../../hosts/host-key";
import { filePath, hostLabel, ipv4Address, loginName, machineAddress, port, secretText, words } from "../types";
import { cluster } from "./cluster";
import { placement } from "./placement";
import { serverRules, serversRules } from "./remote-rules";
import { hostOs, readySeconds, rehearsed } from "./shared";

const hostKey = z
  .string()
  .refine((text) => hostKeyProblem(text) === undefined)
  .register(words, {
    allowed: "a public host key as OpenSSH writes it: its type, a space and its base64",
    cure: "copy the line of the server's /etc/ssh/ssh_host_ed25519_key.pub, which looks like ssh-ed25519 AAAA…",
  });

/** How this machine logs in somewhere, and by what it knows that it is there. */
const login = {
  address: machineAddress.describe("IPv4 address or host name."),
  port: port.default(22).describe("TCP port of SSH."),
  user: loginName.describe("Who logs in."),
};
const pinned = {
  hostKey: hostKey.optional().describe("Its public host key. Without it, `hostKeyPath`."),
  hostKeyPath: filePath.optional().describe("File with its public host key. Without it, `hostKey`."),
};

const tls = z
  .strictObject({
    port: port.default(2376).describe("TCP port of the engine."),
    certPath: filePath.describe("Folder with `ca.pem`, `cert.pem` and `key.pem`, by which each side knows the other."),
  })
  .describe("The engine's own port, with mutual TLS. Only with `docker: tcp+tls`.");

const jump = z
  .strictObject({
    ...login,
    privateKeyPath: filePath.describe("File with the private key that logs in there."),
    ...pinned,
  })
  .describe("A host that the way to the server leads over.");

/** A server as `npm run trust` needs it, which may not know the host key yet. */
export const untrustedServer = z.strictObject({
  name: hostLabel.describe("Name of the host in the checks, the picture and the outputs."),
  ...login,
  os: hostOs,
  privateKeyPath: filePath.optional().describe("File with the private key that logs in. Without it, `password`."),
  password: secretText.optional().describe("Password that logs in, a secret. Without it, `privateKeyPath`."),
  ...pinned,
  docker: z
    .enum(["ssh", "tcp+tls"])
    .default("ssh")
    .describe("How the engine is reached. Windows engines only by `tcp+tls`."),
  tls: tls.optional(),
  jump: jump.optional(),
  memberAddress: ipv4Address
    .optional()
    .describe("IPv4 address at which the other servers of a cluster reach it.")
    .register(words, { byDefault: "`address`, if it is the server's own; else the only one that is" }),
});

const server = untrustedServer.superRefine(serverRules, { when: isObject });

/** Servers that the user brings. */
export const remote = z
  .strictObject({
    kind: z.literal("remote").describe("`remote` is servers that you bring, reached over SSH."),
    rehearsed,
    readySeconds: readySeconds(60),
    cluster,
    placement,
    servers: z
      .array(server)
      .min(1)
      .describe("The servers: name, address, user, key or password, host key. See docs/remote-hosts.md.")
      .register(words, {
        allowed: "a list of at least one server",
        cure: "write a list of objects with name, address, user, privateKeyPath and hostKey",
      }),
  })
  .superRefine(serversRules, { when: isObject })
  .describe("Servers that you bring, reached over SSH.");

export type RemoteSettings = z.infer<typeof remote>;
export type RemoteServer = RemoteSettings["servers"][number];
export type JumpHost = NonNullable<RemoteServer["jump"]>;

function isObject({ value }: { value: unknown }): boolean {
  return typeof value === "object" && value !== null;
}
