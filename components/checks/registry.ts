import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request, type RequestOptions } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { aliasOf, sshConfigPath } from "../hosts/ssh-config";
import type { Asked, Looking } from "./evidence";
import type { DigestExpectation, EngineAccess, PasswordPlace } from "./expectation";
import { isElsewhere } from "./operator";

/** Milliseconds that a registry may take for one answer. */
const PATIENCE = 8000;

/**
 * The kinds of manifest that a tag may stand for; a registry asked for none of them would make one of an older kind,
 * with another digest. Source: https://distribution.github.io/distribution/spec/manifest-v2-2/ and the OCI image spec.
 */
const manifests = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** A connection that a remote host makes. */
interface Tunnel {
  readonly socket: Duplex;
  /** What went wrong on the way, once it is over. */
  readonly words: Promise<string | undefined>;
}

/** A way to a server: this machine's own, or from a remote host through its SSH connection. */
type Way = (host: string, port: number) => Tunnel | undefined;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * The digest that a registry serves under a tag, asked by the operator of the host; none where there is no such tag. From
 * a remote host only the connection starts there: what it carries, among it the password, the host does not see.
 */
export async function servedDigest(
  host: EngineAccess,
  expectation: DigestExpectation,
  { environment, secret, signal }: Looking,
): Promise<Asked<string>> {
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  const { registry, repository, tag, caPath } = expectation;
  try {
    const login = await loginOf(expectation, secret);
    const ca = caPath === undefined ? undefined : readFileSync(caPath, "utf8");
    const asker = new Asker(isElsewhere(host) ? through(host, environment) : () => undefined, ca, signal);
    const url = new URL(`https://${registry}/v2/${repository}/manifests/${tag}`);
    const { status, headers } = await asker.withLogin(url, login);
    if (status === 404) {
      return { found: undefined, ms: elapsed() };
    }
    const digest = headers["docker-content-digest"];
    const problem =
      status === 401 || status === 403
        ? `the registry ${registry} refuses the login of ${expectation.username}`
        : `the registry ${registry} answered HTTP ${status}${status === 200 ? " without a digest" : ""}`;
    return status === 200 && typeof digest === "string" ? { found: digest, ms: elapsed() } : { problem, ms: elapsed() };
  } catch (error) {
    return { problem: `the registry ${registry}: ${(error as Error).message}`, ms: elapsed() };
  }
}

async function loginOf({ username, password }: DigestExpectation, secret: Looking["secret"]): Promise<string> {
  return `Basic ${Buffer.from(`${username}:${await passwordAt(password, secret)}`).toString("base64")}`;
}

async function passwordAt(place: PasswordPlace, secret: Looking["secret"]): Promise<string> {
  if ("file" in place) {
    return readFileSync(place.file, "utf8").trim();
  }
  if (secret === undefined) {
    throw new Error(`the setting ${place.setting} cannot be read here`);
  }
  return secret(place.setting);
}

/** Asks over HTTPS. */
class Asker {
  constructor(
    private readonly way: Way,
    private readonly ca: string | undefined,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * Asks with a login, in the way that the registry wants it: with the password, or with a token that is had for it.
   * Source: https://distribution.github.io/distribution/spec/auth/token/
   */
  async withLogin(url: URL, login: string): Promise<Answer> {
    const first = await this.ask("HEAD", url, { authorization: login, accept: manifests });
    const challenge = first.headers["www-authenticate"] ?? "";
    if (first.status !== 401 || !/^bearer /i.test(challenge)) {
      return first;
    }
    const { realm, ...scope } = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value] as const),
    );
    const token = await this.ask("GET", new URL(`${realm}?${new URLSearchParams(scope).toString()}`), {
      authorization: login,
    });
    if (token.status !== 200) {
      return first;
    }
    const given = JSON.parse(token.body) as { token?: string; access_token?: string };
    const authorization = `Bearer ${given.token ?? given.access_token ?? ""}`;
    return this.ask("HEAD", url, { authorization, accept: manifests });
  }

  private async ask(method: string, url: URL, headers: RequestOptions["headers"]): Promise<Answer> {
    if (url.protocol !== "https:") {
      throw new Error(`a password is sent over https only, not to ${url.origin}`);
    }
    const { hostname: host } = url;
    const port = Number(url.port || 443);
    const tunnel = this.way(host, port);
    const limits = [AbortSignal.timeout(PATIENCE), ...(this.signal === undefined ? [] : [this.signal])];
    try {
      const asked = request(url, {
        method,
        headers,
        ca: this.ca,
        signal: AbortSignal.any(limits),
        ...(tunnel && {
          createConnection: () =>
            connect({ socket: tunnel.socket, host, ca: this.ca, ...(isIP(host) === 0 ? { servername: host } : {}) }),
        }),
      }).end();
      const [response] = (await once(asked, "response")) as [import("node:http").IncomingMessage];
      return { status: response.statusCode!, headers: response.headers, body: await text(response) };
    } catch (error) {
      tunnel?.socket.destroy();
      const words = await tunnel?.words;
      const late = limits[0].aborted ? `no answer within ${PATIENCE / 1000} s` : undefined;
      throw words === undefined && late === undefined ? error : new Error(words ?? late, { cause: error });
    } finally {
      tunnel?.socket.destroy();
    }
  }
}

/** Connections that the ssh server of a host makes from there. They need no program on it. */
function through({ name }: EngineAccess, environment: string): Way {
  return (host, port) => {
    const args = ["-F", sshConfigPath(environment), "-W", `${host}:${port}`, aliasOf(name, environment)];
    const client = spawn("ssh", args, { stdio: "pipe" });
    const socket = Duplex.from({ readable: client.stdout, writable: client.stdin });
    let said = "";
    client.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const words = new Promise<string | undefined>((resolve) => {
      client.on("error", (error) => resolve(error.message));
      client.on("close", () => resolve(said.trim().split(/\r?\n/)[0] || undefined));
    });
    // Whoever uses the socket is told as well.
    socket.on("error", () => undefined).on("close", () => client.kill());
    return { socket, words };
  };
}
