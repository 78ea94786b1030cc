import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { labs } from "../../../components/labs";
import { loadGrammar, parsed } from "./grammar";

const root = join(__dirname, "..", "..", "..");
const folder = join(root, ".github", "workflows");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
}

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly Step[]; readonly strategy?: { readonly matrix: { lab: string[] } } }>
  >;
}

const workflow = (file: string): Workflow => parse(readFileSync(join(folder, file), "utf8")) as Workflow;
const steps = (file: string): Step[] => Object.values(workflow(file).jobs).flatMap((job) => job.steps);

describe("workflows", () => {
  before(loadGrammar);

  for (const file of readdirSync(folder)) {
    it(`${file} pins its actions by commit`, () => {
      const used = steps(file).flatMap(({ uses }) => uses ?? []);
      assert.ok(used.length > 0);
      assert.deepEqual(
        used.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action)),
        [],
      );
    });

    it(`${file} runs scripts that there are`, () => {
      const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
      const called = steps(file).flatMap(({ run = "" }) => /^npm (?:run )?(\w+)/.exec(run)?.[1] ?? []);
      assert.deepEqual(
        called.filter((name) => name !== "ci" && !(name in scripts)),
        [],
      );
    });
  }

  it("have PowerShell in their steps for Windows", () => {
    const texts = steps("windows.yml").flatMap(({ shell, run }) => (shell === "powershell" ? [run!] : []));
    assert.equal(texts.length, 2);
    assert.deepEqual(
      texts.filter((text) => parsed(text).hasError),
      [],
    );
  });

  it("bring up labs that there are", () => {
    const { lab } = workflow("windows.yml").jobs.lab.strategy!.matrix;
    assert.deepEqual(
      lab.filter((name) => !(name in labs)),
      [],
    );
  });
});
