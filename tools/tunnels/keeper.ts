import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { hostListeners } from "../../components/hosts/listeners";
import type { SshRoute, TunnelRoute } from "../../components/hosts/tunnel-routes";
import { type KeeperAnswer, keeperMark, type KeeperRequest, keeperSocket } from "../../components/hosts/tunnels";
import { endMarked } from "../heal/killed-run";
import { AzureTunnels, endGroup } from "./azure";

/** How long it stays without anybody who needs it, in ms: whoever started it may still be on the way. */
const FIRST_MS = 20_000;

/** How often processes are looked for that it stays for, in ms. */
const WATCH_MS = 500;

/** What is written down of a keeper beside its socket, for those that find its ports taken. */
interface Written {
  readonly pid: number;
  readonly environment: string;
  readonly project: string;
  readonly ports: readonly number[];
}

/** A port that is listened on. */
interface Opened {
  readonly route: TunnelRoute;
  readonly server: Server;
  readonly clients: Set<Socket>;
  readonly azure?: AzureTunnels;
}

/**
 * Keeps the tunnels of one environment: listens on their ports of this machine, and opens one when somebody connects. It
 * is there as long as somebody needs it, see components/hosts/tunnels.ts.
 */
export class Keeper {
  private readonly path: string;
  private readonly opened = new Map<number, Opened>();
  private readonly leases = new Set<Socket>();
  private readonly watched = new Set<number>();
  /** Whether nobody has come yet. */
  private unasked = true;

  /** @param say Is told what is done, a line or several at a time. */
  constructor(
    private readonly environment: string,
    private readonly say: (text: string) => void = (text) => process.stderr.write(text),
  ) {
    this.path = keeperSocket(environment);
  }

  /** Until nobody needs it, or the signal is aborted. It is over at once where there is one already. */
  async keep(signal: AbortSignal): Promise<void> {
    const control = createServer((socket) => this.serve(socket));
    if (!(await this.listenAlone(control))) {
      return;
    }
    if (process.platform === "linux") {
      endMarked(`${keeperMark}=${this.path}`);
    }
    const since = Date.now();
    try {
      while (!signal.aborted && (this.isNeeded() || (this.unasked && Date.now() - since < FIRST_MS))) {
        await pause(WATCH_MS, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      rmSync(this.path, { force: true });
      rmSync(`${this.path}.json`, { force: true });
      control.close();
      this.opened.forEach((each) => void this.shut(each));
    }
  }

  private isNeeded(): boolean {
    this.watched.forEach((pid) => {
      if (!isThere(pid)) {
        this.watched.delete(pid);
      }
    });
    return this.leases.size + this.watched.size > 0;
  }

  /** Two may start at once, and one that was killed leaves its socket behind. */
  private async listenAlone(control: Server): Promise<boolean> {
    const lock = `${this.path}.lock`;
    for (;;) {
      try {
        const file = openSync(lock, "wx", 0o600);
        writeSync(file, String(process.pid));
        closeSync(file);
        break;
      } catch {
        const owner = Number(readOr(lock, "0"));
        if (owner === 0 || !isThere(owner)) {
          rmSync(lock, { force: true });
        }
        await pause(50);
      }
    }
    try {
      if (await answersAt(this.path)) {
        return false;
      }
      rmSync(this.path, { force: true });
      control.listen(this.path);
      await once(control, "listening");
      return true;
    } finally {
      rmSync(lock, { force: true });
    }
  }

  private serve(socket: Socket): void {
    this.unasked = false;
    this.leases.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.leases.delete(socket));
    let before: Promise<unknown> = Promise.resolve();
    createInterface({ input: socket }).on("line", (line) => {
      before = before
        .then(() => this.answer(JSON.parse(line) as KeeperRequest))
        .catch((error: Error): KeeperAnswer => ({ refused: error.message }))
        .then((answer) => socket.writable && socket.write(`${JSON.stringify(answer)}\n`));
    });
  }

  private async answer(request: KeeperRequest): Promise<KeeperAnswer> {
    if ("trouble" in request) {
      return { trouble: this.opened.get(request.trouble)?.azure?.trouble };
    }
    if (request.watch !== undefined) {
      this.watched.add(request.watch);
    }
    for (const route of request.routes) {
      const there = this.opened.get(route.port);
      if (JSON.stringify(there?.route) !== JSON.stringify(route)) {
        if (there !== undefined) {
          await this.shut(there);
        }
        await this.open(route);
      }
    }
    const written: Written = {
      ...{ pid: process.pid, environment: this.environment, project: resolve(".") },
      ports: [...this.opened.keys()],
    };
    writeFileSync(`${this.path}.json`, JSON.stringify(written), { mode: 0o600 });
    return {};
  }

  private async open(route: TunnelRoute): Promise<void> {
    const clients = new Set<Socket>();
    const azure = route.through === "bastion" ? new AzureTunnels(route, (text) => this.log(route, text)) : undefined;
    const server = createServer({ allowHalfOpen: true }, (client) => {
      clients.add(client);
      client.on("error", () => undefined);
      client.on("close", () => clients.delete(client));
      if (route.through === "ssh") {
        carryOverSsh(route, client, (text) => this.log(route, text));
      } else {
        azure!.carry(client).catch((error: Error) => this.log(route, error.message));
      }
    });
    server.listen(route.port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? this.taken(route) : error;
    }
    this.opened.set(route.port, { route, server, clients, azure });
  }

  /** The machine behind it may be another one now: whoever is connected to the one before is told so. */
  private async shut({ route, server, clients, azure }: Opened): Promise<void> {
    this.opened.delete(route.port);
    azure?.end();
    const closed = new Promise((done) => server.close(done));
    clients.forEach((client) => client.destroy());
    await closed;
  }

  private log({ host }: TunnelRoute, text: string): void {
    this.say(`${new Date().toISOString()} ${host}: ${text}\n`);
  }

  private taken({ port, host }: TunnelRoute): Error {
    const whose = ownerOf(port, this.path);
    return new Error(
      `Port ${port} of 127.0.0.1, at which the tunnel to ${host} of "${this.environment}" begins, is taken by ${whose}.\n` +
        "End what has it, or let another row of ports be this environment's: hosts.administration.localPort.",
    );
  }
}

/** Every connection is a channel of a connection to the machine that is there already. */
function carryOverSsh(route: SshRoute, client: Socket, log: (text: string) => void): void {
  const child = spawn("ssh", ["-F", route.sshConfig, "-W", route.to, route.alias], {
    // A connection that OpenSSH keeps for all that comes would hold the other end of a pipe.
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  const end = (): void => {
    client.destroy();
    endGroup(child);
  };
  child.on("error", (error) => {
    log(error.message);
    end();
  });
  child.on("close", () => client.destroySoon());
  child.stdin.on("error", () => undefined);
  client.pipe(child.stdin);
  child.stdout.pipe(client);
  client.on("close", end);
}

/** Who listens on a port: the tunnels of another environment, or any other program. */
function ownerOf(port: number, own: string): string {
  const folder = dirname(own);
  const keepers = readdirSync(folder).filter(
    (file) => /^tunnels-\w+\.json$/.test(file) && file !== `${basename(own)}.json`,
  );
  const found = keepers
    .map((file) => JSON.parse(readOr(join(folder, file), "{}")) as Partial<Written>)
    .find(({ ports, pid = 0 }) => ports?.includes(port) === true && isThere(pid));
  if (found !== undefined) {
    return `the tunnels of environment "${found.environment}" of ${found.project}`;
  }
  const listener = hostListeners().find(
    ({ hostPort, address }) => hostPort === port && /^(127\.0\.0\.1|0\.0\.0\.0)$/.test(address),
  );
  return listener?.owner() ?? "another program";
}

async function answersAt(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function isThere(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}
