import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../../components/checks/expectation";
import { type Member, RehearsedCluster } from "../engine/rehearsed-cluster";
import { docker, type Outcome, succeed } from "../engine/support";

/** Instances of each of three hosts: as many as an environment variable says, for a machine with less time or memory. */
const perHost = Number(process.env.INSTANCES_PER_HOST ?? 300);
const all = 3 * perHost;

const firstPort = 21_000;
const ports = Array.from({ length: all }, (_, i) => firstPort + i);

/** The pool alone; on a cluster, with room for the addresses that a lost host keeps. */
const pool = (count: number, more: object = {}) => ({ "app-pool": { count, firstPort, ...more } });
const onCluster = { listen: "0.0.0.0", network: { subnet: "10.88.0.0/21" } };

/** What is measured, by row and column of the table that is printed in the end: docs/performance.md has it. */
type Figures = Map<string, Map<string, string>>;

describe(`a pool of ${all} on three hosts of a cluster, and on one host`, function () {
  this.timeout(3_600_000);
  let env: RehearsedCluster;
  const figures: Figures = new Map();

  before(() => (env = new RehearsedCluster(166)));
  after(() => {
    const rows = [...figures].map(([row, cells]) => `  ${row}: ${[...cells].map((cell) => cell.join(" ")).join(", ")}`);
    process.stdout.write(`\n${rows.join("\n")}\n\n`);
    env.remove();
  });

  function timed(row: string, what: string, run: () => Outcome): Outcome {
    const start = Date.now();
    const outcome = run();
    const cells = figures.get(row) ?? new Map<string, string>();
    figures.set(row, cells.set(what, `${((Date.now() - start) / 1000).toFixed(0)} s`));
    process.stdout.write(`      ${row}: ${what} ${cells.get(what)}\n`);
    succeed(outcome);
    return outcome;
  }

  /** Every port is answered by its own instance, which is verify's to say; and a preview finds nothing to change. */
  function holds(row: string): void {
    const { stdout } = timed(row, "verify", () => env.run("verify", "--json", "--limit", "60"));
    const { checks } = JSON.parse(stdout) as Report;
    assert.ok(checks.filter(({ name }) => name.includes(" is answered by app-")).length >= all);
    timed(row, "preview", () => env.pulumi("preview", "--expect-no-changes", "--stack", env.name));
  }

  function down(row: string, hosts = env.members): void {
    timed(row, "down", () => env.pulumi("destroy", "--yes", "--skip-preview", "--stack", env.name));
    const kept = "network docker_gwbridge";
    const miscounting = hosts.filter((host) => env.leftOn(host).includes(kept));
    process.stdout.write(`      ${row}: the bridge was kept by ${miscounting.join(", ") || "none"}\n`);
    // With so many that end at once an engine loses count of them, which only a restart puts right.
    for (const host of miscounting) {
      assert.equal(env.on(host, "docker network inspect --format '{{len .Containers}}' docker_gwbridge"), "0");
      docker("restart", env.container(host));
      env.on(host, "until docker info; do sleep 1; done > /dev/null 2>&1; docker network rm docker_gwbridge");
    }
    assert.deepEqual(
      hosts.flatMap((host) => env.leftOn(host)),
      [],
    );
  }

  const listening = (host: Member): number => {
    const heard = new Set(env.on(host, "ss -ltnH | awk '{print $4}'").split("\n"));
    return ports.filter((port) => heard.has(`0.0.0.0:${port}`)).length;
  };

  it("is on one host", () => {
    const row = `${all} on one host`;
    env.settleOnHosts(pool(all, { network: { subnet: "10.88.0.0/22" } }), { servers: env.hosts.servers.slice(0, 1) });
    timed(row, "up", () => env.run("up"));
    holds(row);
    down(row, ["one"]);
  });

  it("grows from one host to three", () => {
    const row = `from ${perHost} on one host to ${all} on three`;
    env.settleOn(["one"], pool(perHost, onCluster));
    timed(row, "before that, up", () => env.run("up"));
    env.settleOn(["one", "two", "three"], pool(all, onCluster));
    timed(row, "grow", () => env.run("up"));
    assert.deepEqual(
      env.members.map(listening),
      env.members.map(() => perHost),
    );
    holds(row);
    down(row);
  });

  it("is on three hosts, and heals when one is lost", async () => {
    const row = `${all} on three hosts`;
    env.settleOn(env.members, pool(all, onCluster));
    timed(row, "up", () => env.run("up"));
    assert.deepEqual(
      env.members.map(listening),
      env.members.map(() => perHost),
    );
    holds(row);
    const lost = env.members.filter((host) => !env.nodes("one").includes(`${host} Ready Leader`)).at(-1)!;
    const left = env.members.filter((host) => host !== lost);
    docker("kill", env.container(lost));
    const since = Date.now();
    while (left.reduce((sum, host) => sum + listening(host), 0) < all) {
      assert.ok(Date.now() - since < 1_800_000, "the pool is not whole again");
      await sleep(1000);
    }
    const seconds = Math.round((Date.now() - since) / 1000);
    process.stdout.write(`      ${row}: whole again after ${seconds} s\n`);
    figures.get(row)!.set("whole again after a host was lost", `${seconds} s`);
    const { stdout } = env.run("verify", "--json", "--limit", "60");
    const missing = (JSON.parse(stdout) as Report).checks.filter(({ status }) => status !== "pass");
    assert.deepEqual(
      missing.map(({ lab }) => lab),
      ["cluster"],
    );
    docker("start", env.container(lost));
    timed(row, "up once it is back", () => env.run("up"));
    down(row);
  });
});
