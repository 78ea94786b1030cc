import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { measured } from "../../../tools/bench/measure";
import { parseResident, parseStat } from "../../../tools/bench/process-tree";

const run = promisify(execFile);
const node = (script: string) => run(process.execPath, ["-e", script]);

describe("what processes take", () => {
  it("is read from a line of /proc whose program name has brackets and spaces", () => {
    const times = "123 45 600 70";
    const line = `4711 (a) b (c)) S 1 4711 4711 0 -1 4194304 9 8 7 6 ${times} 20 0 11 0 987654 2222 3333 18446744073709551615`;
    assert.deepEqual(parseStat(line), { started: "987654", cpuSeconds: 1.23 + 0.45, waitedForSeconds: 6 + 0.7 });
  });

  it("has no memory for a process that has ended", () => {
    assert.equal(parseResident("Name:\tnode\nVmHWM:\t  4096 kB\nVmRSS:\t    2048 kB\nThreads:\t11\n"), 2);
    assert.equal(parseResident("Name:\tnode\nState:\tZ (zombie)\nThreads:\t1\n"), 0);
  });

  describe("as measured", function () {
    this.timeout(60_000);

    before(function () {
      if (process.platform !== "linux") {
        this.skip();
      }
    });

    it("counts the processor time and the memory of a process and of the one that it starts", async () => {
      const busy = "const end = Date.now() + 5000; while (process.cpuUsage().user < 400000 && Date.now() < end);";
      const large = "globalThis.kept = Buffer.alloc(150 * 1024 * 1024, 1);";
      const inner = JSON.stringify(large + busy);
      const outer = `${large + busy} require("node:child_process").execFileSync(process.execPath, ["-e", ${inner}]);`;
      const use = await measured(() => node(outer));
      assert.ok(use.cpuSeconds >= 0.8, `two processes of 0.4 s each took ${use.cpuSeconds} s`);
      assert.ok(use.peakMiB >= 300, `two processes of 150 MiB each had ${use.peakMiB} MiB`);
      assert.ok(use.seconds > 0.4, `it took ${use.seconds} s`);
    });

    it("counts nothing of what ran before, and hardly anything for a process that waits", async () => {
      await node("const end = Date.now() + 400; while (Date.now() < end);");
      const use = await measured(() => run("sleep", ["0.5"]));
      assert.ok(use.cpuSeconds < 0.2, `sleep took ${use.cpuSeconds} s`);
      assert.ok(use.seconds >= 0.5 && use.peakMiB > 0 && use.peakMiB < 60, JSON.stringify(use));
    });

    it("does not count a service that was there before, nor what it starts meanwhile", async () => {
      const large = "globalThis.kept = Buffer.alloc(150 * 1024 * 1024, 1);";
      const child = JSON.stringify(`${large} setTimeout(() => {}, 60000);`);
      const begun = `require("node:child_process").spawn(process.execPath, ["-e", ${child}]).on("spawn", () => console.log("begun"))`;
      const service = spawn(process.execPath, ["-e", `process.stdin.once("data", () => ${begun})`], { detached: true });
      try {
        const use = await measured(async () => {
          service.stdin.write("go\n");
          await once(service.stdout, "data");
          await run("sleep", ["0.5"]);
        });
        assert.ok(use.peakMiB < 60, `sleep had ${use.peakMiB} MiB`);
      } finally {
        process.kill(-service.pid!, "SIGKILL");
      }
    });

    it("hands on the error of what failed", async () => {
      await assert.rejects(
        measured(() => run("false")),
        /Command failed/,
      );
    });
  });
});
