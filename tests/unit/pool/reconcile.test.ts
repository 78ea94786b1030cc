import assert from "node:assert/strict";
import { label } from "../../../components/labels";
import { containersOn } from "../../../tools/pool/containers";
import { failed } from "../../../tools/pool/failures";
import { reconcile, removeAll } from "../../../tools/pool/reconcile";
import { engineError, FakeEngine } from "./fake-engine";
import { listed, poolOf, wantedOf } from "./support";

const pool = poolOf();
const ports = (count: number) => Array.from({ length: count }, (_, i) => 8000 + i);

function work(engine: FakeEngine, more: { signal?: AbortSignal; onDone?: (done: number, of: number) => void } = {}) {
  return { parts: containersOn(engine.docker, pool), pool, ...more };
}

/** A container as it was before something of it changed. */
function before(wanted: ReturnType<typeof wantedOf>[number]) {
  return listed(wanted, "running", { Labels: { ...wanted.options.Labels, [label.spec]: "before" } });
}

describe("a pool that is made as declared", () => {
  it("is made from nothing, told as it goes on, and is the same the second time", async () => {
    const wanted = wantedOf(...ports(20));
    const engine = new FakeEngine(wanted);
    const told: string[] = [];
    const first = await reconcile(wanted, work(engine, { onDone: (done, of) => told.push(`${done} of ${of}`) }));
    assert.deepEqual(first.failures, []);
    assert.deepEqual([first.report.changed, first.report.created.length, first.report.kept], [true, 20, 0]);
    assert.deepEqual(
      told,
      Array.from({ length: 20 }, (_, i) => `${i + 1} of 20`),
    );
    const done = engine.log.length;
    const { report } = await reconcile(wanted, work(engine));
    assert.deepEqual(report, {
      changed: false,
      created: [],
      started: [],
      removed: [],
      kept: 20,
      containers: first.report.containers,
    });
    assert.equal(engine.log.length, done);
  });

  it("grows and shrinks by what is new and what is gone", async () => {
    const wanted = wantedOf(...ports(8));
    const found = wanted.slice(0, 5).map((each) => listed(each));
    const engine = new FakeEngine(wanted, found);
    const grown = await reconcile(wanted, work(engine));
    assert.deepEqual(grown.report.created, ["app-8005", "app-8006", "app-8007"]);
    assert.ok(found.every(({ Id }) => engine.containers.has(Id)));
    const shrunk = await reconcile(
      wanted.filter((_, i) => i !== 2),
      work(engine),
    );
    assert.deepEqual([shrunk.report.removed, shrunk.report.created, shrunk.report.kept], [["app-8002"], [], 7]);
    assert.notEqual(shrunk.report.containers, grown.report.containers);
  });

  it("is replaced a few at a time", async () => {
    for (const [size, most] of [
      [5, 1],
      [20, 5],
      [100, 8],
    ]) {
      const wanted = wantedOf(...ports(size));
      const engine = new FakeEngine(wanted, wanted.map(before));
      const { report } = await reconcile(wanted, work(engine));
      assert.equal(report.created.length, size);
      assert.equal(engine.mostAway, most);
    }
  });

  it("has what goes leave before what comes, whose port it may have", async () => {
    const [old, replacement] = wantedOf(8000, 8001);
    const engine = new FakeEngine([replacement], [listed(old)]);
    await reconcile([replacement], work(engine));
    assert.deepEqual(engine.log, ["stop app-8000", "remove app-8000", "create app-8001", "start app-8001"]);
  });

  it("starts what is stopped", async () => {
    const wanted = wantedOf(8000);
    const engine = new FakeEngine(wanted, [listed(wanted[0], "exited")]);
    const { report } = await reconcile(wanted, work(engine));
    assert.deepEqual([report.started, report.created, engine.log], [["app-8000"], [], ["start app-8000"]]);
  });

  it("tries all, tries again what failed, and names in one error what cannot be", async () => {
    const wanted = wantedOf(...ports(10));
    const engine = new FakeEngine(wanted);
    let late = true;
    engine.fails = (what) => {
      if (what === "create app-8001" && late) {
        late = false;
        return engineError(409, 'Conflict. The container name "/app-8001" is already in use');
      }
      return /^start app-800[35]/.test(what)
        ? engineError(500, "driver failed: Bind for 127.0.0.1:8003 failed: port is already allocated")
        : undefined;
    };
    const { failures, report } = await reconcile(wanted, work(engine));
    assert.equal(report.created.length, 8);
    assert.equal(engine.log.filter((what) => what === "create app-8003").length, 1);
    const { message, exitCode } = failed(pool, failures, wanted.length);
    assert.equal(exitCode, 1);
    assert.deepEqual(message.split("\n"), [
      '2 of 10 containers of pool "app" failed; the others are done.',
      "  app-8003: port 8003 is taken: driver failed: Bind for 127.0.0.1:8003 failed: port is already allocated",
      "  app-8005: port 8003 is taken: driver failed: Bind for 127.0.0.1:8003 failed: port is already allocated",
    ]);
  });

  it("says so where the engine does not answer", async () => {
    const docker = { listContainers: () => Promise.reject(new Error("connect ENOENT /e.sock")) } as never;
    await assert.rejects(
      reconcile([], { parts: containersOn(docker, pool), pool }),
      /The container engine does not say .*ENOENT/,
    );
  });

  it("goes on with no other container once it is interrupted", async () => {
    const wanted = wantedOf(...ports(30));
    const engine = new FakeEngine(wanted);
    const controller = new AbortController();
    const onDone = () => controller.abort();
    await assert.rejects(reconcile(wanted, work(engine, { signal: controller.signal, onDone })), /abort/i);
    assert.ok(engine.containers.size <= 9, `${engine.containers.size} were made`);
  });
});

describe("a pool that is removed", () => {
  it("is gone, even if some of it goes by itself", async () => {
    const wanted = wantedOf(...ports(40));
    const engine = new FakeEngine(
      wanted,
      wanted.map((each, i) => listed(each, i % 2 ? "exited" : "running")),
    );
    engine.fails = (what) => {
      switch (what) {
        case "stop app-8001":
          return engineError(304, "");
        case "stop app-8002":
          return engineError(404, "No such container: app-8002");
        default:
          return undefined;
      }
    };
    assert.deepEqual(await removeAll(work(engine), "blue"), []);
    assert.deepEqual(engine.names, []);
    assert.deepEqual(await removeAll(work(engine), "blue"), []);
  });

  it("takes one that the engine removes already for gone, and names one that it will not remove", async () => {
    const wanted = wantedOf(8000, 8001, 8002);
    const engine = new FakeEngine(
      wanted,
      wanted.map((each) => listed(each)),
    );
    engine.fails = (what) => {
      switch (what) {
        case "remove app-8000":
          return engineError(409, "removal of container app-8000 is already in progress");
        case "remove app-8001":
          return engineError(500, "device or resource busy");
        default:
          return undefined;
      }
    };
    const failures = await removeAll(work(engine), "blue");
    assert.equal(
      failed(pool, failures).message,
      '1 containers of pool "app" failed; the others are done.\n  app-8001: device or resource busy',
    );
  });
});
