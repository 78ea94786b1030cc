import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { colours } from "../../../tools/terminal/colours";
import { FakeMachine, recordedProgress, recorder } from "./support";

const ESCAPE = "\u001b";

describe("progress", () => {
  let machine: FakeMachine;
  let noColor: string | undefined;
  beforeEach(() => {
    machine = new FakeMachine();
    noColor = process.env.NO_COLOR;
    delete process.env.NO_COLOR;
  });
  afterEach(() => {
    machine.remove();
    if (noColor !== undefined) {
      process.env.NO_COLOR = noColor;
    } else {
      delete process.env.NO_COLOR;
    }
  });

  it("is plain lines where there is no terminal, and hands on what the work returns", async () => {
    const { progress, shown } = recordedProgress(machine);
    assert.equal(await progress.step("Build", () => Promise.resolve(7)), 7);
    assert.match(shown(), /^Build: started\nBuild: done in 0\.\d s\n$/);
  });

  it("gives a sign of life in between, with what is being done", async () => {
    const { progress, shown } = recordedProgress(machine, { heartbeat: 20 });
    await progress.step("Build", async ({ detail }) => {
      detail("3 of 4");
      await sleep(60);
    });
    assert.match(shown(), /^Build: started\n(Build: 0\.\d s \(3 of 4\)\n)+Build: done in 0\.\d s\n$/);
  });

  it("names a failed step's log and shows its end", async () => {
    const { progress, shown } = recordedProgress(machine);
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);
    const failing = progress.step("Pulumi CLI: build", ({ log }) => {
      appendFileSync(log, lines.join("\n"));
      return Promise.reject(new Error("no"));
    });
    await assert.rejects(failing, /^Error: no$/);
    const log = join(machine.state, "logs", "pulumi-cli-build.log");
    const end = lines.slice(5).map((line) => `    ${line}\n`);
    assert.equal(
      shown().replace(/\d\.\d s/, "0.0 s"),
      `Pulumi CLI: build: started\n✗ Pulumi CLI: build: failed after 0.0 s, log in ${log}, which ends:\n${end.join("")}`,
    );
  });

  it("does not show the log of an earlier run", async () => {
    const { progress, shown } = recordedProgress(machine);
    await progress.step("Build", ({ log }) => Promise.resolve(appendFileSync(log, "old\n")));
    await assert.rejects(progress.step("Build", () => Promise.reject(new Error("no"))));
    assert.doesNotMatch(shown(), /old/);
  });

  it("calls a step stopped, not failed, after Ctrl-C", async () => {
    const interruption = new AbortController();
    const { progress, shown } = recordedProgress(machine, { signal: interruption.signal });
    const stopped = progress.step("Build", () => {
      interruption.abort();
      return Promise.reject(new Error("killed"));
    });
    await assert.rejects(stopped);
    assert.match(shown(), /\nBuild: stopped after 0\.\d s\n$/);
  });

  it("calls a step stopped that ends with the error of another one", async () => {
    const { progress, shown } = recordedProgress(machine);
    const error = new Error("no Go");
    await assert.rejects(progress.step("A", () => Promise.reject(error)));
    await assert.rejects(progress.step("B", () => Promise.reject(error)));
    assert.match(shown(), /✗ A: failed after [^]*\nB: stopped after/);
  });

  it("keeps a line for each step that runs on a terminal, and erases no more than it drew", async () => {
    const { progress, shown } = recordedProgress(machine, { tty: true });
    await Promise.all([
      progress.step("one", () => sleep(30)),
      progress.step("two", async () => {
        await sleep(60);
        progress.line("a word in between");
      }),
    ]);
    assert.deepEqual(
      screen(shown()).map((line) => line.replace(/\d\.\d s/, "T")),
      ["✓ one T", "a word in between", "✓ two T", ""],
    );
  });

  it("cuts a line that would wrap", async () => {
    const { progress, shown } = recordedProgress(machine, { tty: true });
    await progress.step("x".repeat(200), () => sleep(10));
    const drawn = shown().split("\n")[0];
    assert.equal(drawn.length, 59);
  });

  it("has colours on a terminal only, and not with NO_COLOR", () => {
    assert.equal(colours(recorder(true)).green("ok"), `${ESCAPE}[32mok${ESCAPE}[39m`);
    assert.equal(colours(recorder(false)).green("ok"), "ok");
    process.env.NO_COLOR = "1";
    assert.equal(colours(recorder(true)).green("ok"), "ok");
  });
});

/** What a terminal shows after this output: lines, cursor up, erase to the end of the screen. */
function screen(output: string): string[] {
  const lines = [""];
  let row = 0;
  for (const [token] of output.matchAll(/\u001b\[\d*[A-Za-z]|\n|[^\u001b\n]+/g)) {
    const up = /^\u001b\[(\d+)A$/.exec(token);
    if (up !== null) {
      row -= Number(up[1]);
    } else if (token === `${ESCAPE}[J`) {
      lines.splice(row, lines.length, "");
    } else if (token === "\n") {
      row += 1;
      lines[row] ??= "";
    } else if (!token.startsWith(ESCAPE)) {
      lines[row] += token;
    }
  }
  return lines;
}
