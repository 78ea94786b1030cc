import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../../components/checks/expectation";
import type { Review } from "../../tools/preview/review";
import { labsBeside } from "../engine/labs-beside";
import { docker, said, succeed, TestEnvironment } from "../engine/support";

const number = 57;

describe("npm run preview", function () {
  this.timeout(300_000);
  let env: TestEnvironment;
  let folder: string;
  const lab = labsBeside(number)["endpoint-policies"];

  /** One client is let in before all others are kept off; or, with the priorities swapped, is not. */
  function settle(allow: number, block: number, more: object = {}, config: object = {}): void {
    const onPort80 = { direction: "In", protocol: "tcp", localPorts: 80 };
    const server = [
      { ...onPort80, action: "Allow", priority: allow, remoteAddresses: `10.211.${number}.2` },
      { ...onPort80, action: "Block", priority: block },
    ];
    env.settleLabs({ "endpoint-policies": { ...lab, policies: { server }, ...more } }, config);
  }

  function preview(...args: string[]) {
    const out = join(folder, "preview");
    const outcome = env.run("preview", "--out", out, ...args);
    return { outcome, text: readFileSync(out, "utf8") };
  }

  before(() => {
    env = new TestEnvironment(number);
    folder = mkdtempSync(join(tmpdir(), "preview-test-"));
    settle(100, 200);
  });
  after(() => {
    env.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it("tells what there would be before anything is up, and makes nothing", () => {
    const { outcome, text } = preview("--format", "markdown");
    assert.equal(outcome.code, 0, said(outcome));
    assert.match(text, /Compared with nothing, as it is not up/);
    assert.deepEqual(env.left(), []);
  });

  it("finds no change in what is up", () => {
    succeed(env.run("up"));
    const { outcome, text } = preview("--format", "json");
    assert.equal(outcome.code, 0, said(outcome));
    const { flows, entries, places, risks, resources } = JSON.parse(text) as Review;
    assert.deepEqual([flows, entries, places, risks, resources?.replaced], [[], [], [], [], []]);
    assert.deepEqual(Object.keys(resources?.counts ?? {}), ["same"]);
  });

  it("names the expectation that two swapped rules break, which then fails and no other", () => {
    const why = "orders come in there";
    const expect = [{ from: `t${number}-policy-client`, to: `t${number}-policy-server`, port: 80, why }];
    const stated = { "container-network-labs:expect": expect };
    settle(100, 200, {}, stated);
    succeed(env.run("up"));
    succeed(env.run("verify"));
    const off = { "container-network-labs:policies": { labelled: { off: true, reason: "an exercise" } } };
    settle(200, 100, {}, { ...stated, ...off });
    const { outcome, text } = preview("--format", "markdown", "--fail-on", "broken-expectation");
    assert.equal(outcome.code, 1, said(outcome));
    const name = `t${number}-policy-client must reach t${number}-policy-server:80, because ${why}`;
    assert.ok(text.includes(`- **would fail** ${name} `), text);
    assert.equal(text.match(/would (fail|no longer hold)\*\*/g)?.length, 1);
    assert.match(text, /### Pulumi's own preview/);
    assert.match(text, /### Rules of the house\n[^#]*labelled is switched off: an exercise/);

    succeed(env.run("up"));
    const { code, stdout } = env.run("verify", "--json", "--limit", "3");
    const failed = (JSON.parse(stdout) as Report).checks.filter(({ status }) => status !== "pass");
    assert.deepEqual([code, failed.map((check) => [check.name, check.status])], [1, [[name, "fail"]]]);
  });

  it("tells which containers are made anew, why, and what is lost", () => {
    const running = docker("ps", "--quiet", "--filter", `label=container-network-labs.stack=${env.name}`);
    settle(200, 100, { neighbour: { ...lab.neighbour, address: `10.211.${number}.9` } });
    const { outcome, text } = preview("--format", "json");
    assert.equal(outcome.code, 0, said(outcome));
    const { resources, places } = JSON.parse(text) as Review;
    const container = resources!.replaced.find(({ type }) => type.endsWith(":Container"));
    assert.match(container?.name ?? "", /policy-neighbour/);
    assert.ok(container!.because.length > 0);
    assert.match(container!.loses ?? "", /what was written in it/);
    assert.deepEqual(places[0].details, [
      { what: `address on t${number}-policies`, from: `10.211.${number}.3`, to: `10.211.${number}.9` },
    ]);
    assert.equal(docker("ps", "--quiet", "--filter", `label=container-network-labs.stack=${env.name}`), running);
  });

  it("shows Pulumi's own preview before its report on a terminal's format", () => {
    const { code, stdout, stderr } = env.run("preview");
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /Previewing update[^]*Preview of test-57\n[^]*made anew/);
  });

  it("says what is wrong with refused settings, in the form that was asked for", () => {
    env.settleLabs({ "endpoint-policies": { ...lab, state: "open" } });
    const { outcome, text } = preview("--format", "json");
    assert.equal(outcome.code, 2, said(outcome));
    assert.match((JSON.parse(text) as { refused: string }).refused, /labs\.endpoint-policies\.state/);
  });
});
