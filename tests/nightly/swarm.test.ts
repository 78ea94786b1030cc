import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Check, Report } from "../../components/checks/expectation";
import { labsBeside } from "../engine/labs-beside";
import { processes } from "../engine/processes";
import { type Member, RehearsedCluster } from "../engine/rehearsed-cluster";
import { docker, fail, said, succeed } from "../engine/support";

const number = 168;
const lab = "endpoint-policies";

describe("a swarm of servers", function () {
  this.timeout(900_000);
  const three: readonly Member[] = ["one", "two", "three"];
  const labs = { [lab]: labsBeside(number)[lab] };
  const placement = { [lab]: "one" };
  let env: RehearsedCluster;
  /** All that the commands have written, */
  let written = "";
  /** and what any process had in its arguments or its environment while they ran. */
  const shown = new Set<string>();

  before(() => {
    env = new RehearsedCluster(number);
  });
  after(() => env.remove());

  function up(on: readonly Member[]): string {
    env.settleOn(on, labs, { placement });
    const outcome = env.run("up");
    written += said(outcome);
    return succeed(outcome);
  }

  function checks(): readonly Check[] {
    const outcome = env.run("verify", "--json", "--limit", "20");
    written += said(outcome);
    return (JSON.parse(outcome.stdout) as Report).checks;
  }

  const wrong = (): string[] =>
    checks()
      .filter(({ status }) => status !== "pass")
      .map(({ name, detail }) => `${name}: ${detail}`);

  /** A server is there again, with its engine, as after a power failure. */
  async function back(host: Member): Promise<void> {
    docker("start", env.container(host));
    for (let i = 0; i < 120 && !/active|locked/.test(partOf(host)); i++) {
      await sleep(500);
    }
  }

  function partOf(host: Member): string {
    try {
      return env.part(host);
    } catch {
      return "no engine";
    }
  }

  it("is made of three with one command, and the second changes nothing", async () => {
    env.settleOn(three, labs, { placement });
    const first = env.start("up");
    while (first.exitCode === null) {
      processes().forEach((each) => [...each.arguments, ...each.environment].forEach((text) => shown.add(text)));
      await sleep(100);
    }
    assert.equal(first.exitCode, 0);
    assert.deepEqual(env.nodes("one"), ["one Ready Leader", "three Ready Reachable", "two Ready Reachable"]);
    assert.match(up(three), /Resources:\n {4}\d+ unchanged\n/);
    assert.deepEqual(wrong(), []);
  });

  it("keeps tokens and key out of all that is written and recorded", () => {
    const secrets = [
      ...["manager", "worker"].map((role) => env.on("one", `docker swarm join-token --quiet ${role}`)),
      env.on("one", "docker swarm unlock-key --quiet"),
    ];
    assert.ok(secrets.every((secret) => /^SWM(?:TKN|KEY)-1-/.test(secret)));
    const folders = [join(env.folder, "state"), join(env.folder, "out")];
    const kept = execFileSync("grep", ["--recursive", "--no-filename", "--text", "", ...folders], {
      encoding: "latin1",
      maxBuffer: 512 * 1024 * 1024,
    });
    for (const secret of secrets) {
      const texts = [kept, written, ...shown];
      assert.ok(!texts.some((text) => text.includes(secret)), secret.slice(0, 10));
    }
  });

  it("lets nobody but members to its ports", () => {
    const probe = (from: string): string =>
      `docker run --rm --network ${from} $(docker image ls --quiet container-network-labs-toolbox | head -1) ` +
      `python3 -c "import socket; socket.create_connection(('$(hostname -i)', 2377), 2)" 2>&1 || true`;
    const address = env.on("two", "hostname -i");
    const connect = `import socket; socket.create_connection(('${address}', 2377), 2); print('in')`;
    const toolbox = "$(docker image ls --quiet container-network-labs-toolbox | head -1)";
    const member = env.on("one", `docker run --rm --network host ${toolbox} python3 -c "${connect}"`);
    assert.equal(member, "in");
    // A container of the host comes from an address that is no member's.
    assert.match(env.on("two", probe("bridge")), /timed out|timeout/i);
  });

  it("says in verify which member is lost, and takes it back, unlocked, with one up", async () => {
    docker("kill", env.container("two"));
    const lost = wrong();
    assert.equal(lost.length, 1, lost.join("\n"));
    assert.match(lost[0], /^two is a ready manager: host two does not answer/);
    // Otherwise the set-up would start it again.
    env.settleOn(three, labs, { placement, rehearsed: false });
    assert.match(fail(env.run("up")), /two/);
    await back("two");
    assert.equal(env.part("two"), "locked");
    up(three);
    assert.equal(env.part("two"), "active");
    assert.deepEqual(wrong(), []);
  });

  it("goes on from three to two hosts", () => {
    up(["one", "two"]);
    assert.deepEqual([env.nodes("one"), env.part("three")], [["one Ready Leader", "two Ready"], "inactive"]);
    assert.deepEqual(wrong(), []);
  });

  it("says in verify that a worker which was started anew is open to others, until the next up", async () => {
    docker("stop", env.container("two"));
    await back("two");
    while (!env.nodes("one").includes("two Ready")) {
      await sleep(500);
    }
    const open = wrong().filter((each) => each.startsWith("two is a ready worker"));
    assert.match(open.join("\n"), /^two is a ready worker: ready worker, but open to .* at 7946: npm run up/);
    up(["one", "two"]);
    assert.deepEqual(wrong(), []);
  });

  it("goes on to three hosts again, and without the first", () => {
    up(three);
    assert.equal(env.nodes("one").length, 3);
    env.settleOn(["two", "three"], labs, { placement: { [lab]: "two" } });
    succeed(env.run("up"));
    assert.deepEqual([env.nodes("two"), env.part("one")], [["three Ready", "two Ready Leader"], "inactive"]);
    assert.deepEqual(wrong(), []);
  });

  it("is refused where a server is in a swarm of somebody else's", () => {
    env.on("one", "docker swarm init --advertise-addr $(hostname -i)");
    const node = env.on("one", "docker info --format '{{.Swarm.NodeID}}'");
    env.settleOn(three, labs, { placement: { [lab]: "two" } });
    const words = fail(env.run("up"));
    assert.ok(words.includes(`host \\"one\\" is node ${node} of a swarm`), words);
    assert.match(words, /docker swarm leave --force/);
    assert.equal(env.part("one"), "active");
    env.on("one", "docker swarm leave --force; docker network rm docker_gwbridge");
  });

  it("leaves no swarm behind", () => {
    succeed(env.pulumi("destroy", "--stack", env.name, "--yes", "--skip-preview"));
    assert.deepEqual(
      env.members.map((host) => env.part(host)),
      env.members.map(() => "inactive"),
    );
    assert.deepEqual(env.left(), []);
  });

  it("goes with the hosts that are left, once one that is gone for good is forgotten", () => {
    up(three);
    docker("kill", env.container("three"));
    env.settleOn(three, labs, { placement, rehearsed: false });
    assert.match(fail(env.run("destroy")), /Not removed, as the host does not answer:\n {2}\d+ resources on three/);
    assert.match(said(env.run("destroy", "--forget", "three")), /host three is gone: \d+ resources[^]*Nothing is left/);
    assert.deepEqual([env.part("one"), env.part("two")], ["inactive", "inactive"]);
    assert.deepEqual([...env.leftOn("one"), ...env.leftOn("two")], []);
  });
});
