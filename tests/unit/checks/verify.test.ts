import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Expectation, Report } from "../../../components/checks/expectation";
import { UserError } from "../../../tools/command";
import { command, outFolder } from "../../../tools/commands/verify";
import type { Progress } from "../../../tools/terminal/progress";
import { connected, engine, FakeDocker, placed, refused } from "./support";

const environment = `unit-test-${process.pid}`;
const run = join(__dirname, "..", "..", "..", "tools", "run.js");
const reach: Expectation = { kind: "reach", name: "a reaches t", from: "a", to: { host: "10.0.0.1", port: 5000 } };

describe("verify", function () {
  this.timeout(60_000);
  let docker: FakeDocker;
  before(() => (docker = new FakeDocker()));
  after(() => {
    docker.remove();
    rmSync(outFolder(environment), { recursive: true, force: true });
  });

  const expectations = [placed(reach, { lab: "first" }), placed({ ...reach, from: "b" }, { lab: "second" })];
  const silent: Progress = {
    step: (_, work) => work({ log: "", detail: () => undefined, outcome: () => undefined }),
    line: () => undefined,
  };

  /** Runs the command with this on its standard input. */
  const verify = async (input: unknown, options: Record<string, unknown> = {}, terminal = false) => {
    const text = typeof input === "string" ? input : JSON.stringify(input);
    const stdin = Object.getOwnPropertyDescriptor(process, "stdin")!;
    const { write, isTTY } = process.stdout;
    let stdout = "";
    Object.defineProperty(process, "stdin", { value: Readable.from([text]), configurable: true });
    process.stdout.isTTY = terminal;
    process.stdout.write = (chunk: string | Uint8Array) => (stdout += String(chunk)) !== "";
    try {
      const values = { stdin: true, json: false, ...options };
      const signal = new AbortController().signal;
      const call = { environment: "local", values, positionals: [], progress: silent, signal };
      return { status: await command.run(call), stdout };
    } finally {
      process.stdout.write = write;
      process.stdout.isTTY = isTTY;
      Object.defineProperty(process, "stdin", stdin);
    }
  };
  const given = { environment, expectations, hosts: [engine], limitSeconds: 0 };
  const outcome = (result: object) => ({ outcomes: { "10.0.0.1:5000": result } });

  it("prints a plain table, writes both files and ends with 0 if all holds", async () => {
    docker.play({ "exec -i ": outcome(connected) });
    const { status, stdout } = await verify(given);
    assert.equal(status, 0);
    assert.match(stdout, /^\nfirst\n {2}✓ {2}a reaches t {2}a → 10\.0\.0\.1:5000 .*\n\n2 checks: 2 pass\n$/s);
    assert.doesNotMatch(stdout, /\u001b/);
    const report = JSON.parse(readFileSync(join(outFolder(environment), "report.json"), "utf8")) as Report;
    assert.deepEqual(
      report.checks.map(({ status: each }) => each),
      ["pass", "pass"],
    );
    assert.match(
      readFileSync(join(outFolder(environment), "junit.xml"), "utf8"),
      /<testsuites name="unit-test-\d+" tests="2"/,
    );
  });

  it("has colours on a terminal, unless NO_COLOR is set", async () => {
    docker.play({ "exec -i ": outcome(connected) });
    const { NO_COLOR } = process.env;
    try {
      for (const [value, expected] of [
        ["", /\u001b\[32m✓/],
        ["1", /^[^\u001b]*✓[^\u001b]*$/],
      ] as const) {
        process.env.NO_COLOR = value;
        assert.match((await verify(given, {}, true)).stdout, expected);
      }
    } finally {
      delete process.env.NO_COLOR;
      Object.assign(process.env, NO_COLOR === undefined ? {} : { NO_COLOR });
    }
  });

  it("ends with 1 if something does not hold, also where something else could not be tested", async () => {
    docker.play({ "exec -i a ": outcome(refused) });
    const { status, stdout } = await verify(given);
    assert.equal(status, 1);
    assert.match(
      stdout,
      /does not hold: connection refused.*could not be tested: no probe from b.*1 fail, 1 error\n$/s,
    );
  });

  it("ends with 2 if something could not be tested, or if there was nothing to test", async () => {
    docker.play({ "exec -i a ": outcome(connected) });
    assert.equal((await verify(given)).status, 2);
    const { status, stdout } = await verify({ ...given, expectations: [] });
    assert.deepEqual({ status, stdout }, { status: 2, stdout: "\n0 checks: nothing was tested\n" });
  });

  it("writes JSON and nothing else on stdout when asked, as the process that npm runs", () => {
    docker.play({ "exec -i a ": outcome(refused), "exec -i b ": outcome(connected) });
    const args = [run, "verify", "--stdin", "--json"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      input: JSON.stringify(given),
      encoding: "utf8",
    });
    assert.equal(status, 1, stderr);
    assert.doesNotMatch(stderr, /\u001b/);
    assert.deepEqual(JSON.parse(stdout), {
      environment,
      checks: expectations.map(({ lab }, i) => ({
        lab,
        at: "here",
        name: "a reaches t",
        kind: "reach",
        from: "ab"[i],
        to: "10.0.0.1:5000",
        status: ["fail", "pass"][i],
        detail: ["connection refused", "seen: 10.0.0.1:5000"][i],
        ms: 1,
      })),
    });
  });

  it("proves only the labs that are named, and names those there are", async () => {
    docker.play({ "exec -i a ": outcome(connected) });
    assert.match((await verify(given, { labs: "first" })).stdout, /\n1 check: 1 pass\n$/);
    await assert.rejects(
      verify(given, { labs: "first,third" }),
      new UserError("Nothing is expected of third here. There are: first, second."),
    );
  });

  it("takes the limit from the option before that of the input", async () => {
    docker.play({ "exec -i ": [outcome(refused), outcome(refused), outcome(connected)] });
    assert.equal((await verify({ ...given, expectations: expectations.slice(0, 1) }, { limit: "60" })).status, 0);
    await assert.rejects(
      verify(given, { limit: "soon" }),
      new UserError('--limit takes a number of seconds, for example --limit 60, and not "soon".'),
    );
  });

  for (const input of ["", "null", "[]", "{", '{"environment":"x"}']) {
    it(`refuses ${JSON.stringify(input)} as input`, async () => {
      await assert.rejects(
        verify(input),
        new UserError("--stdin takes a JSON object with environment, expectations and hosts on standard input."),
      );
    });
  }
});
