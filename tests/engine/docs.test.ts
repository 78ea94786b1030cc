import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestEnvironment } from "./support";

const folder = join(__dirname, "..", "..", "docs");

interface Example {
  readonly commands: string;
  readonly expected: readonly string[];
}

/** A page's commands with what it says they print: each `sh` block and the `text` block after it. */
function examplesOf(page: string): Example[] {
  const blocks = /```sh\n([^`]*)```\s+```text\n([^`]*)```/g;
  return [...page.matchAll(blocks)].map(([, commands, expected]) => ({
    commands,
    expected: expected.split("\n").filter((line) => line.trim() !== ""),
  }));
}

/** The page's names, addresses and ports as this test's environment has them, longest first. */
const ours: readonly (readonly [RegExp, string])[] = [
  [/\bchat-server\b/g, "t3-chat-server"],
  [/\bchat-(alice|bob)\b/g, "chat-t3-$1"],
  [/\b(my-server|container[123])\b/g, "t3-$1"],
  [/\b(network inspect) chat\b/g, "$1 t3-chat"],
  [/\b(chat) is addressed/g, "t3-$1 is addressed"],
  [/\b(Alice|Bob)\b/g, "t3-$1"],
  [/192\.168\.1\.0\/24/g, "10.214.3.0/25"],
  [/192\.168\.1\.0\/28/g, "10.214.3.0/28"],
  [/192\.168\.1\.254/g, "10.214.3.126"],
  [/192\.168\.1\.(\d+)/g, "10.214.3.$1"],
  [/192\.168\.2\.1\b/g, "10.214.3.129"],
  [/127\.0\.0\.1:8080/g, "127.0.0.1:18003"],
  [/npm run (\w+)/g, "node tools/run.js $1 --environment test-3"],
];

function translated(text: string): string {
  return ours.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/** White space is as it falls, and `…` stands for anything. */
function pattern(line: string): RegExp {
  const parts = line.split("…").map((part) => part.trim().split(/\s+/).map(escape).join("\\s+"));
  return new RegExp(parts.join(".*"), "m");
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

describe("the pages in docs", function () {
  this.timeout(180_000);
  let env: TestEnvironment;

  before(() => {
    env = new TestEnvironment(3);
    const { code, stdout, stderr } = env.run("up");
    assert.equal(code, 0, stdout + stderr);
    // The page shows what there is once the clients have spoken.
    assert.equal(env.run("verify").code, 0);
  });
  after(() => env.remove());

  for (const page of readdirSync(folder).filter((name) => name.endsWith(".md"))) {
    const examples = examplesOf(readFileSync(join(folder, page), "utf8"));
    it(`${page} has commands`, () => assert.ok(examples.length >= 3));
    for (const { commands, expected } of examples) {
      it(`${page}: ${commands.split("\n")[0]}`, () => {
        const { stdout, stderr } = spawnSync("bash", ["-c", translated(commands)], {
          cwd: env.folder,
          env: env.env,
          encoding: "utf8",
        });
        for (const line of expected) {
          assert.match(stdout, pattern(translated(line)), stderr);
        }
      });
    }
  }
});
