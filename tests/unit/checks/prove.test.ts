import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Check, Expectation, PlacedExpectation } from "../../../components/checks/expectation";
import { prove } from "../../../components/checks/prove";
import { connected, engine, FakeDocker, judged, placed, proved, refused } from "./support";

const target = { host: "10.0.0.1", port: 5000 };
const reach: Expectation = { kind: "reach", name: "a reaches t", from: "a", to: target };

describe("prove", () => {
  let docker: FakeDocker;
  before(() => (docker = new FakeDocker()));
  after(() => docker.remove());

  const outcome = (result: object) => ({ outcomes: { "10.0.0.1:5000": result } });

  it("tries again what does not hold, whether it failed or could not be tested, and nothing that passed", async () => {
    docker.play({
      "exec -i a ": [{ stderr: "Error: No such container: a\n", status: 1 }, outcome(refused), outcome(connected)],
      "exec -i b ": outcome(connected),
    });
    const settled: string[] = [];
    const checks = await proved([placed(reach), placed({ ...reach, from: "b" })], {
      limitSeconds: 60,
      onSettled: ({ from, status }) => settled.push(`${from} ${status}`),
    });
    assert.deepEqual(
      checks.map(({ from, status }) => `${from} ${status}`),
      ["a pass", "b pass"],
    );
    assert.deepEqual(settled, ["b pass", "a pass"]);
    assert.equal(docker.calls().filter(({ call }) => call.startsWith("exec -i a ")).length, 3);
    assert.equal(docker.calls().filter(({ call }) => call.startsWith("exec -i b ")).length, 1);
  });

  it("gives up at the limit with what it saw last", async () => {
    docker.play({ "exec -i a ": outcome(refused) });
    const settled: Check[] = [];
    const start = performance.now();
    const checks = await proved([placed(reach)], { limitSeconds: 4, onSettled: (check) => settled.push(check) });
    assert.ok(performance.now() - start < 15_000);
    assert.ok(docker.calls().length > 1);
    assert.deepEqual(checks, [
      {
        lab: "lab",
        at: "here",
        name: "a reaches t",
        kind: "reach",
        from: "a",
        to: "10.0.0.1:5000",
        status: "fail",
        detail: "connection refused",
        ms: 1,
      },
    ]);
    assert.deepEqual(settled, checks);
  });

  it("makes all probes of a container in one call, on the host's own engine", async () => {
    docker.play({ "exec -i a ": outcome(connected) });
    const here = [placed(reach), placed({ ...reach, name: "again" })];
    const there = placed(reach, { at: "there" });
    const hosts = [engine, { ...engine, name: "there", engine: "tcp://192.0.2.1:2376" }];
    const { checks } = await prove([...here, there], hosts, { environment: "test", limitSeconds: 0 });
    assert.deepEqual(
      checks.map(({ status }) => status),
      ["pass", "pass", "pass"],
    );
    assert.deepEqual(
      docker
        .calls()
        .map(({ host }) => host)
        .sort(),
      ["tcp://192.0.2.1:2376", "unix:///nowhere.sock"],
    );
  });

  it("orders the report by lab, and within each from the foundation to the application", async () => {
    docker.play({});
    const from = { name: "x", from: "a" };
    const url = { url: "http://192.0.2.1/", status: 200, contains: "" };
    const stated: Expectation[] = [
      { ...from, kind: "log", contains: [] },
      { ...from, kind: "answer", ...url },
      { ...from, kind: "no-reach", to: target, control: target },
      { ...from, kind: "reach", to: target },
      { ...from, kind: "shared-listener", owner: "b", port: 80 },
      { ...from, kind: "resolve", host: "b", through: "dns", address: "10.0.0.1" },
      { name: "x", kind: "endpoint", container: "a", network: "n", address: "10.0.0.1" },
      { name: "x", kind: "network", network: "n", driver: "bridge", subnet: "", gateway: "", options: {} },
    ];
    const all: PlacedExpectation[] = [
      placed(reach, { lab: "second" }),
      ...stated.map((each) => placed(each, { lab: "first" })),
      placed({ ...from, kind: "log", contains: [] }, { lab: "second" }),
    ];
    const checks = await proved(all);
    assert.deepEqual(
      checks.map(({ lab, kind }) => `${lab} ${kind}`),
      [
        "second reach",
        "second log",
        "first network",
        "first endpoint",
        "first resolve",
        "first shared-listener",
        "first reach",
        "first no-reach",
        "first answer",
        "first log",
      ],
    );
    assert.ok(checks.every(({ status }) => status !== "pass"));
  });

  it("has nothing to report where nothing is expected", async () => {
    assert.deepEqual(await prove([], [engine], { environment: "test", limitSeconds: 60 }), {
      environment: "test",
      checks: [],
    });
  });

  it("ends at once when it is stopped, in a call and in a pause", async () => {
    for (const reply of [{ sleep: 60_000 }, outcome(refused)]) {
      docker.play({ "exec -i a ": reply });
      const start = performance.now();
      const signal = AbortSignal.timeout(1500);
      await assert.rejects(proved([placed(reach)], { limitSeconds: 600, signal }), { name: /^(Timeout|Abort)Error$/ });
      assert.ok(performance.now() - start < 10_000);
    }
  });
});

describe("an answer to the operator", () => {
  let server: Server;
  let respond: RequestListener;
  before(async () => {
    server = createServer((request, response) => respond(request, response));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const page = (url: string): Expectation => ({
    kind: "answer",
    name: "the page is there",
    from: "operator",
    url,
    status: 200,
    contains: "It works!",
  });
  const own = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  it("passes with the status and the text", async () => {
    respond = (_, response) => response.end("<h1>It works!</h1>");
    assert.deepEqual(await judged(page(own())), { status: "pass", detail: "HTTP 200: <h1>It works!</h1>" });
  });

  it("fails with another status, and does not follow elsewhere", async () => {
    respond = (_, response) => response.writeHead(302, { location: "/" }).end("It works!");
    const { status, detail } = await judged(page(own()));
    assert.equal(status, "fail");
    assert.equal(detail, 'HTTP 302: It works!, not 200 with "It works!"');
  });

  it("fails where nobody answers", async () => {
    respond = () => undefined;
    const { status, detail } = await judged(page(own()));
    assert.deepEqual({ status, detail }, { status: "fail", detail: 'no answer, not 200 with "It works!"' });
  });

  it("fails where nothing listens", async () => {
    const { status, detail } = await judged(page("http://127.0.0.1:1/"));
    assert.deepEqual({ status, detail: detail.split(",")[0] }, { status: "error", detail: "bad port" });
    const free = createServer();
    await new Promise<void>((listening) => free.listen(0, "127.0.0.1", listening));
    const { port } = free.address() as AddressInfo;
    await new Promise((closed) => free.close(closed));
    assert.deepEqual(await judged(page(`http://127.0.0.1:${port}/`)), {
      status: "fail",
      detail: 'connection refused, not 200 with "It works!"',
    });
  });
});
