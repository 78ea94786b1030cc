import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { BastionRoute } from "../../components/hosts/tunnel-routes";

/** How long Azure's command line has until it listens, in ms. */
const LISTENING_MS = 60_000;

/** How much of its last words is kept. */
const WORDS = 4_000;

/** One run of `az network bastion tunnel`. It serves one connection at a time: not every version serves more. */
interface Tunnel {
  readonly child: ChildProcess;
  readonly port: number;
  busy: boolean;
  words: string;
  /** Why it is of no more use. */
  over?: string;
}

/** Tunnels through Azure Bastion to one port of one machine, as many as there are connections at a time. */
export class AzureTunnels {
  private readonly tunnels: Tunnel[] = [];
  /** Why the last one could not be opened, in the words of Azure's command line. */
  trouble?: string;

  constructor(
    private readonly route: BastionRoute,
    private readonly log: (text: string) => void,
  ) {}

  /** Hands a connection to a tunnel, and closes it where there can be none. */
  async carry(client: Socket): Promise<void> {
    const idle = this.tunnels.find(({ busy }) => !busy);
    const tunnel = idle ?? (await this.start());
    tunnel.busy = true;
    const server = await this.into(tunnel, client);
    if (server === undefined) {
      tunnel.busy = false;
      // One that was idle may just have ended, which says nothing of the next.
      await (idle === undefined || client.destroyed ? client.destroy() : this.carry(client));
      return;
    }
    server.once("data", () => (this.trouble = undefined));
    joinSockets(client, server);
    await new Promise((closed) => server.once("close", closed));
    tunnel.busy = false;
  }

  /** Ends all of them. */
  end(): void {
    this.tunnels.forEach(({ child }) => endGroup(child));
  }

  private async start(): Promise<Tunnel> {
    const port = await freePort();
    const { subscription, resourceGroup, bastion, target, resourcePort } = this.route;
    const words = [
      ...["network", "bastion", "tunnel", "--subscription", subscription, "--resource-group", resourceGroup],
      ...["--name", bastion, "--target-resource-id", target],
      ...["--resource-port", String(resourcePort), "--port", String(port)],
    ];
    // In a group of its own: it is a script that starts another process.
    const child = spawn("az", words, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const tunnel: Tunnel = { child, port, busy: true, words: "" };
    const hear = (text: Buffer): void => {
      tunnel.words = `${tunnel.words}${text.toString()}`.slice(-WORDS);
      this.log(text.toString().trimEnd());
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", (error: NodeJS.ErrnoException) => {
      tunnel.over = error.code === "ENOENT" ? "there is no az on this machine" : error.message;
      this.leave(tunnel);
    });
    child.on("exit", (code) => {
      tunnel.over = lastWords(tunnel.words) || `az ended with exit code ${code}`;
      this.leave(tunnel);
    });
    this.tunnels.push(tunnel);
    this.log(`az ${words.join(" ")}`);
    return tunnel;
  }

  private leave(tunnel: Tunnel): void {
    this.trouble = tunnel.over;
    this.tunnels.splice(this.tunnels.indexOf(tunnel), 1);
  }

  /** A connection into a tunnel, once it listens: one made only to see whether it does would be a session of its own. */
  private async into(tunnel: Tunnel, client: Socket): Promise<Socket | undefined> {
    const deadline = Date.now() + LISTENING_MS;
    while (tunnel.over === undefined && Date.now() < deadline && !client.destroyed) {
      const socket = connect({ host: "127.0.0.1", port: tunnel.port, allowHalfOpen: true });
      try {
        await once(socket, "connect");
        return socket;
      } catch {
        await pause(100);
      }
    }
    return undefined;
  }
}

/** What one side says goes to the other; either's end is the other's. */
export function joinSockets(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ]) {
    from.pipe(to);
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
}

/** Ends a process and those that it has started. */
export function endGroup(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    try {
      process.kill(-child.pid, "SIGTERM");
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Azure's command line says last what is the matter. */
function lastWords(words: string): string {
  const lines = words
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.filter((line) => /^ERROR/.test(line)).at(-1) ?? lines.at(-1) ?? "";
}
