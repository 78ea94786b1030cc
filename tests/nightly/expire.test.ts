import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { labsBeside } from "../engine/labs-beside";
import { docker, fail, type Outcome, said, succeed, TestEnvironment } from "../engine/support";

const longOver = "2020-01-01T00:00:00Z";

/**
 * Environments of one backend: two past their end, the second without its file; one that has time; and some without a
 * container.
 */
const [past, gone, lasting, locked, broken] = [120, 121, 122, 123, 124].map((number) => ({
  number,
  name: `test-${number}`,
}));

describe("environments that expire", function () {
  this.timeout(300_000);
  let env: TestEnvironment;

  const stacks = (...below: string[]): string => join(env.folder, "state", ".pulumi", ...below);
  const run = (command: string, environment: string, ...args: string[]): Outcome =>
    env.run(command, "--environment", environment, ...args);

  /** A small environment of its own: a lab with two networks, and a server on one. */
  const bringUp = ({ number, name }: typeof past): void => {
    const lab = labsBeside(number)["docker-networks"];
    const config = {
      "pulumi:disable-default-providers": ["*"],
      "container-network-labs:hosts": { kind: "local" },
      "container-network-labs:labs": { "docker-networks": lab },
      "container-network-labs:expires": "8h",
    };
    writeFileSync(join(env.folder, "stacks", `Pulumi.${name}.yaml`), stringify({ config }));
    succeed(run("up", name));
  };

  const containers = ({ name }: typeof past): string[] =>
    docker("ps", "--filter", `label=container-network-labs.stack=${name}`, "--format", "{{.Names}} {{.ID}}")
      .split("\n")
      .filter(Boolean)
      .sort();
  const endOf = ({ name }: typeof past): string =>
    succeed(env.pulumi("stack", "output", "expiresAt", "--stack", name)).trim();

  before(() => {
    env = new TestEnvironment(past.number);
    [past, gone, lasting].forEach(bringUp);
  });
  after(() => {
    [gone, lasting].forEach(({ name }) => run("destroy", name, "--take-over"));
    env.remove();
  });

  it("end so long after their first update, and a second one would change nothing", () => {
    const end = endOf(lasting);
    const left = Date.parse(end) - Date.now();
    assert.ok(left > 7.8 * 3_600_000 && left < 8 * 3_600_000, end);
    const preview = env.pulumi("preview", "--stack", lasting.name, "--expect-no-changes", "--non-interactive");
    assert.equal(preview.code, 0, said(preview));
  });

  it("get more time, which the next update does not take away", () => {
    const before = Date.parse(endOf(lasting));
    assert.match(succeed(run("extend", lasting.name, "90m")), /^test-122 ends in 9 h (2\d|30) min, /);
    assert.equal(Date.parse(endOf(lasting)) - before, 90 * 60_000);
    assert.match(succeed(run("up", lasting.name)), /\n {4}\d+ unchanged\n/);
    assert.equal(Date.parse(endOf(lasting)) - before, 90 * 60_000);
  });

  it("get none where nobody knows what is meant, or nothing is up", () => {
    assert.match(fail(run("extend", lasting.name, "2 hours")), /say by how much or until when/);
    assert.match(fail(run("extend", "test-125", "2h")), /"test-125" has no end/);
  });

  it("are listed, and on a terminal nothing is taken down that nobody said yes to", () => {
    [past, gone].forEach(({ name }) => succeed(run("extend", name, longOver)));
    rmSync(join(env.folder, "stacks", `Pulumi.${gone.name}.yaml`));
    const before = containers(past);
    const shown = spawnSync("script", ["-qec", "node tools/run.js expire", "/dev/null"], {
      cwd: env.folder,
      env: env.env,
      encoding: "utf8",
    });
    const stdout = shown.stdout.replaceAll("\r", "");
    assert.match(stdout, /test-120 +\d+ min +over for \d+ d.*\n.*test-121 +.*over for .*\n.*test-122 +.*ends in 9 h/);
    assert.match(stdout, /To take down test-120, test-121: npm run expire -- --yes/);
    assert.match(succeed(env.run("expire", "--dry-run")), /test-120 .* over for/);
    assert.deepEqual(containers(past), before);
    assert.equal(before.length > 0, true);
  });

  it("are taken down once they are over, and no other: not one that is locked, and a broken one is named", () => {
    lockUp();
    writeFileSync(stacks("stacks", "container-network-labs", `${broken.name}.json`), '{"version": 3, "check');
    const before = containers(lasting);
    const outcome = env.run("expire");
    assert.equal(outcome.code, 1, said(outcome));
    assert.deepEqual([containers(past), containers(gone), containers(lasting)], [[], [], before]);
    assert.match(outcome.stderr, new RegExp(`Not taken down: test-123: .*process ${process.pid} of somebody`));
    assert.match(outcome.stderr, /It can't be told when test-124 ends/);
    assert.doesNotMatch(outcome.stderr, /Not taken down: (?!test-123)/);
    assert.match(outcome.stdout, /test-124 +its state can't be read: error: failed to load checkpoint/);
    assert.equal(stateOf(locked).includes("command:local:Command::expiry"), true);
  });

  it("are forgotten by the backend where they have no settings any more", () => {
    rmSync(stacks("stacks", "container-network-labs", `${broken.name}.json`));
    const names = (JSON.parse(succeed(env.pulumi("stack", "ls", "--json"))) as { name: string }[]).map(
      ({ name }) => name,
    );
    assert.deepEqual(names, [past.name, lasting.name, locked.name]);
  });

  it("are taken down by the next call where nobody is at work on them any more", () => {
    rmSync(stacks("locks", "organization", "container-network-labs", locked.name), { recursive: true });
    assert.equal(env.run("expire").code, 0);
    const listing = succeed(env.run("expire"));
    assert.match(listing, /test-122 .* ends in/);
    assert.doesNotMatch(listing, /over for/);
  });

  const stateOf = ({ name }: typeof past): string => succeed(env.pulumi("stack", "export", "--stack", name));

  /** A stack past its end that an update of this process holds. What it has is no container, but the end of one that had. */
  function lockUp(): void {
    succeed(env.pulumi("stack", "init", locked.name, "--no-select"));
    const other = stateOf(lasting).replaceAll(lasting.name, locked.name);
    const { version, deployment } = JSON.parse(other) as {
      version: number;
      deployment: { resources: { urn: string; type: string; outputs?: Record<string, string> }[] };
    };
    const kept = deployment.resources.filter(
      ({ type, urn }) => type === "pulumi:pulumi:Stack" || urn.endsWith("::expiry"),
    );
    kept.forEach(({ outputs }) => outputs?.stdout !== undefined && (outputs.stdout = longOver));
    const file = join(env.folder, "locked.json");
    writeFileSync(file, JSON.stringify({ version, deployment: { ...deployment, resources: kept } }));
    succeed(env.pulumi("stack", "import", "--stack", locked.name, "--file", file));
    const folder = stacks("locks", "organization", "container-network-labs", locked.name);
    mkdirSync(folder, { recursive: true });
    const lock = { pid: process.pid, username: "somebody", hostname: hostname(), timestamp: new Date().toISOString() };
    writeFileSync(join(folder, "0.json"), JSON.stringify(lock));
  }
});
