import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type KeeperAnswer, type KeeperRequest, keeperSocket } from "../../../components/hosts/tunnels";
import type { TunnelRoute } from "../../../components/hosts/tunnel-routes";
import { Keeper } from "../../../tools/tunnels/keeper";
import { reach } from "./reach";

describe("the keeper of tunnels", function () {
  this.timeout(20_000);
  const folder = mkdtempSync(join(tmpdir(), "tunnels-"));
  const { PATH, XDG_RUNTIME_DIR } = process.env;
  const asking: Asking[] = [];
  const keeping: Promise<void>[] = [];
  let port = 25_400;

  before(() => {
    symlinkSync(join(__dirname, "az.js"), join(folder, "az"));
    Object.assign(process.env, {
      PATH: [folder, PATH].join(delimiter),
      ...{ XDG_RUNTIME_DIR: folder, AZ_FOLDER: folder },
    });
  });
  beforeEach(() => {
    port += 10;
    ["calls", "fails"].forEach((file) => rmSync(join(folder, file), { force: true }));
  });
  afterEach(async () => {
    asking.splice(0).forEach(({ socket }) => socket.destroy());
    // With nobody who needs it, it ends.
    await Promise.all(keeping.splice(0));
  });
  after(() => {
    process.env.PATH = PATH;
    delete process.env.AZ_FOLDER;
    delete process.env.XDG_RUNTIME_DIR;
    Object.assign(process.env, XDG_RUNTIME_DIR === undefined ? {} : { XDG_RUNTIME_DIR });
    rmSync(folder, { recursive: true });
  });

  /** Somebody who needs tunnels. */
  class Asking {
    private readonly answers: AsyncIterator<string>;

    constructor(readonly socket: Socket) {
      this.answers = createInterface({ input: socket })[Symbol.asyncIterator]();
      asking.push(this);
    }

    async ask(request: KeeperRequest): Promise<KeeperAnswer> {
      this.socket.write(`${JSON.stringify(request)}\n`);
      const line = await this.answers.next();
      return JSON.parse(line.value as string) as KeeperAnswer;
    }
  }

  async function kept(environment: string, signal = new AbortController().signal): Promise<Asking> {
    keeping.push(new Keeper(environment, () => undefined).keep(signal));
    for (;;) {
      const socket = connect(keeperSocket(environment));
      try {
        await once(socket, "connect");
        return new Asking(socket);
      } catch {
        await sleep(20);
      }
    }
  }

  const route = (at: number, machine = "0", host = "labs-1"): TunnelRoute => ({
    ...{ port: at, host, through: "bastion", subscription: "s", resourceGroup: "g", bastion: "b", resourcePort: 22 },
    target: `/subscriptions/s/virtualMachines/${machine}`,
  });
  const calls = (): Record<string, unknown>[] =>
    existsSync(join(folder, "calls"))
      ? readFileSync(join(folder, "calls"), "utf8")
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Record<string, unknown>)
      : [];

  it("opens one with the first connection, one for each connection at a time, and keeps it for the next", async () => {
    const keeper = await kept("unit-a");
    assert.deepEqual(await keeper.ask({ routes: [route(port)] }), {});
    assert.deepEqual(calls(), []);
    const [one, two] = [await reach(port), await reach(port)];
    assert.deepEqual([one.greeting, two.greeting], ["0", "0"]);
    assert.equal(await echoed(two.socket), "ping");
    one.socket.destroy();
    await sleep(300);
    assert.equal((await reach(port)).greeting, "0");
    assert.equal(calls().length, 2);
    const { pid, port: own, ...said } = calls()[0];
    assert.ok(pid !== undefined && own !== undefined);
    assert.deepEqual(said, {
      positionals: ["network", "bastion", "tunnel"],
      ...{ subscription: "s", "resource-group": "g", name: "b", "resource-port": "22" },
      "target-resource-id": "/subscriptions/s/virtualMachines/0",
    });
  });

  it("makes one anew that was killed, with the next connection", async () => {
    await (await kept("unit-b")).ask({ routes: [route(port)] });
    const { socket } = await reach(port);
    process.kill(calls()[0].pid as number, "SIGKILL");
    await once(socket, "close");
    assert.equal((await reach(port)).greeting, "0");
    assert.equal(calls().length, 2);
  });

  it("tells what Azure's command line says where one cannot be opened", async () => {
    writeFileSync(join(folder, "fails"), "");
    const keeper = await kept("unit-c");
    await keeper.ask({ routes: [route(port)] });
    await once(connect(port, "127.0.0.1"), "close");
    assert.deepEqual(await keeper.ask({ trouble: port }), {
      trouble: "ERROR: Please run 'az login' to setup account.",
    });
    rmSync(join(folder, "fails"));
    await reach(port);
    assert.deepEqual(await keeper.ask({ trouble: port }), {});
  });

  it("says so where there is no such command line", async () => {
    process.env.PATH = folder;
    rmSync(join(folder, "az"));
    const keeper = await kept("unit-d");
    await keeper.ask({ routes: [route(port)] });
    await once(connect(port, "127.0.0.1"), "close");
    process.env.PATH = [folder, PATH].join(delimiter);
    symlinkSync(join(__dirname, "az.js"), join(folder, "az"));
    assert.deepEqual(await keeper.ask({ trouble: port }), { trouble: "there is no az on this machine" });
  });

  it("leads to another machine once the host is one, and tells so whoever was connected", async () => {
    const keeper = await kept("unit-e");
    await keeper.ask({ routes: [route(port)] });
    const before = await reach(port);
    await keeper.ask({ routes: [route(port, "5")] });
    if (!before.socket.closed) {
      await once(before.socket, "close");
    }
    assert.equal((await reach(port)).greeting, "5");
  });

  it("refuses a port that another environment has, or another program, and says whose it is", async () => {
    await (await kept("unit-f")).ask({ routes: [route(port)] });
    const { refused } = await (await kept("unit-g")).ask({ routes: [route(port, "1", "labs-9")] });
    assert.match(refused!, new RegExp(`Port ${port} of 127.0.0.1.*labs-9 of "unit-g".*environment "unit-f"`));
    assert.match(refused!, /hosts\.administration\.localPort/);
    const taken = createServer().listen(port + 1, "127.0.0.1");
    await once(taken, "listening");
    const other = await (await kept("unit-h")).ask({ routes: [route(port + 1)] });
    taken.close();
    const owner = process.platform === "linux" ? new RegExp(`process ${process.pid}`) : /another program/;
    assert.match(other.refused!, owner);
  });

  it("is over at once where there is one already, and ends when nobody needs it any more", async () => {
    const first = await kept("unit-i");
    await new Keeper("unit-i").keep(new AbortController().signal);
    assert.deepEqual(await first.ask({ routes: [route(port)] }), {});
    await reach(port);
    first.socket.destroy();
    await Promise.all(keeping.splice(0));
    await assert.rejects(reach(port));
    assert.equal(existsSync(keeperSocket("unit-i")), false);
    await sleep(200);
    assert.throws(() => process.kill(calls()[0].pid as number, 0));
  });

  it("stays for the sake of a process, too", async () => {
    const stopping = new AbortController();
    const first = await kept("unit-j", stopping.signal);
    await first.ask({ routes: [route(port)], watch: process.ppid });
    first.socket.destroy();
    await sleep(1_200);
    assert.equal((await reach(port)).greeting, "0");
    stopping.abort();
    await Promise.all(keeping.splice(0));
    await assert.rejects(reach(port));
  });
});

async function echoed(socket: Socket): Promise<string> {
  socket.write("ping");
  const [data] = (await once(socket, "data")) as [Buffer];
  return data.toString();
}
