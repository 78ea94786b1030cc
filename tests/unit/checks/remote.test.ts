import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check, EngineAccess, Expectation } from "../../../components/checks/expectation";
import { windowsLoader } from "../../../components/checks/prober";
import { prove } from "../../../components/checks/prove";
import { longestLine } from "../../../components/network/windows/powershell";
import { loadGrammar, parsed } from "../windows/grammar";
import { connected, FakeDocker, placed, refused } from "./support";

const linux: EngineAccess = {
  name: "one",
  kind: "remote",
  os: "linux",
  engine: "ssh://one.test",
  sshConfig: "out/test/ssh/config",
  toolbox: "toolbox:1",
};
const windows: EngineAccess = {
  name: "win",
  kind: "remote",
  os: "windows",
  engine: "tcp://192.0.2.7:2376",
  certPath: "certs",
};
const page: Expectation = {
  kind: "answer",
  name: "the page is there",
  from: "operator",
  url: "http://127.0.0.1:8080/",
  status: 200,
  contains: "works",
};
const port: Expectation = {
  kind: "reach",
  name: "it is open",
  from: "operator",
  to: { host: "127.0.0.1", port: 5000 },
};
const inside: Expectation = { kind: "reach", name: "a reaches t", from: "a", to: { host: "10.0.0.1", port: 5000 } };
const outcomes = {
  "127.0.0.1:5000": connected,
  "http://127.0.0.1:8080/": { outcome: "answered", status: 200, contains: true },
  "10.0.0.1:5000": refused,
};

describe("checks on other machines", () => {
  let docker: FakeDocker;
  beforeEach(() => (docker = new FakeDocker()));
  afterEach(() => docker.remove());

  const proved = async (host: EngineAccess, ...all: Expectation[]): Promise<readonly Check[]> => {
    const expectations = all.map((each) => placed(each, { at: host.name }));
    return (await prove(expectations, [host], { environment: "test", limitSeconds: 0 })).checks;
  };
  const verdicts = (checks: readonly Check[]) => checks.map(({ name, status, detail }) => [name, status, detail]);

  it("are made by the host itself where the operator makes them, in one container for all", async () => {
    docker.play({ version: { stdout: "27.0\n" }, "run --rm -i --network host ": { outcomes } });
    assert.deepEqual(verdicts(await proved(linux, page, port)), [
      ["it is open", "pass", "seen: 127.0.0.1:5000"],
      ["the page is there", "pass", "seen: http://127.0.0.1:8080/"],
    ]);
    const calls = docker.calls();
    assert.equal(calls.length, 2);
    assert.match(calls[1].call, / --cap-drop ALL .* toolbox:1 python3 -I -c /);
    assert.deepEqual([...new Set(calls.map(({ host }) => host))], ["ssh://one.test"]);
  });

  it("could not be made where the host has no toolbox image", async () => {
    docker.play({ version: { stdout: "27.0\n" } });
    const { toolbox, ...without } = linux;
    assert.ok(toolbox);
    assert.deepEqual(verdicts(await proved(without, page)), [
      ["the page is there", "error", "no probe from host one: it has no toolbox image"],
    ]);
  });

  it("are given one reason and asked nothing else where a host does not answer", async () => {
    const words =
      'error during connect: Get "http://docker.example.com/v1.24/version": command [ssh -l x -- one.test docker system ' +
      "dial-stdio] has exited with exit status 255, please make sure the URL is valid, and Docker 18.09 or later is " +
      "installed on the remote host: stderr=ssh: connect to host 192.0.2.1 port 22: No route to host\n";
    docker.play({ version: { stderr: words, status: 1 } });
    const reason = "host one does not answer: ssh: connect to host 192.0.2.1 port 22: No route to host";
    assert.deepEqual(verdicts(await proved(linux, page, inside, port)), [
      ["a reaches t", "error", reason],
      ["it is open", "error", reason],
      ["the page is there", "error", reason],
    ]);
    assert.equal(docker.calls().length, 1);
  });

  it("do not wait for a host that hangs, but for its own limit", async function () {
    this.timeout(30_000);
    docker.play({ version: [{ sleep: 60_000 }, { stdout: "27.0\n" }], "exec -i a ": { outcomes } });
    const other = { ...linux, name: "two", engine: "ssh://two.test" };
    const all = [placed(inside, { at: "one" }), placed(inside, { at: "two" })];
    // Which of the two comes first is not known, and does not matter: one hangs, the other answers.
    const start = performance.now();
    const { checks } = await prove(all, [linux, other], { environment: "test", limitSeconds: 0 });
    assert.ok(performance.now() - start < 20_000);
    const sorted = checks.map(({ status, detail }) => `${status}: ${detail}`).sort();
    assert.match(sorted[0], /^error: host (one|two) does not answer: docker version did not end within 10 s$/);
    assert.equal(sorted[1], "fail: connection refused");
  });

  it("are made over ssh on a Windows host, by a prober that comes on standard input", async function () {
    if (process.platform === "win32") {
      this.skip();
    }
    const record = join(docker.folder, "ssh-call");
    const program = join(docker.folder, "ssh");
    const answer = [{ id: 0, ms: 1, detail: "connected from here", outcome: "connected" }];
    const lines = answer.map((each) => JSON.stringify(each)).join("\n");
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > ${record}\ncat > ${record}.stdin\necho '${lines}'\n`);
    chmodSync(program, 0o755);
    docker.play({ version: { stdout: "27.0\n" } });
    assert.deepEqual(verdicts(await proved(windows, port)), [["it is open", "pass", "connected from here"]]);
    const args = readFileSync(record, "utf8").trim().split("\n");
    assert.deepEqual(args.slice(0, 4), ["-F", join("out", "test", "ssh", "config"), "win.test", "powershell"]);
    assert.equal(Buffer.from(args.at(-1)!, "base64").toString("utf16le"), windowsLoader);
    assert.ok(args.slice(3).join(" ").length < longestLine);
    const input = readFileSync(`${record}.stdin`, "utf8");
    assert.match(input, /^[\x20-\x7e]+$/);
    const { script, probes } = JSON.parse(input) as { script: string; probes: string };
    const source = join(__dirname, "..", "..", "..", "components", "checks", "probe.ps1");
    assert.equal(script, readFileSync(source, "utf8"));
    assert.deepEqual(JSON.parse(probes), [{ id: 0, kind: "connect", host: "127.0.0.1", port: 5000, seconds: 2 }]);
  });

  it("are loaded on Windows by a program that is PowerShell", async () => {
    await loadGrammar();
    assert.equal(parsed(windowsLoader).hasError, false);
  });

  it("are made in containers of any host through its own engine", async () => {
    docker.play({ version: { stdout: "27.0\n" }, "exec -i a ": { outcomes } });
    assert.deepEqual(verdicts(await proved(windows, inside)), [["a reaches t", "fail", "connection refused"]]);
    assert.match(docker.calls()[1].call, /^exec -i a powershell /);
  });
});
