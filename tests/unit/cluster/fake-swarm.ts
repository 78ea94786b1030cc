import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SwarmNode } from "../../../components/cluster/node";
import type { EngineAddress } from "../../../components/hosts/engine-address";

/** What engines keep of a swarm that they are in together. */
interface FakeSwarm {
  readonly id: string;
  version: number;
  spec: { Labels: Record<string, string>; EncryptionConfig: { AutoLockManagers: boolean } };
  readonly nodes: Map<string, SwarmNode>;
}

type Body = Readonly<Record<string, unknown>>;

const TOKENS = { Manager: "SWMTKN-1-planted-manager", Worker: "SWMTKN-1-planted-worker" };

/** What unlocks the managers of these swarms. */
export const KEY = "SWMKEY-1-planted-key";

/** An engine that answers as far as membership of a swarm goes. What it was told is kept. */
class FakeEngine {
  swarm: FakeSwarm | undefined;
  node = "";
  locked = false;
  /** How often it still says that it is looking for its managers. */
  pending = 0;
  /** Whether joining takes it longer than it waits. */
  slow = false;
  /** What it was asked to change: method, path and body. */
  readonly calls: string[] = [];
  readonly socket: string;
  private readonly server: Server;

  constructor(
    folder: string,
    readonly name: string,
    private readonly all: Map<string, FakeEngine>,
  ) {
    this.socket = join(folder, `${name}.sock`);
    this.server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const path = request.url!.split("?")[0].replace(/^\/v[\d.]+/, "");
        const { status, answer } = this.answer(request.method!, path, request.url!, body);
        response.writeHead(status, { "Content-Type": "application/json" });
        response.end(JSON.stringify(answer));
      });
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve) => void this.server.listen(this.socket, resolve));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get address(): EngineAddress {
    return { engine: `unix://${this.socket}` };
  }

  /** Its own node, as long as it is in a swarm. */
  get own(): SwarmNode | undefined {
    return this.swarm?.nodes.get(this.node);
  }

  private get isManager(): boolean {
    return !this.locked && this.own?.Spec.Role === "manager";
  }

  private answer(method: string, path: string, url: string, body: Body): { status: number; answer: unknown } {
    const ok = (answer: unknown = {}) => ({ status: 200, answer });
    const no = (message: string, status = 503) => ({ status, answer: { message } });
    if (method !== "GET") {
      this.calls.push(`${method} ${path}`);
    }
    if (path === "/info") {
      return ok({ ID: `engine-${this.name}`, Swarm: this.info() });
    }
    if (path === "/networks" || path === "/containers/json") {
      return ok([]);
    }
    if (path === "/swarm/init") {
      const { Labels, EncryptionConfig } = body.Spec as FakeSwarm["spec"];
      this.swarm = { id: `swarm-of-${this.name}`, version: 1, spec: { Labels, EncryptionConfig }, nodes: new Map() };
      this.enter("manager");
      return ok(this.node);
    }
    if (path === "/swarm/join") {
      const leader = [...this.all.values()].find(({ socket }) => socket !== this.socket && this.knows(socket, body));
      const role = Object.entries(TOKENS)
        .find(([, token]) => token === body.JoinToken)?.[0]
        .toLowerCase();
      if (leader === undefined || role === undefined) {
        return no("invalid join token", 400);
      }
      this.swarm = leader.swarm;
      this.enter(role as "manager" | "worker");
      this.pending = this.slow ? 2 : 0;
      return this.slow
        ? no("Timeout was reached before node joined. The attempt … will continue in the background.")
        : ok();
    }
    if (path === "/swarm/leave") {
      if (this.isManager && !url.includes("force=true")) {
        return no("You are attempting to leave the swarm on a node that is participating as a manager");
      }
      if (this.own !== undefined) {
        this.swarm!.nodes.set(this.node, { ...this.own, Status: { State: "down" } });
      }
      this.swarm = undefined;
      this.locked = false;
      return ok();
    }
    if (path === "/swarm/unlock") {
      if (body.UnlockKey !== KEY) {
        return no("swarm could not be unlocked: invalid key provided", 500);
      }
      this.locked = false;
      return ok();
    }
    if (!this.isManager) {
      return no("This node is not a swarm manager.");
    }
    return this.managed(method, path, url, body);
  }

  private managed(method: string, path: string, url: string, body: Body): { status: number; answer: unknown } {
    const ok = (answer: unknown = {}) => ({ status: 200, answer });
    const swarm = this.swarm!;
    if (path === "/swarm") {
      return ok({ ID: swarm.id, Version: { Index: swarm.version }, Spec: swarm.spec, JoinTokens: TOKENS });
    }
    if (path === "/swarm/unlockkey") {
      return ok({ UnlockKey: KEY });
    }
    if (path === "/swarm/update") {
      swarm.spec = body as unknown as FakeSwarm["spec"];
      swarm.version++;
      return ok();
    }
    if (path === "/nodes") {
      return ok([...swarm.nodes.values()]);
    }
    if (path === "/tasks") {
      return ok([]);
    }
    const [, id, update] = /^\/nodes\/([^/]+)(\/update)?$/.exec(path) ?? [];
    const node = swarm.nodes.get(id ?? "");
    if (node === undefined) {
      return { status: 404, answer: { message: `node ${path} not found` } };
    }
    if (method === "DELETE") {
      swarm.nodes.delete(id);
    } else if (update !== undefined) {
      if (!url.includes(`version=${node.Version.Index}`)) {
        return { status: 500, answer: { message: "rpc error: update out of sequence" } };
      }
      const Spec = body as unknown as SwarmNode["Spec"];
      const managers = Spec.Role === "manager" ? { ManagerStatus: managing(id) } : { ManagerStatus: null };
      swarm.nodes.set(id, { ...node, ...managers, Version: { Index: node.Version.Index + 1 }, Spec });
    }
    return ok(swarm.nodes.get(id) ?? {});
  }

  private info(): object {
    if (this.swarm === undefined || this.locked) {
      return {
        NodeID: "",
        NodeAddr: "",
        LocalNodeState: this.locked ? "locked" : "inactive",
        RemoteManagers: null,
        Error: "",
      };
    }
    const managers = [...this.swarm.nodes.values()].filter(({ Spec }) => Spec.Role === "manager");
    const LocalNodeState = this.pending-- > 0 ? "pending" : "active";
    return {
      ...{ NodeID: this.node, NodeAddr: `10.0.0.${this.name.length}`, LocalNodeState, Error: "" },
      ControlAvailable: this.isManager,
      RemoteManagers: managers.map(({ ID }) => ({ NodeID: ID, Addr: `${ID}:2377` })),
      ...(this.isManager ? { Cluster: { ID: this.swarm.id, Spec: this.swarm.spec } } : {}),
    };
  }

  private enter(role: "manager" | "worker"): void {
    this.node = `node-${this.name}-${this.swarm!.version++}`;
    this.swarm!.nodes.set(this.node, {
      ...{ ID: this.node, Version: { Index: 1 }, Description: { Hostname: this.name } },
      Spec: { Role: role, Availability: "active", Labels: {} },
      Status: { State: "ready", Addr: `10.0.0.${this.name.length}` },
      ...(role === "manager" ? { ManagerStatus: managing(this.node) } : {}),
    });
  }

  private knows(socket: string, body: Body): boolean {
    const other = [...this.all.values()].find((each) => each.socket === socket)!;
    return other.isManager && (body.RemoteAddrs as string[]).some((each) => each.startsWith(other.node));
  }
}

function managing(node: string): { Reachability: string; Addr: string } {
  return { Reachability: "reachable", Addr: `${node}:2377` };
}

/** Engines by name, which know of each other what engines on one network do. */
export async function fakeEngines(...names: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "swarm-"));
  const engines = new Map<string, FakeEngine>();
  for (const name of names) {
    engines.set(name, new FakeEngine(folder, name, engines));
  }
  await Promise.all([...engines.values()].map((engine) => engine.listen()));
  return {
    at: (name: string): FakeEngine => engines.get(name)!,
    close: (): void => {
      engines.forEach((engine) => engine.close());
      rmSync(folder, { recursive: true });
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString();
  return text === "" ? {} : (JSON.parse(text) as Body);
}
