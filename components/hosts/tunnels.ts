import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { socketFolder } from "./ssh-config";
import { type TunnelledServer, type TunnelRoute, tunnelRoutes } from "./tunnel-routes";

/**
 * The tunnels of an environment are kept by one process, whoever needs them: commands, Pulumi's run of the program, a
 * person's own. Each holds a connection to it as long as it needs them. With the last of them the keeper ends, and with it
 * all that it has started.
 */

/** What the keeper is asked, as a line of JSON. */
export type KeeperRequest =
  /** To have these tunnels, and to stay for the sake of this connection, and of a process. */
  | { readonly routes: readonly TunnelRoute[]; readonly watch?: number }
  /** What went wrong with the tunnel at a port. */
  | { readonly trouble: number };

/** What it answers. */
export interface KeeperAnswer {
  /** Why the tunnels cannot be. */
  readonly refused?: string;
  readonly trouble?: string;
}

/** Marks the processes of a keeper as its own: what one that was killed has left is found by it. */
export const keeperMark = "CONTAINER_NETWORK_LABS_TUNNELS";

/** A keeper has to be there within this time, in ms: a machine may be busy. */
const START_MS = 30_000;

/** How often a keeper that ended is started again: one that cannot stay would otherwise be started for ever. */
const REOPENINGS = 10;

/** A log that is longer is begun anew. */
const LOG_BYTES = 1_000_000;

/** The socket by which the keeper of an environment of this project is asked. */
export function keeperSocket(environment: string): string {
  const name = createHash("sha256")
    .update(JSON.stringify([resolve("."), environment]))
    .digest("hex");
  return join(socketFolder(), `tunnels-${name.slice(0, 16)}`);
}

/** Where the keeper writes what it did, relative to the project. */
export function keeperLog(environment: string): string {
  return join("out", environment, "tunnels.log");
}

export interface TunnelOptions {
  /** What Azure's command line is to have in its environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** A process for whose sake they stay as well: one that goes on when this one has ended. */
  readonly watch?: number;
}

/** The connections by which this process holds tunnels, by environment. */
const held = new Map<string, Lease>();

/**
 * Sees to it that the tunnels to these servers are there until this process ends; nothing for servers that are reached as
 * they are. A tunnel opens with the first connection through it, and once more if it broke.
 * @throws Error if they cannot be, with the reason: above all whose the ports are.
 */
export async function openTunnels(
  servers: readonly TunnelledServer[],
  environment: string,
  options: TunnelOptions = {},
): Promise<void> {
  const routes = tunnelRoutes(servers, environment);
  if (routes.length === 0) {
    return;
  }
  const lease = held.get(environment) ?? new Lease(environment);
  held.set(environment, lease);
  await lease.take(routes, options);
}

/** What went wrong with the last tunnel to a server, in the words of Azure's command line; undefined where nothing did. */
export async function tunnelTrouble(
  { port, tunnel }: TunnelledServer,
  environment: string,
): Promise<string | undefined> {
  return tunnel === undefined ? undefined : (await held.get(environment)?.ask({ trouble: port }))?.trouble;
}

class Lease {
  private socket?: Socket;
  private answers?: AsyncIterator<string>;
  private queue: Promise<unknown> = Promise.resolve();
  private routes: readonly TunnelRoute[] = [];
  private options: TunnelOptions = {};
  private reopened = 0;

  constructor(private readonly environment: string) {}

  async take(routes: readonly TunnelRoute[], options: TunnelOptions): Promise<void> {
    this.routes = routes;
    this.options = { ...this.options, ...options };
    const { refused } = await this.ask({ routes, watch: this.options.watch });
    if (refused !== undefined) {
      throw new Error(refused);
    }
  }

  /** One after the other: answers come in the order of the questions. */
  ask(request: KeeperRequest): Promise<KeeperAnswer> {
    const answer = this.queue.then(() => this.exchange(request));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  private async exchange(request: KeeperRequest): Promise<KeeperAnswer> {
    this.socket ??= await this.connected();
    const { socket, answers } = this;
    // It holds this process only while something is asked.
    socket.ref();
    socket.write(`${JSON.stringify(request)}\n`);
    const line = await answers!.next();
    socket.unref();
    if (line.done === true) {
      throw new Error(`The process that keeps the tunnels of "${this.environment}" ended: see ${this.log}.`);
    }
    return JSON.parse(line.value) as KeeperAnswer;
  }

  private async connected(): Promise<Socket> {
    const { environment } = this;
    const deadline = Date.now() + START_MS;
    let started = false;
    for (;;) {
      try {
        return await this.connectOnce();
      } catch (error) {
        if (Date.now() > deadline) {
          throw new Error(`The tunnels of "${environment}" could not be kept: see ${this.log}.`, { cause: error });
        }
        if (!started) {
          startKeeper(environment, this.options.env);
          started = true;
        }
        await pause(50);
      }
    }
  }

  private async connectOnce(): Promise<Socket> {
    const socket = connect(keeperSocket(this.environment));
    await once(socket, "connect");
    this.answers = createInterface({ input: socket })[Symbol.asyncIterator]();
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.socket = undefined;
      // Whatever ended the keeper, this process is not done with its tunnels.
      if (this.reopened < REOPENINGS) {
        this.reopened += 1;
        void this.ask({ routes: this.routes, watch: this.options.watch }).catch(() => undefined);
      }
    });
    return socket;
  }

  private get log(): string {
    return keeperLog(this.environment);
  }
}

/** In a session of its own, as it is not this process's alone. */
function startKeeper(environment: string, env: NodeJS.ProcessEnv = {}): void {
  mkdirSync(join("out", environment), { recursive: true });
  const file = keeperLog(environment);
  const log = openSync(file, existsSync(file) && statSync(file).size > LOG_BYTES ? "w" : "a", 0o600);
  const program = ["tools/run.js", "tunnels", "--environment", environment];
  spawn(process.execPath, program, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, ...env, [keeperMark]: keeperSocket(environment) },
  }).unref();
  closeSync(log);
}
