import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examplesOf, patternOf } from "../engine/examples";
import { labsBeside, translator } from "../engine/labs-beside";
import { TestEnvironment } from "../engine/support";
import { writeLab, written } from "../unit/docs/own-lab";

const root = join(__dirname, "..", "..");

/** Does what a page says, in its order and in an environment of the tests' own, and expects what it says it prints. */
function follow(
  page: string,
  number: number,
  translated: (text: string) => string,
  prepare: (env: TestEnvironment) => void,
) {
  describe(page, () => {
    let env: TestEnvironment;
    before(() => {
      env = new TestEnvironment(number);
      prepare(env);
    });
    after(() => env.remove());

    for (const { commands, expected } of examplesOf(readFileSync(join(root, "docs", page), "utf8"))) {
      it(commands.split("\n")[0], () => {
        const { stdout, stderr } = spawnSync("bash", ["-c", translated(commands)], {
          cwd: env.folder,
          env: env.env,
          encoding: "utf8",
        });
        assert.ok(expected.length > 0);
        for (const line of expected) {
          assert.match(stdout, patternOf(translated(line)), stdout + stderr);
        }
      });
    }

    it("leaves nothing", () => assert.deepEqual(env.left(), []));
  });
}

/** Text with the lab's own settings where a page's stack file has it. */
function settled(text: string, lab: string, settings: object): string {
  return text.replace(new RegExp(`^( +)${lab}:( \\{\\})?$`, "gm"), (_, indent: string) => {
    const lines = Object.entries(settings).map(([key, value]) => `\n${indent}  ${key}: ${JSON.stringify(value)}`);
    return `${indent}${lab}:${lines.join("")}`;
  });
}

describe("pages that lead from nothing to nothing", function () {
  this.timeout(600_000);

  const first = 59;
  const ours = labsBeside(first)["endpoint-policies"];
  const translate = translator("endpoint-policies", ours);
  // The network's name is a setting's name, too.
  const named = (text: string) => translate(text).replace(/^( +)t\d+-policies:$/gm, "$1policies:");
  follow(
    "first-lab.md",
    first,
    (text) =>
      settled(named(text), "endpoint-policies", ours).replace(/(--environment |Pulumi\.)first\b/g, `$1test-${first}`),
    () => undefined,
  );

  const own = 60;
  const dmz = { prefix: `t${own}-dmz`, front: `10.208.${own}.0/25`, back: `10.208.${own}.128/25` };
  follow(
    "write-your-own-lab.md",
    own,
    (text) =>
      text
        .replace(/\bdmz-(gateway|client|server|neighbour)/g, `${dmz.prefix}-$1`)
        .replace(/10\.91\.0\.(\d)/g, `10.208.${own}.$1`)
        .replace(/10\.91\.1\.(\d)/g, (_, n: string) => `10.208.${own}.${128 + Number(n)}`)
        .replace(/--environment dmz\b/g, `--environment test-${own}`),
    (env) => {
      writeLab(env.folder);
      const file = join(env.folder, "stacks", `Pulumi.test-${own}.yaml`);
      writeFileSync(file, written.environment.replace("{ dmz: {} }", `{ dmz: ${JSON.stringify(dmz)} }`));
    },
  );
});
