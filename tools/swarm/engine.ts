import type Docker from "dockerode";

/** An engine's part in a swarm, as far as it is looked at. Source: `GET /info` of the engine's API 1.41. */
export interface Membership {
  readonly NodeID: string;
  readonly NodeAddr: string;
  readonly LocalNodeState: "inactive" | "pending" | "active" | "error" | "locked";
  readonly ControlAvailable: boolean;
  readonly Error: string;
  readonly RemoteManagers: readonly { readonly NodeID: string; readonly Addr: string }[] | null;
  /** Told by managers alone. */
  readonly Cluster?: { readonly ID: string; readonly Spec: { readonly Labels: Labels | null } } | null;
}

type Labels = Readonly<Record<string, string | undefined>>;

/** The swarm itself. Source: `GET /swarm` of the engine's API 1.41. Its tokens are secrets: they go to engines only. */
export interface SwarmObject {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: {
    readonly Labels: Labels | null;
    readonly EncryptionConfig?: { readonly AutoLockManagers?: boolean };
  };
  readonly JoinTokens: { readonly Manager: string; readonly Worker: string };
}

/** Whether a manager's swarm has no leader at present, so that nothing is told of it. */
export function isLeaderless({ LocalNodeState, ControlAvailable, Cluster }: Membership): boolean {
  return LocalNodeState === "active" && ControlAvailable && (Cluster?.ID ?? "") === "";
}

/** What an engine says of its own part in a swarm. */
export async function membershipOf(engine: Docker): Promise<Membership> {
  return ((await engine.info()) as { Swarm: Membership }).Swarm;
}

/**
 * A call of the engine's API, for what the library has no function for. What is sent is no argument of any process.
 * @throws Error with the engine's words.
 */
export function call<T>(
  engine: Docker,
  method: "GET" | "POST" | "DELETE",
  path: string,
  { query = {}, body = {} }: { query?: Record<string, unknown>; body?: object } = {},
): Promise<T> {
  const options = {
    path: `${path}?`,
    method,
    options: { _query: query, ...(method === "POST" ? { _body: body } : {}) },
    statusCodes: { 200: true, 201: true, 204: true, 400: "bad request", 404: "not found", 500: "server error" },
  };
  return new Promise((resolve, reject) => {
    engine.modem.dial(options, (error: unknown, answer: unknown) => {
      if (error) {
        reject(error instanceof Error ? error : new Error("the engine gave no answer"));
      } else {
        resolve(answer as T);
      }
    });
  });
}

/** What the engine said, of an error of its API; else the error's own message. */
export function wordsOf(error: unknown): string {
  const { json, message } = error as { json?: { message?: unknown }; message: string };
  return (typeof json?.message === "string" ? json.message : message).trim();
}
