import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check, Report } from "../../components/checks/expectation";
import { labsBeside } from "./labs-beside";
import { manyRules } from "./many-rules";
import { docker, succeed, TestEnvironment } from "./support";

const number = 8;
const ours = labsBeside(number)["endpoint-policies"];
const server = ours.server.name;
const at = (n: number): string => ours.network.subnet.replace("0/24", String(n));
const table = `lab_acl_${at(1).replaceAll(".", "_")}`;

/** Runs nft in the server's network stack, as a person would. */
function nft(...args: string[]): string {
  const image = docker("container", "inspect", "--format", "{{.Image}}", server);
  const helper = ["run", "--rm", "--network", `container:${server}`, "--cap-add", "NET_ADMIN", "--user", "root"];
  return docker(...helper, image, "nft", ...args);
}

/** The rules in force, by their comments. */
function rulesInForce(): string[] {
  const listing = nft("list", "table", "inet", table);
  return [...listing.matchAll(/comment "(.*)"/g)].map(([, comment]) => comment);
}

const documented = ["In:100", "In:65500", "Out:100", "Out:65500"];

describe("the endpoint-policies lab on a real engine", function () {
  this.timeout(180_000);
  let env: TestEnvironment;

  before(() => {
    env = new TestEnvironment(number);
    settle();
  });
  after(() => env.remove());

  const settle = (more: object = {}) => env.settleLabs({ "endpoint-policies": { ...ours, ...more } });
  const up = (): string => succeed(env.run("up"));
  const preview = (...args: string[]): string =>
    succeed(env.pulumi("preview", "--stack", env.name, "--non-interactive", ...args));
  const verify = (...args: string[]): { code: number | null; checks: readonly Check[] } => {
    const { code, stdout, stderr } = env.run("verify", "--json", ...args);
    assert.ok(stdout.startsWith("{"), stdout + stderr);
    return { code, checks: (JSON.parse(stdout) as Report).checks };
  };
  const proved = (): readonly Check[] => {
    const { code, checks } = verify();
    assert.deepEqual([code, checks.filter(({ status }) => status !== "pass")], [0, []]);
    return checks;
  };
  const blocked = (checks: readonly Check[]): string[] =>
    checks.filter(({ kind }) => kind === "no-reach").map(({ name }) => name);

  it("comes up, and what the rules say is so", () => {
    up();
    const checks = proved();
    assert.equal(checks.length, 22);
    assert.equal(blocked(checks).length, 6);
  });

  it("shows the endpoint before and after", () => {
    const output = succeed(env.pulumi("stack", "output", "endpoint-policies", "--stack", env.name, "--json"));
    const { state, endpoints } = JSON.parse(output) as {
      state: string;
      endpoints: Record<string, Record<"before" | "after", { id: string; address: string; policies: object[] }>>;
    };
    const { before, after } = endpoints[server];
    assert.deepEqual([state, Object.keys(endpoints)], ["blocked", [server]]);
    const network = `{{(index .NetworkSettings.Networks "${ours.network.name}").EndpointID}}`;
    assert.deepEqual([after.id, after.address], [docker("container", "inspect", "--format", network, server), at(1)]);
    assert.deepEqual([before.policies.length, after.policies.length], [0, 4]);
  });

  it("changes nothing in three more ups, and holds each rule once", () => {
    for (let i = 0; i < 3; i++) {
      const printed = up();
      assert.match(printed, /\n {4}\d+ unchanged\n/);
      assert.doesNotMatch(printed, /created|updated|replaced|deleted/);
    }
    assert.deepEqual(rulesInForce(), documented);
    preview("--expect-no-changes");
  });

  const mishaps: Record<string, { happen: () => void; unblocks: RegExp }> = {
    "its container is restarted": { happen: () => docker("restart", "--time", "1", server), unblocks: /./ },
    "its namespace's rules are flushed": { happen: () => nft("flush", "ruleset"), unblocks: /./ },
    "a rule is put before its own by hand": {
      happen: () => nft("insert", "rule", "inet", table, "inbound", "accept"),
      unblocks: /Block In/,
    },
  };
  for (const [what, { happen, unblocks }] of Object.entries(mishaps)) {
    it(`is told by name not to hold when ${what}, and mended by one up`, () => {
      const before = blocked(proved());
      happen();
      const { code, checks } = verify("--limit", "1");
      const failed = checks.filter(({ status }) => status !== "pass").map(({ name }) => name);
      assert.deepEqual([code, failed], [1, before.filter((name) => unblocks.test(name))]);
      assert.ok(failed.length > 0 && failed.every((name) => name.includes(server)));
      up();
      assert.deepEqual(rulesInForce(), documented);
      proved();
    });
  }

  it("fails the update with nft's own words when it refuses a list, and keeps the one before in force", () => {
    const dialect = join(env.folder, "components", "network", "linux", "acl.ts");
    const source = readFileSync(dialect, "utf8");
    const patched = source.replace(': "drop"', ': "discard"');
    assert.notEqual(patched, source);
    const inForce = nft("list", "ruleset");
    writeFileSync(dialect, patched);
    const { code, stdout, stderr } = env.run("up");
    writeFileSync(dialect, source);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /nft: .*syntax error.*discard/s);
    assert.equal(nft("list", "ruleset"), inForce);
    proved();
    assert.doesNotMatch(up(), /created|updated|replaced|deleted/);
  });

  it("flips the table by one update of one resource", () => {
    const before = blocked(proved());
    settle({ state: "allowed" });
    const { changeSummary, steps } = JSON.parse(preview("--json")) as {
      changeSummary: Record<string, number>;
      steps: { op: string; urn: string }[];
    };
    assert.deepEqual({ ...changeSummary, same: 0 }, { same: 0, update: 1 });
    assert.match(steps.find(({ op }) => op === "update")!.urn, /:network:Acl\$command:local:Command::/);
    assert.match(up(), /\n {4}~ 1 updated\n {4}\d+ unchanged\n/);
    const after = proved();
    assert.deepEqual([before.length, blocked(after)], [6, []]);
    assert.equal(after.length, 22);
    assert.deepEqual(rulesInForce(), documented);
  });

  it("carries 500 rules on an endpoint", () => {
    settle({ policies: { server: manyRules(500, at(2)) } });
    const [, seconds] = /-acl updated \(([\d.]+)s\)/.exec(up()) ?? [];
    assert.deepEqual(rulesInForce(), [
      ...Array.from({ length: 500 }, (_, i) => `In:${i + 1}`),
      ...["In:65500", "Out:65500"],
    ]);
    assert.deepEqual(blocked(proved()), [`${ours.client.name} does not reach ${server}:8080 (Block In, priority 500)`]);
    const start = performance.now();
    preview("--expect-no-changes");
    const previewed = ((performance.now() - start) / 1000).toFixed(1);
    assert.ok(Number(seconds) > 0);
    process.stdout.write(`      applied in ${seconds} s; a preview without changes took ${previewed} s\n`);
  });

  it("leaves nothing after destroy", () => {
    assert.match(env.run("destroy").stderr, /Nothing is left/);
    assert.deepEqual(env.left(), []);
  });
});
