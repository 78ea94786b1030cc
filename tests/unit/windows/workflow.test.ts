import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { labs } from "../../../components/labs";
import { parseSettings } from "../../../components/settings";
import { labEnvironment, labStackFile } from "../../windows/lab-environment";
import { loadGrammar, parsed } from "./grammar";

const root = join(__dirname, "..", "..", "..");
const folder = join(root, ".github", "workflows");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly if?: string;
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
      const texts = steps(file).map(({ run = "" }) => run);
      const called = texts.flatMap((text) =>
        [...text.matchAll(/\bnpm (?:run (?:-s )?)?(\w+)/g)].map(([, name]) => name),
      );
      assert.deepEqual(
        called.filter((name) => name !== "ci" && !(name in scripts)),
        [],
      );
    });
  }

  it("have PowerShell in their steps for Windows", () => {
    const texts = steps("windows.yml").flatMap(({ shell, run }) => (shell === "powershell" ? [run!] : []));
    assert.equal(texts.length, 3);
    assert.deepEqual(
      texts.filter((text) => parsed(text).hasError),
      [],
    );
  });

  it("bring every lab up on a Windows machine of its own, prove it and take it down", () => {
    const { strategy, steps: all } = workflow("windows.yml").jobs.lab;
    assert.deepEqual(new Set(strategy!.matrix.lab), new Set(Object.keys(labs)));
    const environment = labEnvironment("${{ matrix.lab }}");
    const commands = all.flatMap(({ run = "" }) =>
      run.includes(` --environment ${environment}`) ? run.split(" -- ") : [],
    );
    assert.deepEqual(
      commands.filter((each) => each.startsWith("npm ")),
      ["npm start", "npm run verify", "npm run destroy"],
    );
    assert.equal(all.at(-1)!.if, "always()");
  });

  for (const lab of Object.keys(labs)) {
    it(`have settings for ${lab} that one Windows machine can be given`, () => {
      const { config } = labStackFile(lab);
      const own = Object.entries(config).filter(([key]) => key.startsWith("container-network-labs:"));
      const raw = Object.fromEntries(own.map(([key, value]) => [key.replace(/^.+:/, ""), value]));
      const { placed } = parseSettings(raw, labEnvironment(lab), true, true);
      assert.deepEqual(
        placed.map(({ lab: name, host }) => [name, host.kind, host.os]),
        [[lab, "local", "windows"]],
      );
    });
  }

  it("run programs of the tests that there are", () => {
    const files = steps("windows.yml").flatMap(({ run = "" }) => /tests\/\S+\.ts/.exec(run) ?? []);
    assert.equal(files.length, 2);
    assert.deepEqual(
      files.filter((file) => !existsSync(join(root, file))),
      [],
    );
  });
});
