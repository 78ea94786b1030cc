import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../../components/checks/expectation";
import { labsBeside } from "../engine/labs-beside";
import { RehearsedEnvironment } from "../engine/rehearsed";
import { fail, type Outcome, said } from "../engine/support";

const number = 163;
const { run } = labsBeside(number)["image-builder"];

/** Where a server keeps what the lab brings there. */
const cache = "/root/.cache/container-network-labs";

describe("the image-builder lab on two servers", function () {
  this.timeout(600_000);
  let env: RehearsedEnvironment;
  let workspace: string;
  let password: string;
  const registry = () => ({
    address: `registry.${env.name}:5000`,
    username: "lab",
    passwordPath: `out/${env.name}/keys/registry-password`,
    caPath: `out/${env.name}/keys/registry-ca.pem`,
  });

  before(() => {
    env = new RehearsedEnvironment(number);
    workspace = join(env.folder, "examples", "workspace");
    // It makes the hosts and the registry, whose password is then there.
    env.settleOnHosts({ "docker-networks": labsBeside(number)["docker-networks"] });
    const setup = env.run("setup");
    assert.equal(setup.code, 0, said(setup));
    env.settleOnHosts(
      { "image-builder": { server: "two", registry: registry(), run } },
      { placement: { "image-builder": "one" } },
    );
    password = readFileSync(join(env.folder, registry().passwordPath), "utf8").trim();
  });
  after(() => env.remove());

  const succeed = (outcome: Outcome): string => {
    assert.equal(outcome.code, 0, said(outcome));
    return outcome.stdout + outcome.stderr;
  };
  const up = (): string => succeed(env.run("up"));
  /** What the container on the first host was made from. */
  const running = (): string =>
    env.on("one", `docker container inspect --format '{{.Config.Image}}' ${run.name}`).trim();
  const proved = (): void => {
    const outcome = env.run("verify", "--json");
    assert.ok(outcome.stdout.startsWith("{"), said(outcome));
    const { checks } = JSON.parse(outcome.stdout) as Report;
    assert.deepEqual([outcome.code, checks.filter(({ status }) => status !== "pass")], [0, []]);
    const kinds = [...new Set(checks.map(({ kind }) => kind))].sort();
    assert.deepEqual(kinds, ["answer", "artefact", "digest", "endpoint", "network"]);
  };
  /** What the second host has of workspaces, whole and in part. */
  const workspaces = (): string[] =>
    env
      .on("two", `ls ${cache}/workspaces/${env.name}/image-builder-one/workspaces 2>/dev/null || true`)
      .split("\n")
      .filter(Boolean);
  /** Bytes that no compression makes fewer, in a file that every build sees. */
  const addLarge = (mib: number): void => writeFileSync(join(workspace, "large.bin"), randomBytes(mib * 1024 * 1024));
  const ended = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  const until = async (what: string, holds: () => boolean): Promise<void> => {
    for (const started = Date.now(); !holds(); await sleep(50)) {
      assert.ok(Date.now() - started < 120_000, `${what} did not happen`);
    }
  };

  it("builds on one, pushes, and runs what it pushed on the other; an artefact comes back", () => {
    // All that is seen of commands on the server, and on this machine, while it is done, by name and arguments.
    env.on(
      "two",
      "(while :; do ps axww -o args >>/tmp/seen; sleep 0.05; done) >/dev/null 2>&1 & echo $! >/tmp/watcher",
    );
    const log = join(env.folder, "seen");
    const watcher = spawn("sh", ["-c", 'while :; do ps axww -o args >>"$1"; sleep 0.05; done', "watcher", log], {
      stdio: "ignore",
    });
    const told = up();
    watcher.kill();
    const here = readFileSync(log, "utf8");
    const seen = env.on("two", "kill $(cat /tmp/watcher); sort -u /tmp/seen; rm /tmp/seen /tmp/watcher");
    assert.match(seen, /docker login --username lab --password-stdin/);
    assert.match(here, /tools\/run\.js builder push/);
    for (const [where, text] of Object.entries({ seen, here, told })) {
      assert.ok(!text.includes(password), where);
    }
    assert.match(running(), new RegExp(`^registry\\.${env.name}:5000/image-builder-web@sha256:[0-9a-f]{64}$`));
    assert.ok(existsSync(join(env.folder, "out", env.name, "artefacts", "image-builder-one", "web.pyz")));
    proved();
  });

  it("has the password neither in the state, nor on a server, nor in the log of a run that tells everything", () => {
    const state = env.pulumi("stack", "export", "--stack", env.name, "--show-secrets");
    assert.ok(!succeed(state).includes(password));
    const verbose = env.pulumi("preview", "--stack", env.name, "--non-interactive", "--logtostderr", "-v=11");
    assert.ok(!succeed(verbose).includes(password));
    for (const host of env.names) {
      assert.equal(env.on(host, `grep -rlF '${password}' /root /tmp /var/tmp 2>/dev/null || true`), "");
      assert.equal(env.on(host, "find /root/.docker -name config.json 2>/dev/null || true"), "");
    }
  });

  it("changes nothing in a second up", () => {
    succeed(env.pulumi("preview", "--stack", env.name, "--non-interactive", "--expect-no-changes"));
    assert.doesNotMatch(up(), /created|updated|replaced|deleted|Copying/);
  });

  it("keeps what runs where the registry refuses the push, and goes on once it does not", () => {
    const before = running();
    writeFileSync(join(workspace, "app", "more.py"), "# more\n");
    const file = join(env.folder, registry().passwordPath);
    writeFileSync(file, "another");
    const told = fail(env.run("up"));
    assert.match(told, /was not pushed to registry/);
    assert.match(told, /unauthorized|401/i);
    assert.equal(running(), before);
    assert.equal(env.on("two", "ls -d /tmp/tmp.* 2>/dev/null || true"), "");
    writeFileSync(file, password);
    up();
    assert.notEqual(running(), before);
    proved();
  });

  it("says that there is no room for the workspace, leaves nothing of it, and goes on once there is", () => {
    const [before, kept] = [running(), workspaces()];
    addLarge(24);
    env.on("two", `mv ${cache} ${cache}.kept && mkdir ${cache} && mount -t tmpfs -o size=8m tmpfs ${cache}`);
    try {
      const told = fail(env.run("up"));
      assert.match(told, /Host "two" has no room for the workspace \(\d+ files, 24\.\d MiB\)/);
      assert.deepEqual([running(), workspaces()], [before, []]);
      assert.equal(env.on("two", `find ${cache} -type f`), "");
    } finally {
      env.on("two", `umount ${cache} && rmdir ${cache} && mv ${cache}.kept ${cache}`);
    }
    assert.deepEqual(workspaces(), kept);
    up();
    proved();
  });

  for (const [what, cut] of [
    ["the connection is cut", () => void env.on("two", "pkill -f '[s]shd: root'")],
    ["the update is cancelled", (child: ChildProcess) => void process.kill(-child.pid!, "SIGINT")],
  ] as const) {
    it(`leaves nothing in part, and goes on, where ${what} in the middle of the copy`, async () => {
      const before = running();
      addLarge(120);
      const child = env.start("up");
      const exit = ended(child);
      await until("the copy", () => workspaces().some((each) => each.endsWith(".partial")));
      cut(child);
      assert.notEqual(await exit, 0);
      await until("the clean-up", () => workspaces().every((each) => !each.endsWith(".partial")));
      // The one before, or, where what was under way was let finish, the new one: in any case one, and whole.
      assert.deepEqual([running(), workspaces().length], [before, 1]);
      addLarge(1);
      up();
      proved();
    });
  }

  it("leaves nothing on either server", () => {
    rmSync(join(workspace, "large.bin"));
    env.settleOnHosts({ "docker-networks": labsBeside(number)["docker-networks"] });
    // Without the lab, the servers stay and can be asked.
    up();
    for (const host of env.names) {
      assert.doesNotMatch(env.on(host, "docker image ls --format '{{.Repository}}'"), /image-builder/);
      assert.equal(env.on(host, `ls ${cache} 2>/dev/null || true`), "");
    }
    assert.equal(existsSync(join(env.folder, "out", env.name, "artefacts", "image-builder-one")), false);
  });

  it("is gone with the servers", () => {
    succeed(env.run("destroy"));
    assert.deepEqual(env.rehearsalLeft(), []);
  });
});
