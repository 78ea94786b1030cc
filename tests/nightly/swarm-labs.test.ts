import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Check, Report } from "../../components/checks/expectation";
import { labsBeside, networksOnCluster } from "../engine/labs-beside";
import { type Member, RehearsedCluster } from "../engine/rehearsed-cluster";
import { docker, said, succeed } from "../engine/support";

const number = 167;
const { "app-pool": pool } = labsBeside(number);
const ofPool = { name: pool.network.name, subnet: pool.network.subnet };

/** The labs as they are on a cluster: without bridges, and with ports on all addresses of the hosts. */
function labs(change: object = {}) {
  return {
    "app-pool": {
      ...{ ...pool, network: { ...ofPool, subnet: ofPool.subnet.replace("/22", "/24") }, listen: "0.0.0.0", count: 7 },
      frontDoor: { ...pool.frontDoor, enabled: true },
      ...change,
    },
    "docker-networks": networksOnCluster(number),
  };
}

/** A row of the table that is printed in the end: docs/swarm.md has it. */
interface Row {
  readonly lost: string;
  readonly seconds: number;
  readonly during: string;
  readonly after: string;
}

describe("labs on a swarm of three hosts", function () {
  this.timeout(900_000);
  let env: RehearsedCluster;
  const table: Row[] = [];
  const all: readonly Member[] = ["one", "two", "three"];

  before(() => {
    env = new RehearsedCluster(number);
    env.settleOn(all, labs());
  });
  after(() => {
    const rows = table.map(({ lost, seconds, during, after }) => `  ${lost} | ${seconds} s | ${during} | ${after}`);
    process.stdout.write(
      `\n  Lost | Pool whole again | verify before that | verify after that\n${rows.join("\n")}\n\n`,
    );
    env.remove();
  });

  function checks(): readonly Check[] {
    const { stdout, stderr } = env.run("verify", "--json", "--limit", "0");
    assert.ok(stdout.startsWith("{"), stdout + stderr);
    return (JSON.parse(stdout) as Report).checks;
  }

  /** The same, while something else goes on. */
  function checksMeanwhile(): Promise<readonly Check[]> {
    const args = ["tools/run.js", "verify", "--environment", env.name, "--json", "--limit", "0"];
    return new Promise((resolve, reject) => {
      // Its exit code says that not all holds, which is what is looked for.
      execFile("node", args, { cwd: env.folder, env: env.env, maxBuffer: 1e8 }, (_error, stdout, stderr) =>
        stdout.startsWith("{") ? resolve((JSON.parse(stdout) as Report).checks) : reject(new Error(stdout + stderr)),
      );
    });
  }

  const bad = (found: readonly Check[], lab?: string): string[] =>
    found.filter(({ status, lab: its }) => status !== "pass" && (lab ?? its) === its).map(({ name }) => name);

  function allHolds(): void {
    const { code, stdout, stderr } = env.run("verify", "--json");
    assert.equal(code, 0, stdout + stderr);
    assert.ok((JSON.parse(stdout) as Report).checks.length > 25);
  }

  /** The pool's services with where their containers run, as a manager has it. */
  function places(manager: Member): Map<string, string> {
    const filter = "--filter desired-state=running --format '{{.Name}} {{.Node}}'";
    const listed = env.on(manager, `docker service ps ${filter} $(docker service ls --quiet)`);
    return new Map(listed.split("\n").map((line) => line.split(" ") as [string, string]));
  }

  const ids = (): string[] => env.on("one", "docker service ls --format '{{.Name}} {{.ID}}'").split("\n").sort();

  it("come up with one command, over all hosts, and all that is expected of them holds", () => {
    succeed(env.run("up"));
    allHolds();
    assert.deepEqual([...new Set(places("one").values())].sort(), ["one", "three", "two"]);
    const containers = all.map((host) => env.on(host, "docker ps --filter name=chat --format '{{.Names}}'"));
    assert.ok(
      containers.every((name) => name !== ""),
      "a part of the chat is on each host",
    );
  });

  it("are not changed by a second update", () => {
    assert.match(succeed(env.run("up")), /\d+ unchanged/);
    assert.doesNotMatch(said(env.run("up")), /created|replaced|updated/);
  });

  it("grow and shrink by the instances that settings name, and leave the others alone", () => {
    const before = ids();
    env.settleOn(all, labs({ count: 9, without: [pool.firstPort + 1] }));
    succeed(env.run("up"));
    const after = ids();
    const gone = before.filter((each) => !after.includes(each));
    assert.deepEqual(
      gone.map((each) => each.split(" ")[0]),
      [`${pool.name}-${pool.firstPort + 1}`],
    );
    assert.equal(after.length, 8);
    allHolds();
  });

  it("are mended by an update when a service was removed or changed by hand", () => {
    const [removed, changed] = [2, 3].map((i) => `${pool.name}-${pool.firstPort + i}`);
    env.on("one", `docker service rm ${removed} && docker service scale --detach ${changed}=0`);
    assert.match(said(env.run("up")), /2 made, 0 started, 0 removed/);
    allHolds();
  });

  it("are refused with settings that a cluster cannot bring about", () => {
    env.settleOn(all, labs({ listen: "127.0.0.1" }));
    assert.match(said(env.run("up")), /labs\.app-pool\.listen/);
    env.settleOn(all, labs({ network: { ...ofPool, subnet: ofPool.subnet.replace("/22", "/28") }, count: 9 }));
    assert.match(said(env.run("up")), /labs\.app-pool\.network\.subnet/);
    env.settleOn(all, labs({ count: 9, without: [pool.firstPort + 1] }));
  });

  const leader = (): Member =>
    env
      .nodes("one")
      .find((node) => node.endsWith("Leader"))!
      .split(" ")[0] as Member;
  const followers = (): Member[] => all.filter((member) => member !== leader());
  const losses: Record<string, () => Member> = {
    "a manager": () => followers().at(-1)!,
    "the leader of the managers": leader,
  };
  for (const [what, choose] of Object.entries(losses)) {
    it(`lose ${what}: the pool heals on the other hosts, and verify tells what is missing`, async () => {
      const lost = choose();
      const [other] = all.filter((member) => member !== lost);
      assert.ok([...places(other).values()].includes(lost), "an instance is on the host that is lost");
      docker("kill", env.container(lost));
      const since = Date.now();
      const asked = checksMeanwhile();
      while (!isWhole(lost)) {
        assert.ok(Date.now() - since < 180_000, "the pool is not whole again");
        await sleep(500);
      }
      const seconds = Math.round((Date.now() - since) / 1000);
      // Of the pool it tells what is missing when it looks, which on a slow machine may be nothing any more.
      const during = await asked;
      assert.ok(
        bad(during).some((name) => name.startsWith(`${lost} is a ready`)),
        bad(during).join(),
      );
      const after = checks();
      const still = bad(after, "app-pool").filter((name) => !/front-door/.test(name) || lost !== "one");
      assert.deepEqual(still, [], "the pool is whole");
      assert.ok(bad(after).some((name) => name.startsWith(`${lost} is a ready`)));
      table.push({ lost: what, seconds, during: told(during), after: told(after) });
      docker("start", env.container(lost));
      succeed(env.run("up"));
      allHolds();
    });
  }

  /** Whether each of the pool's ports is listened on by a host that is left; who answers there, verify asks. */
  function isWhole(lost: Member): boolean {
    const left = all.filter((member) => member !== lost);
    const wanted = Array.from({ length: 9 }, (_, i) => pool.firstPort + i).filter(
      (port) => port !== pool.firstPort + 1,
    );
    const heard = left.map((host) => env.on(host, "ss -ltnH")).join("\n");
    return wanted.every((port) => heard.includes(`0.0.0.0:${port} `));
  }

  it("leave nothing after destroy", () => {
    succeed(env.run("destroy"));
    assert.deepEqual(env.rehearsalLeft(), []);
  });
});

/** What verify found, in a few words. */
function told(found: readonly Check[]): string {
  const count = (status: Check["status"]): number => found.filter((each) => each.status === status).length;
  return `${count("pass")} hold, ${count("fail")} do not, ${count("error")} could not be tested`;
}
