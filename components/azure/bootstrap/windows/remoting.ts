import { createPrivateKey } from "node:crypto";
import { clientPrincipal, type Credentials } from "../../credentials";
import { administrationPorts, remotingAccount } from "../../ports";

/** What remoting.ps1 goes by. It is no secret, and is on every host. */
export interface RemotingPlan {
  /** Is there where remoting is to be. It has what is secret of it. */
  readonly file: string;
  /** By which the script knows what it has put into Windows' stores. */
  readonly label: string;
  readonly account: string;
  readonly principal: string;
  readonly port: number;
  /** Files of the certificate that the host shows, and of whoever signed it and the client's. */
  readonly certificate: string;
  readonly authority: string;
  readonly rule: { readonly name: string; readonly displayName: string; readonly port: number };
}

/** @param folders Where the bootstrap keeps what it knows, and where the engine's certificates are. */
export function remotingPlan(folders: { readonly state: string; readonly tls: string }): RemotingPlan {
  const port = administrationPorts.winrm;
  return {
    file: `${folders.state}\\remoting.json`,
    label: "container-network-labs",
    account: remotingAccount,
    principal: clientPrincipal,
    port,
    certificate: `${folders.tls}\\server.pem`,
    authority: `${folders.tls}\\ca.pem`,
    rule: { name: "container-network-labs-winrm", displayName: "Container network labs: WinRM over HTTPS", port },
  };
}

/** What the plan's file holds, beside the files that the engine has anyway. */
export function remotingSecrets({ serverKey, clientCertificate }: Credentials): string {
  return JSON.stringify({ key: importableKey(serverKey), client: clientCertificate });
}

/** Bytes of each number of a P-256 key. */
const LENGTH = 32;

/**
 * A P-256 key as Windows imports it, in base64; PEM is nothing that Windows PowerShell reads.
 * Throws an Error if it is another kind of key.
 * Source: https://learn.microsoft.com/windows/win32/api/bcrypt/ns-bcrypt-bcrypt_ecckey_blob
 */
export function importableKey(pem: string): string {
  const { crv, x = "", y = "", d = "" } = createPrivateKey(pem).export({ format: "jwk" });
  if (crv !== "P-256") {
    throw new Error(`not a P-256 key: ${String(crv)}`);
  }
  const header = Buffer.alloc(8);
  header.write("ECS2", "latin1");
  header.writeUInt32LE(LENGTH, 4);
  return Buffer.concat([header, ...[x, y, d].map((part) => Buffer.from(part, "base64url"))]).toString("base64");
}
