import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files of a certificate authority, and of a server and a client that it vouches for, by their paths. */
export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** Makes certificates in a folder, for a server that is called `name`. By openssl, as Node can make none. */
export function makeCertificates(folder: string, name: string): Certificates {
  const at = (file: string): string => join(folder, file);
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { stdio: "pipe" });
  const elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...elliptic, "-keyout", at("ca-key.pem"), "-out", at("ca.pem"), "-subj", "/CN=test CA");
  const signed = (who: string): { cert: string; key: string } => {
    writeFileSync(at(`${who}.ext`), `subjectAltName=DNS:${name},IP:127.0.0.1\n`);
    const names = { cert: at(`${who}-cert.pem`), key: at(`${who}-key.pem`) };
    openssl("req", ...elliptic, "-keyout", names.key, "-out", at(`${who}.csr`), "-subj", `/CN=${who}`);
    const by = ["-CA", at("ca.pem"), "-CAkey", at("ca-key.pem"), "-CAcreateserial", "-extfile", at(`${who}.ext`)];
    openssl("x509", "-req", "-in", at(`${who}.csr`), ...by, "-out", names.cert);
    return names;
  };
  return { ca: at("ca.pem"), server: signed("server"), client: signed("client") };
}
