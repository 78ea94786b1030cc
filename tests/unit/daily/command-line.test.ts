import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../../../tools/command";
import { script } from "../../../tools/commands/completion";
import { callOf, commandHelp, commandList } from "../../../tools/help";
import { commandsOf, parse } from "../../../tools/main";

const root = join(__dirname, "..", "..", "..");
const command: Command = {
  summary: "Do it",
  options: { json: { type: "boolean" }, limit: { type: "string" } },
  examples: [
    ["npm run it", "once"],
    ["npm run it -- --json", "for programs"],
  ],
  run: async () => 0,
};

describe("the command line", () => {
  it("helps with a command's options, and calls to copy", () => {
    assert.deepEqual(commandHelp("it", command).split("\n"), [
      "npm run it: Do it.",
      "",
      "Options: --json, --limit …, --environment NAME (local), --help",
      "",
      "Examples:",
      "  npm run it            once",
      "  npm run it -- --json  for programs",
      "",
    ]);
    assert.doesNotMatch(commandHelp("it", { ...command, examples: undefined }), /Examples/);
  });

  it("lists the commands as npm's scripts, and all of them are", () => {
    const names = commandsOf().map(([name]) => name);
    const text = commandList(commandsOf());
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
    assert.deepEqual(
      names.filter((name) => !Object.hasOwn(scripts, name.replace("-", ":"))),
      [],
    );
    for (const name of names) {
      assert.ok(text.includes(`  ${callOf(name)} `), name);
    }
    assert.deepEqual(
      ["pool", "builder", "credentials"].filter((name) => names.includes(name)),
      [],
    );
  });

  for (const [name, { examples = [] }] of commandsOf()) {
    it(`shows how to call ${name}, with options that there are`, () => {
      assert.ok(examples.length > 0, name);
      const called = examples.map(([call]) => {
        const [, itsName, args] = /(?:npm (?:run )?(?:-s )?|^labs )([a-z:]+)([^)]*)/.exec(call) ?? [];
        const words = args?.split(" ").filter((word) => word !== "" && word !== "--") ?? [];
        const asked = commandsOf().find(([each]) => each === itsName?.replace(":", "-"));
        assert.ok(asked, call);
        assert.doesNotThrow(() => parse(...asked, words), call);
        return asked[0];
      });
      assert.ok(called.includes(name), called.join());
    });
  }

  const passing: Command = { ...command, allowPositionals: true, passesOn: true };
  for (const [typed, environment, positionals] of [
    ["one -- ls -l", "local", ["one", "ls", "-l"]],
    ["one ls -l", "local", ["one", "ls", "-l"]],
    ["-e far one ls --json", "far", ["one", "ls", "--json"]],
    ["one --environment far ls --environment near", "far", ["one", "ls", "--environment", "near"]],
    ["one -- -x -- y", "local", ["one", "-x", "--", "y"]],
    ["one", "local", ["one"]],
    ["", "local", []],
  ] as const) {
    it(`hands another command over as it is: exec ${typed}`, () => {
      const parsed = parse("exec", passing, typed.split(" ").filter(Boolean));
      assert.deepEqual([parsed.values.environment, parsed.positionals], [environment, positionals]);
    });
  }

  it("refuses what it does not know, in a sentence", () => {
    assert.throws(() => parse("it", command, ["--jsn"]), { message: "it: Unknown option '--jsn'." });
    assert.throws(() => parse("exec", passing, ["--jsn", "one"]), { message: "exec: Unknown option '--jsn'." });
  });

  describe("completed by bash", () => {
    const complete = (...words: string[]): string[] => {
      const text = `${script(
        root,
        [
          ["it", command],
          ["logs", command],
        ],
        ["docker-networks", "imds-proxy"],
      )}
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _labs; echo "\${COMPREPLY[*]}"`;
      const { stdout, stderr } = spawnSync("bash", ["-c", text, "bash", "labs", ...words], { encoding: "utf8" });
      assert.equal(stderr, "");
      return stdout.trim().split(" ").filter(Boolean);
    };
    before(function () {
      if (process.platform === "win32") {
        this.skip();
      }
    });

    it("has commands, then options, environments and labs", () => {
      assert.deepEqual(complete(""), ["it", "logs"]);
      assert.deepEqual(complete("l"), ["logs"]);
      assert.deepEqual(complete("it", "--"), ["--json", "--limit", "--environment", "--help"]);
      assert.deepEqual(complete("it", "--environment", "remote"), ["remote-test"]);
      assert.deepEqual(complete("it", "-e", "azure"), ["azure-linux", "azure-windows"]);
      assert.deepEqual(complete("logs", "im"), ["imds-proxy"]);
      assert.deepEqual(complete("it", "--labs", "docker"), ["docker-networks"]);
      assert.deepEqual(complete("unknown", "x"), []);
    });
  });
});
