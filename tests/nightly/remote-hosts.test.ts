import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../../components/checks/expectation";
import { labsBeside } from "../engine/labs-beside";
import { RehearsedEnvironment } from "../engine/rehearsed";
import { docker, said } from "../engine/support";

const number = 162;

/** Enough for all that this file puts on a server, and little enough to fill. */
const SMALL_DISK = "1500m";

/** A row of the table that is printed in the end: docs/remote-hosts.md has it. */
interface Row {
  readonly fault: string;
  readonly said: string;
  readonly next: string;
}

describe("servers with faults", function () {
  this.timeout(600_000);
  let env: RehearsedEnvironment;
  const table: Row[] = [];
  const lab = "endpoint-policies";
  const labs = { [lab]: labsBeside(number)[lab] };
  const placement = { [lab]: ["one", "two"] };

  before(() => {
    env = new RehearsedEnvironment(number);
    // Found by its name, and used instead of one on this machine's disk.
    const small = ["--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", `o=size=${SMALL_DISK}`];
    const label = `container-network-labs.rehearsal=${env.name}`;
    docker("volume", "create", "--label", label, ...small, env.container("two"));
    settle();
  });
  after(() => {
    const width = Math.max(...table.map(({ fault }) => fault.length));
    const rows = table.map(({ fault, said: words, next }) => `  ${fault.padEnd(width)} | ${words} | ${next}`);
    process.stdout.write(`\n  What was said of a fault, and what the next up did:\n${rows.join("\n")}\n\n`);
    env.remove();
  });

  function settle(change: object = {}): void {
    env.settleOnHosts(labs, { placement, ...change });
  }

  /** The environment comes up with one command, and all that is expected of it holds. */
  function mended(): string {
    const up = env.run("up");
    assert.equal(up.code, 0, said(up));
    const { code, stdout, stderr } = env.run("verify", "--json");
    assert.equal(code, 0, stdout + stderr);
    assert.ok((JSON.parse(stdout) as Report).checks.length > 20);
    return changes(up.stdout);
  }

  /** Starts an up and has something happen once the lab's first container is on the first host. */
  async function duringUp(happen: () => void): Promise<{ code: number | null; words: string }> {
    const up = spawn("node", ["tools/run.js", "up", "--environment", env.name], { cwd: env.folder, env: env.env });
    let words = "";
    for (const stream of [up.stdout, up.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (words += text));
    }
    const ended = once(up, "close");
    while (up.exitCode === null && env.leftOn("one").every((left) => !left.startsWith("container"))) {
      await sleep(100);
    }
    assert.equal(up.exitCode, null, `the up ended before anything could happen:\n${words}`);
    happen();
    await ended;
    return { code: up.exitCode, words };
  }

  /** Takes down what is there, so that the next up has something to do. The images stay, as layers. */
  function down(): void {
    const destroy = env.pulumi("destroy", "--stack", env.name, "--yes", "--skip-preview");
    assert.equal(destroy.code, 0, said(destroy));
    assert.deepEqual(env.left(), []);
  }

  /** Drops every connection, and has sshd read its settings anew. */
  function dropConnections(host: string): void {
    // The service starts again by itself.
    env.on(host, "pkill -x sshd");
  }

  async function greeted(host: "one" | "two"): Promise<void> {
    for (let i = 0; i < 100; i++) {
      const scan = spawnSync("ssh-keyscan", ["-T", "2", "-t", "ed25519", "-p", String(env.ports[host]), "127.0.0.1"]);
      if (scan.stdout.includes("ssh-ed25519")) {
        return;
      }
      await sleep(100);
    }
    assert.fail(`${host} does not greet`);
  }

  it("come up while they have none", () => {
    mended();
  });

  it("mend with one up: a server that was switched off in the middle of an up", async () => {
    down();
    const { code, words } = await duringUp(() => docker("kill", env.container("one")));
    assert.notEqual(code, 0, words);
    table.push({ fault: "server switched off during an up", said: told(words), next: mended() });
  });

  it("go on, or mend with one up: sshd restarted in the middle of an up", async () => {
    down();
    const { code, words } = await duringUp(() => dropConnections("one"));
    const words2 = code === 0 ? "nothing: the up went on" : told(words);
    table.push({ fault: "sshd restarted during an up", said: words2, next: mended() });
  });

  it("are refused with another host key: both fingerprints are shown, and nothing is changed", async () => {
    const key = "/etc/ssh/ssh_host_ed25519_key";
    const before = env.left();
    const fingerprint = (): string => env.on("one", `ssh-keygen -lf ${key}.pub`).split(" ")[1];
    env.on("one", `ssh-keygen -yf ${key} > ${key}.pub; cp -p ${key} /tmp/pinned; cp -p ${key}.pub /tmp/pinned.pub`);
    const pinned = fingerprint();
    env.on("one", `rm ${key}; ssh-keygen -q -t ed25519 -N '' -f ${key}`);
    const shown = fingerprint();
    assert.notEqual(pinned, shown);
    dropConnections("one");
    await greeted("one");
    const up = env.run("up");
    assert.notEqual(up.code, 0);
    for (const word of ["one", pinned, shown, `npm run trust one -- --environment ${env.name}`]) {
      assert.ok(said(up).includes(word), `${word} is not in: ${said(up)}`);
    }
    assert.deepEqual(env.left(), before);
    env.on("one", `mv /tmp/pinned ${key}; mv /tmp/pinned.pub ${key}.pub`);
    dropConnections("one");
    await greeted("one");
    table.push({ fault: "another host key", said: told(said(up)), next: mended() });
  });

  const wrong: Record<string, { change: object; words: RegExp }> = {
    "a user that is not there": { change: { user: "nobody-here" }, words: /nobody-here/ },
    "nothing at the port": { change: { port: 1 }, words: /refused/i },
  };
  for (const [fault, { change, words }] of Object.entries(wrong)) {
    it(`are refused by name and step, and nothing is changed: ${fault}`, () => {
      const before = env.left();
      const [one, two] = env.hosts.servers;
      settle({ rehearsed: false, readySeconds: 3, servers: [one, { ...two, ...change }] });
      const up = env.run("up");
      assert.notEqual(up.code, 0);
      assert.match(said(up), /two/);
      assert.match(said(up), /ssh/i);
      assert.match(said(up), words);
      assert.deepEqual(env.left(), before);
      settle();
      table.push({ fault, said: told(said(up)), next: mended() });
    });
  }

  it("mend with one up: a disk that was full", () => {
    down();
    env.on("two", "docker image prune --force >/dev/null; docker builder prune --all --force >/dev/null");
    env.on("two", "dd if=/dev/zero of=/var/lib/docker/filler bs=1M 2>/dev/null; true");
    const up = env.run("up");
    assert.notEqual(up.code, 0);
    assert.match(said(up), /no space left on device/);
    env.on("two", "rm /var/lib/docker/filler");
    table.push({ fault: "a full disk", said: told(said(up)), next: mended() });
  });

  it("are reached over a jump host", () => {
    const [one, two] = env.hosts.servers;
    const { address, port, user, privateKeyPath, hostKeyPath } = one;
    // The second server by the name that only the first one knows.
    const behind = { ...two, address: `two.${env.name}`, port: 22 };
    const jump = { address, port, user, privateKeyPath, hostKeyPath };
    settle({ rehearsed: false, servers: [one, { ...behind, jump }] });
    mended();
    settle();
  });

  it("leave nothing after destroy", () => {
    const destroy = env.run("destroy");
    assert.equal(destroy.code, 0, said(destroy));
    assert.deepEqual(env.rehearsalLeft(), []);
  });
});

/** What a user is told: of a host that is refused the reason, all of it; else the first error, without its resource. */
function told(words: string): string {
  const reason = /^ +reason: ([^]+?)\n +cure:/m.exec(words)?.[1];
  const error = /error: +(?:sdk-v2\/\S+ sdk\.helper_schema: )?(.+)/.exec(words)?.[1];
  return (reason ?? error ?? "").replace(/\s*\n\s*/g, "; ").slice(0, 300);
}

/** The closing lines of an update: how many resources it has created, and so on. */
function changes(words: string): string {
  const lines = /\nResources:\n((?: {4}.+\n)+)/.exec(words)?.[1] ?? "";
  return lines.trim().split(/\n\s*/).join(", ");
}
