import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PoolLabSettings } from "./pool-lab";
import { docker, TestEnvironment } from "./support";

const firstPort = 18_600;

/** An environment whose only lab is the pool of these tests. */
class PoolEnvironment extends TestEnvironment {
  private readonly lab: PoolLabSettings;

  constructor(number: number) {
    super(number);
    mkdirSync(join(this.folder, "tests", "engine"), { recursive: true });
    cpSync(join(__dirname, "pool-lab.ts"), join(this.folder, "tests", "engine", "pool-lab.ts"));
    writeFileSync(
      join(this.folder, "components", "labs", "index.ts"),
      'import { poolLab } from "../../tests/engine/pool-lab";\nexport const labs = { "pool-lab": poolLab };\n',
    );
    const name = `${this.prefix}web`;
    this.lab = { name, subnet: `10.210.${number}.0/25`, ports: [], environment: {}, broken: [] };
  }

  /** Writes the stack file: instances on these ports. */
  declare(ports: number[], change: Partial<PoolLabSettings> = {}): void {
    Object.assign(this.lab, { ports, ...change });
    this.settleLabs({ "pool-lab": this.lab });
  }

  up(): string {
    const { code, stdout, stderr } = this.run("up");
    assert.equal(code, 0, stdout + stderr);
    return stdout + stderr;
  }

  /** Container ids of the instances that run, by port. */
  running(): Map<number, string> {
    const filter = ["--filter", `label=container-network-labs.stack=${this.name}`];
    const lines = docker("container", "ls", "--no-trunc", ...filter, "--format", "{{.Names}} {{.ID}}").split("\n");
    return new Map(
      lines.filter(Boolean).map((line) => [Number(line.split(" ")[0].split("-").at(-1)), line.split(" ")[1]]),
    );
  }

  nameOf(port: number): string {
    return `${this.lab.name}-${port}`;
  }

  previewsNothing(): void {
    const { code, stdout, stderr } = this.pulumi(
      "preview",
      "--stack",
      this.name,
      "--expect-no-changes",
      "--non-interactive",
    );
    assert.equal(code, 0, stdout + stderr);
  }
}

function ports(count: number): number[] {
  return Array.from({ length: count }, (_, i) => firstPort + i);
}

async function answers(port: number): Promise<boolean> {
  const abort = AbortSignal.timeout(2000);
  return fetch(`http://127.0.0.1:${port}/`, { signal: abort }).then(
    ({ status }) => status === 200,
    () => false,
  );
}

async function answering(of: readonly number[]): Promise<number[]> {
  const each = await Promise.all(of.map(answers));
  return of.filter((_, i) => each[i]);
}

/** Holds once the `expected` ones have had the time to start listening. */
async function assertAnswering(of: readonly number[], expected: readonly number[] = of): Promise<void> {
  const deadline = Date.now() + 15_000;
  while ((await answering(expected)).length < expected.length && Date.now() < deadline) {
    await sleep(200);
  }
  assert.deepEqual(await answering(of), expected);
}

describe("a pool of containers", function () {
  this.timeout(240_000);
  let env: PoolEnvironment;

  before(() => {
    env = new PoolEnvironment(30);
  });
  after(() => env.remove());

  it("comes up, each instance on its own port, and is left alone by the second up", async () => {
    env.declare(ports(5));
    env.up();
    await assertAnswering(ports(6), ports(5));
    const before = env.running();
    assert.match(env.up(), /\n {4}\d+ unchanged\n/);
    assert.deepEqual(env.running(), before);
    env.previewsNothing();
  });

  it("shows in a preview what is added, and adds just that", () => {
    const before = env.running();
    env.declare(ports(8));
    const { stdout } = env.pulumi("preview", "--diff", "--stack", env.name, "--non-interactive");
    const added = stdout.split("\n").filter((line) => /^ +\+ +\S*-\d+/.test(line));
    assert.deepEqual(
      added.map((line) => /-(\d+)/.exec(line)?.[1]),
      ["18605", "18606", "18607"],
      stdout,
    );
    env.up();
    const after = env.running();
    assert.deepEqual([...after.keys()].sort(), ports(8));
    for (const [port, id] of before) {
      assert.equal(after.get(port), id);
    }
  });

  it("loses the one in the middle and no other, and takes its port again", () => {
    const before = env.running();
    env.declare(ports(8).filter((port) => port !== firstPort + 2));
    env.up();
    const without = env.running();
    before.delete(firstPort + 2);
    assert.deepEqual([...without].sort(), [...before].sort());
    env.declare(ports(8));
    env.up();
    const again = env.running();
    assert.equal(again.size, 8);
    for (const [port, id] of before) {
      assert.equal(again.get(port), id);
    }
  });

  it("is replaced a few at a time, while the others answer", async () => {
    await assertAnswering(ports(8));
    const before = env.running();
    env.declare(ports(8), { environment: { GREETING: "hello" } });
    const up = env.start("up");
    const exited = once(up, "exit");
    let fewest = 8;
    let missed = 0;
    while (up.exitCode === null) {
      const found = (await answering(ports(8))).length;
      fewest = Math.min(fewest, found);
      missed += Number(found < 8);
      await Promise.race([exited, sleep(50)]);
    }
    assert.equal(up.exitCode, 0);
    assert.ok(fewest >= 5, `only ${fewest} of 8 answered`);
    assert.ok(missed > 0, "nothing was seen to be replaced");
    const after = env.running();
    assert.equal(after.size, 8);
    assert.ok([...before.values()].every((id) => ![...after.values()].includes(id)));
    assert.match(docker("container", "inspect", env.nameOf(firstPort)), /GREETING=hello/);
  });

  it("is mended with one up: stopped, removed, cut off from its network", () => {
    const before = env.running();
    docker("stop", "-t", "1", env.nameOf(firstPort));
    docker("rm", "-f", env.nameOf(firstPort + 1));
    docker("network", "disconnect", `${env.prefix}web`, env.nameOf(firstPort + 2));
    assert.match(env.up(), /had been changed \(2 made, 1 started, 0 removed\)/);
    const after = env.running();
    assert.equal(after.size, 8);
    const changed = ports(8).filter((port) => before.get(port) !== after.get(port));
    assert.deepEqual(changed, [firstPort + 1, firstPort + 2]);
    env.previewsNothing();
  });

  it("is mended with one up even if its image is gone", async () => {
    docker("rm", "-f", ...ports(8).map((port) => env.nameOf(port)));
    docker("image", "rm", "-f", docker("image", "ls", "-q", `${env.prefix}web-web`));
    env.up();
    await assertAnswering(ports(8));
  });

  it("moves to another subnet with its network", async () => {
    env.declare(ports(5), { subnet: "10.210.30.128/25" });
    env.up();
    await assertAnswering(ports(8), ports(5));
    assert.match(docker("container", "inspect", env.nameOf(firstPort)), /"10\.210\.30\.130"/);
  });

  it("is refused a port that somebody listens on, by name, before anything is done", async () => {
    const before = env.running();
    const server = createServer().listen(firstPort + 6, "127.0.0.1");
    await once(server, "listening");
    env.declare(ports(8));
    const { code, stdout, stderr } = env.run("up");
    server.close();
    assert.notEqual(code, 0);
    assert.match(
      stdout + stderr,
      new RegExp(`stop \\S.* \\(process ${process.pid}\\) that listens on 127.0.0.1:18606`),
    );
    assert.deepEqual(env.running(), before);
    env.up();
    await assertAnswering(ports(8));
  });

  it("has all instances tried where one cannot be started, and names that one", async () => {
    const before = env.running();
    env.declare(ports(10), { broken: [firstPort + 8] });
    const { code, stdout, stderr } = env.run("up");
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /1 of 10 containers of pool "web" failed[^]*t30-web-18608: [^]*nobody-knows/);
    await assertAnswering(
      ports(10),
      ports(10).filter((port) => port !== firstPort + 8),
    );
    for (const [port, id] of before) {
      assert.equal(env.running().get(port), id);
    }
    env.declare(ports(10), { broken: [] });
    env.up();
    await assertAnswering(ports(10));
  });

  it("leaves nothing after destroy", () => {
    const { code, stdout, stderr } = env.run("destroy");
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(env.left(), []);
  });

  it("leaves nothing after destroy, either, if it never came up as a whole", () => {
    env.declare(ports(3), { broken: [firstPort] });
    assert.notEqual(env.run("up").code, 0);
    assert.equal(env.running().size, 2);
    const { code, stdout, stderr } = env.run("destroy");
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(env.left(), []);
  });
});

describe("a pool of containers whose up is killed", function () {
  this.timeout(240_000);
  let env: PoolEnvironment;
  const size = 30;

  before(() => {
    env = new PoolEnvironment(31);
    env.declare(ports(size).map((port) => port + 50));
  });
  after(() => env.remove());

  const killHalfway = async () => {
    const killed = env.start("up");
    while (env.running().size < size / 3) {
      assert.equal(killed.exitCode, null, "it ended before it could be killed");
      await sleep(100);
    }
    process.kill(-killed.pid!, "SIGKILL");
    await once(killed, "exit");
  };

  it("is mended by one up, which keeps what was made", async () => {
    await killHalfway();
    const before = env.running();
    env.up();
    const after = env.running();
    assert.equal(after.size, size);
    for (const [port, id] of before) {
      assert.equal(after.get(port), id);
    }
    env.previewsNothing();
    const destroy = env.run("destroy");
    assert.equal(destroy.code, 0, destroy.stdout + destroy.stderr);
    assert.deepEqual(env.left(), []);
  });

  it("is taken away by one destroy", async () => {
    await killHalfway();
    const { code, stdout, stderr } = env.run("destroy");
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(env.left(), []);
  });
});
