import assert from "node:assert/strict";
import type { Expectation } from "../../../components/checks/expectation";
import { connected, FakeDocker, judged, placed, proved, refused, timeout, type Reply } from "./support";

const target = { host: "10.0.0.1", port: 5000 };
const control = { host: "10.0.1.1", port: 80 };

const reach: Expectation = { kind: "reach", name: "a reaches t", from: "a", to: target };
const noReach: Expectation = { kind: "no-reach", name: "a does not reach t", from: "a", to: target, control };
const answer: Expectation = {
  kind: "answer",
  name: "a gets the page",
  from: "a",
  url: "http://web/",
  status: 200,
  contains: "It works!",
};
const resolve: Expectation = {
  kind: "resolve",
  name: "a knows web",
  from: "a",
  host: "web",
  through: "dns",
  address: "10.0.1.1",
};

const unreachable = { outcome: "unreachable", detail: "no route to host" };
const unresolved = { outcome: "unresolved", detail: "10.0.0.1 has no address here" };
const broken = { outcome: "error", detail: "OSError: too many open files" };

describe("what a prober saw", () => {
  let docker: FakeDocker;
  before(() => (docker = new FakeDocker()));
  after(() => docker.remove());

  const seen = (outcomes: Record<string, object>): void => docker.play({ "exec -i a ": { outcomes } });

  const outcomes: [string, Expectation, object, "pass" | "fail" | "error", RegExp][] = [
    ["reach: connected", reach, connected, "pass", /seen/],
    ["reach: refused", reach, refused, "fail", /^connection refused$/],
    ["reach: no answer", reach, timeout, "fail", /^no answer$/],
    ["reach: unreachable", reach, unreachable, "fail", /no route/],
    ["reach: unknown name", reach, unresolved, "fail", /no address/],
    ["reach: could not be tried", reach, broken, "error", /too many/],
    ["no-reach: connected", noReach, connected, "fail", /seen/],
    ["no-reach: refused", noReach, refused, "pass", /^connection refused, while 10\.0\.1\.1:80 was reached$/],
    ["no-reach: no answer", noReach, timeout, "pass", /^no answer, while/],
    ["no-reach: unreachable", noReach, unreachable, "pass", /^no route to host, while/],
    ["no-reach: unknown name", noReach, unresolved, "error", /so it was not tried$/],
    ["no-reach: could not be tried", noReach, broken, "error", /too many/],
  ];
  for (const [what, expectation, result, status, detail] of outcomes) {
    it(what, async () => {
      seen({ "10.0.0.1:5000": result, "10.0.1.1:80": connected });
      const verdict = await judged(expectation);
      assert.equal(verdict.status, status, verdict.detail);
      assert.match(verdict.detail, detail);
    });
  }

  for (const dead of [refused, timeout, unreachable, unresolved, broken]) {
    it(`no-reach is an error while the control is ${dead.outcome}`, async () => {
      seen({ "10.0.0.1:5000": timeout, "10.0.1.1:80": dead });
      const { status, detail } = await judged(noReach);
      assert.equal(status, "error");
      assert.match(detail, /^the control 10\.0\.1\.1:80 was not reached either \(.+\), so nothing is shown$/);
    });
  }

  it("no-reach fails even where the control is dead: what was reached was reached", async () => {
    seen({ "10.0.0.1:5000": connected, "10.0.1.1:80": timeout });
    assert.equal((await judged(noReach)).status, "fail");
  });

  it("no-reach is an error while those who should reach the target do not either", async () => {
    const b = { outcomes: { "10.0.0.1:5000": refused } };
    docker.play({
      "exec -i a ": { outcomes: { "10.0.0.1:5000": timeout, "10.0.1.1:80": connected } },
      "exec -i b ": b,
    });
    const checks = await proved([placed(noReach), placed({ ...reach, from: "b" })]);
    assert.deepEqual(
      checks.map(({ kind, status, detail }) => [kind, status, detail]),
      [
        ["reach", "fail", "connection refused"],
        ["no-reach", "error", "nobody else reached 10.0.0.1:5000 either, so nothing is shown"],
      ],
    );
  });

  it("no-reach passes once someone else has reached the target", async () => {
    docker.play({
      "exec -i a ": { outcomes: { "10.0.0.1:5000": timeout, "10.0.1.1:80": connected } },
      "exec -i b ": [{ outcomes: { "10.0.0.1:5000": refused } }, { outcomes: { "10.0.0.1:5000": connected } }],
    });
    const checks = await proved([placed(noReach), placed({ ...reach, from: "b" })], { limitSeconds: 60 });
    assert.deepEqual(
      checks.map(({ kind, status }) => [kind, status]),
      [
        ["reach", "pass"],
        ["no-reach", "pass"],
      ],
    );
    assert.equal(docker.calls().length, 4);
  });

  it("what someone on another host fails to reach is another target", async () => {
    seen({ "10.0.0.1:5000": timeout, "10.0.1.1:80": connected });
    const checks = await proved([placed(noReach), placed(reach, { at: "elsewhere" })]);
    assert.deepEqual(
      checks.map(({ kind, status, detail }) => [kind, status, detail]),
      [
        ["no-reach", "pass", "no answer, while 10.0.1.1:80 was reached"],
        ["reach", "error", "there is no container host elsewhere"],
      ],
    );
  });

  const answers: [string, object, "pass" | "fail", RegExp][] = [
    ["status and text are right", { outcome: "answered", status: 200, contains: true }, "pass", /seen/],
    [
      "the text is not there",
      { outcome: "answered", status: 200, contains: false },
      "fail",
      /not 200 with "It works!"/,
    ],
    ["the status is another", { outcome: "answered", status: 404, contains: true }, "fail", /not 200 with/],
    ["there is no answer", timeout, "fail", /^no answer, not 200/],
  ];
  for (const [what, result, status, detail] of answers) {
    it(`answer: ${what}`, async () => {
      seen({ "http://web/": result });
      const verdict = await judged(answer);
      assert.equal(verdict.status, status);
      assert.match(verdict.detail, detail);
    });
  }

  const counts: [string, object, "pass" | "fail" | "error", RegExp][] = [
    ["all are seen, each once", { outcome: "counted", sent: 3, seen: 3 }, "pass", /seen/],
    ["one is lost", { outcome: "counted", sent: 3, seen: 2 }, "fail", /, not 3 and 3$/],
    ["one is seen twice", { outcome: "counted", sent: 3, seen: 4 }, "fail", /, not 3 and 3$/],
    ["one is not answered", { outcome: "counted", sent: 2, seen: 3 }, "fail", /, not 3 and 3$/],
    ["it says no number", { outcome: "counted", sent: 3 }, "error", /it wrote/],
    ["there is no answer", timeout, "fail", /^no answer/],
  ];
  for (const [what, result, status, detail] of counts) {
    it(`counted: ${what}`, async () => {
      seen({ "http://web/": result });
      const verdict = await judged({
        kind: "counted",
        name: "the service sees each request once",
        from: "a",
        url: "http://web/",
        headers: {},
        requests: 3,
        counter: "http://web:81/requests/",
      });
      assert.equal(verdict.status, status);
      assert.match(verdict.detail, detail);
    });
  }

  const resolutions: [string, object, "pass" | "fail"][] = [
    ["to the address", { outcome: "resolved", addresses: ["10.0.1.1"] }, "pass"],
    ["to another address", { outcome: "resolved", addresses: ["10.0.1.2"] }, "fail"],
    ["to the address and another", { outcome: "resolved", addresses: ["10.0.1.1", "10.0.1.2"] }, "fail"],
    ["to nothing", { outcome: "unresolved" }, "fail"],
  ];
  for (const [what, result, status] of resolutions) {
    it(`resolve: ${what}`, async () => {
      seen({ web: result });
      assert.equal((await judged(resolve)).status, status);
    });
  }
});

describe("a prober that did not do its work", () => {
  let docker: FakeDocker;
  before(() => (docker = new FakeDocker()));
  after(() => docker.remove());

  const good = JSON.stringify({ id: 0, outcome: "timeout", detail: "no answer", ms: 1 });
  const controlled = JSON.stringify({ id: 1, outcome: "connected", detail: "connected", ms: 1 });
  const lines = (...all: string[]): Reply => ({ stdout: `${all.join("\n")}\n` });
  const failures: Record<string, [Reply, RegExp]> = {
    "the container is gone": [{ stderr: "Error: No such container: a\n", status: 1 }, /No such container: a$/],
    "the container is stopped": [
      { stderr: "Error response from daemon: Container 12 is not running\n", status: 1 },
      /: Container 12 is not running$/,
    ],
    "there is no Python": [
      { stdout: 'exec failed: "python3": executable file not found in $PATH: unknown\n', status: 126 },
      /: exec failed: "python3": executable file not found in \$PATH: unknown$/,
    ],
    "it crashed after it had answered": [
      { ...lines(good, controlled), stderr: "MemoryError\n", status: 1 },
      /MemoryError$/,
    ],
    "it was killed": [{ ...lines(good, controlled), status: 137 }, /status 137$/],
    "it wrote nothing": [{}, /it wrote nothing$/],
    "it wrote something else": [lines("Segmentation fault"), /it wrote Segmentation fault$/],
    "it wrote half of it": [{ stdout: good.slice(0, 30) }, /it wrote/],
    "it left out the control": [lines(good), /^the control .* was not reached either \(no probe from a: it wrote/],
    "it left out the target": [lines(controlled), /^no probe from a: it wrote/],
    "it answered twice": [lines(good, good, controlled), /^no probe from a: it wrote/],
    "it answered with an unknown outcome": [lines(good.replace("timeout", "blocked"), controlled), /^no probe from a/],
    "it answered with another kind's outcome": [lines(good.replace("timeout", "silent"), controlled), /^no probe/],
    "it answered without a time": [lines(good.replace('"ms"', '"s"'), controlled), /^no probe from a/],
    "it answered with null": [lines("null", controlled), /^no probe from a/],
  };
  for (const [what, [reply, detail]] of Object.entries(failures)) {
    it(`is an error, and no-reach no pass: ${what}`, async () => {
      docker.play({ "exec -i a ": reply });
      const verdict = await judged(noReach);
      assert.equal(verdict.status, "error", verdict.detail);
      assert.match(verdict.detail, detail);
    });
  }

  it("does not spoil what another one saw", async () => {
    docker.play({ "exec -i b ": { outcomes: { "10.0.0.1:5000": connected } } });
    const checks = await proved([placed(reach), placed({ ...reach, from: "b" })]);
    assert.deepEqual(
      checks.map(({ from, status }) => [from, status]),
      [
        ["a", "error"],
        ["b", "pass"],
      ],
    );
  });

  it("says so where there is no Docker client", async () => {
    const { PATH } = process.env;
    process.env.PATH = "/nonexistent";
    try {
      const verdict = await judged(reach);
      assert.deepEqual(verdict, { status: "error", detail: "no probe from a: there is no docker command on the PATH" });
    } finally {
      process.env.PATH = PATH;
    }
  });
});
