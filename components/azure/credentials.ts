import * as pulumi from "@pulumi/pulumi";
import { hostCredentialsType } from "../hosts/recorded-host";

/** What lasts as long as an environment does. Keys in the format of OpenSSH, the authority's certificate as PEM. */
export interface Keys {
  /** Private key that logs in on every host, and its public key. */
  readonly userKey: string;
  readonly userPublicKey: string;
  /** Private key by which every host shows what it is, and its public key, which is pinned. */
  readonly hostKey: string;
  readonly hostPublicKey: string;
  /** Whoever's certificate this authority signed, engine or client, is trusted by the other side. */
  readonly ca: string;
  /** Of a Windows host's administrator, which Azure asks for. Nobody logs in with it. */
  readonly adminPassword?: string;
}

/** What is renewed: certificates of the engines and of their client, PEM. */
export interface Certificates {
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/** All by which this program and the hosts of an environment know each other. */
export type Credentials = Keys & Certificates;

/** What `tools/run.js credentials keys` reads. */
export interface KeysOrder {
  /** Whether an administrator's password is needed. */
  readonly password: boolean;
}

/** What it prints. */
export interface MadeKeys {
  readonly keys: Keys;
  /** By which the authority signs, PEM. No host and no client has a use for it. */
  readonly caKey: string;
}

/** What `tools/run.js credentials certificates` reads. */
export interface CertificatesOrder {
  /** IPv4 address at which clients reach the engines: the certificate names it. */
  readonly address: string;
  readonly ca: string;
  readonly caKey: string;
}

export interface HostCredentialsArgs {
  /** Public IPv4 address of the hosts' load balancer. */
  address: pulumi.Input<string>;
  windows: boolean;
  /** Whether the client's certificate is also to log in by PowerShell remoting. */
  remoting?: boolean;
}

/** Whom the client's certificate names: Windows looks up by it which account its bearer is. Nothing resolves it. */
export const clientPrincipal = "container-network-labs@localhost";

/** How long a certificate is valid, in days. Renewed twice a year, it has twice the time that it needs. */
export const CERTIFICATE_DAYS = 400;

const EPOCH_DAYS = 182;
const DAY_MS = 86_400_000;

/** A number that is another one every half year: the first update after that renews the certificates. */
export function renewalEpoch(now: Date): number {
  return Math.floor(now.getTime() / (EPOCH_DAYS * DAY_MS));
}

const program = "node tools/run.js credentials";

/**
 * Keys, made once, and certificates, renewed every half year, for the hosts of an environment. They are made on this
 * machine by a program, and are secrets of the state: they travel on standard input and output alone.
 *
 *     const { credentials } = new HostCredentials("labs-credentials", { address: publicIp.ipAddress, windows: false });
 */
export class HostCredentials extends pulumi.ComponentResource {
  /** A secret. Unknown in a preview that would renew the certificates; the others are known once they are made. */
  readonly credentials: pulumi.Output<Credentials>;
  readonly userPublicKey: pulumi.Output<string>;
  readonly hostPublicKey: pulumi.Output<string>;
  /** A secret; empty unless the hosts run Windows. */
  readonly adminPassword: pulumi.Output<string>;

  constructor(name: string, args: HostCredentialsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(hostCredentialsType, name, {}, opts);
    // Loaded here, as a local preview has no use for it.
    const command = require("@pulumi/command") as typeof import("@pulumi/command");
    const provider = new command.Provider(`${name}-command`, {}, { parent: this });
    const run = (
      what: "keys" | "certificates",
      stdin: pulumi.Input<string>,
      more: { triggers?: unknown[]; ignoreChanges?: string[] },
    ) =>
      new command.local.Command(
        `${name}-${what}`,
        {
          create: `${program} ${what}`,
          stdin,
          triggers: more.triggers,
          // The output is a secret: it must not become a line on a terminal or an environment variable.
          logging: "stderr",
          addPreviousOutputInEnv: false,
        },
        { parent: this, provider, additionalSecretOutputs: ["stdout"], ignoreChanges: more.ignoreChanges },
      ).stdout;
    const order: KeysOrder = { password: args.windows };
    // Other keys would lock this program out of the hosts that are there: that its own command line changes makes none.
    const made = run("keys", JSON.stringify(order), { ignoreChanges: ["create"] }).apply(parsed<MadeKeys>);
    this.userPublicKey = pulumi.unsecret(made.apply(({ keys }) => keys.userPublicKey));
    this.hostPublicKey = pulumi.unsecret(made.apply(({ keys }) => keys.hostPublicKey));
    this.adminPassword = made.apply(({ keys }) => keys.adminPassword ?? "");
    const certificatesOrder = pulumi
      .all([made, args.address])
      .apply(([{ keys, caKey }, address]) =>
        JSON.stringify({ address, ca: keys.ca, caKey } satisfies CertificatesOrder),
      );
    // A certificate that was made before the client's had a name is renewed, which restarts what uses it.
    const triggers = [renewalEpoch(new Date()), ...(args.remoting === true ? ["remoting"] : [])];
    const certificates = run("certificates", certificatesOrder, { triggers });
    this.credentials = pulumi
      .all([made, certificates.apply(parsed<Certificates>)])
      .apply(([{ keys }, renewed]) => ({ ...keys, ...renewed }));
    this.registerOutputs({ credentials: this.credentials });
  }
}

function parsed<T>(text: string): T {
  return JSON.parse(text) as T;
}
