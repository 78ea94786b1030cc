import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { examplesOf, patternOf } from "./examples";
import { labsBeside, translator } from "./labs-beside";
import { TestEnvironment } from "./support";

const folder = join(__dirname, "..", "..", "docs");

const number = 3;
const labs = labsBeside(number);

/** What no topology knows, by page. */
const further: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  "docker-networks": [[/\b(Alice|Bob)\b/g, `t${number}-$1`]],
  "image-builder": [[/\blocal\/(artefacts|image-builder)\b/g, `test-${number}/$1`]],
};

function translated(page: string, text: string): string {
  const ours = translator(page, labs[page as keyof typeof labs])(text);
  const commands = ours
    .replace(/npm run (\w+)/g, `node tools/run.js $1 --environment test-${number}`)
    .replace(/pulumi (stack output)/g, `eval "$(node tools/run.js env)"; pulumi $1 --stack test-${number}`);
  return (further[page] ?? []).reduce((result, [pattern, word]) => result.replace(pattern, word), commands);
}

describe("the pages in docs", function () {
  this.timeout(300_000);
  let env: TestEnvironment;

  before(() => {
    env = new TestEnvironment(number);
    env.settleLabs(labs);
    const { code, stdout, stderr } = env.run("up");
    assert.equal(code, 0, stdout + stderr);
    // The pages show what there is once the clients have spoken.
    assert.equal(env.run("verify").code, 0);
  });
  after(() => env.remove());

  for (const page of Object.keys(labs)) {
    const examples = examplesOf(readFileSync(join(folder, `${page}.md`), "utf8"));
    it(`${page} has commands`, () => assert.ok(examples.length >= 3));
    for (const { commands, expected } of examples) {
      it(`${page}: ${commands.split("\n")[0]}`, () => {
        const { stdout, stderr } = spawnSync("bash", ["-c", translated(page, commands)], {
          cwd: env.folder,
          env: env.env,
          encoding: "utf8",
        });
        for (const line of expected) {
          assert.match(stdout, patternOf(translated(page, line)), stderr);
        }
      });
    }
  }
});
