import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { proberCommand } from "../../../components/checks/prober";
import { anyRule } from "../../../components/network/acl/rule";
import type { StackCommand, StackTarget } from "../../../components/network/dialect";
import type { EndpointSpec, StackSpec } from "../../../components/network/topology";
import { windowsAclCommand } from "../../../components/network/windows/acl";
import { windowsStackCommand } from "../../../components/network/windows/network-stack";
import { bootstrap, longestLine } from "../../../components/network/windows/powershell";
import { allWrongs } from "./calls";
import { loadGrammar, parsed } from "./grammar";

const root = join(__dirname, "..", "..", "..");

/** Every script of the repository, those that nobody has added to it yet among them. */
function scripts(): string[] {
  const listed = ["ls-files", "--cached", "--others", "--exclude-standard", "--", "*.ps1"];
  return execFileSync("git", listed, { cwd: root, encoding: "utf8" }).trim().split("\n");
}

const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** Scripts that are only ever run together. */
const together = ["bootstrap", "remoting"].map((name) => `components/azure/bootstrap/windows/${name}.ps1`);

/** Those whose functions are at hand for a script. */
function companionsOf(file: string): string[] {
  return together.includes(file) ? together.filter((each) => each !== file) : ["components/network/windows/docker.ps1"];
}

describe("PowerShell scripts", () => {
  before(loadGrammar);

  it("are held to a grammar that knows PowerShell from what is none", () => {
    assert.equal(parsed("if ($x { }").hasError, true);
    assert.equal(parsed("if ($x) { }").hasError, false);
  });

  const wrong: [string, string, string[]][] = [
    ["an unknown parameter of a cmdlet", "New-NetRoute -Destination $x", ["Destination"]],
    ["one in a table", "$t = @{ Gateway = 1 }\nNew-NetRoute @t", ["Gateway"]],
    ["a table from nowhere", "New-NetRoute @t", ["@t, which is assigned nowhere here"]],
    ["a command that nobody declares", "Get-Nothing", ["it is nobody's"]],
    ["a parameter that a function lacks", "function F { param($A) }\nF -A 1 -B 2", ["B"]],
    ["one that it needs", "function F { param($A, $B = 1, [switch] $C) }\nF", ["A is missing"]],
    ["one too many without a name", "function F($A) { }\nF 1 2", ["too many arguments"]],
    ["one in a string", 'function F { param($A) }\n"$(F -B 1)"', ["B", "A is missing"]],
    ["none", "function F { param($A, [switch] $B) }\nF -A 1 -B\nF 1", []],
  ];
  for (const [what, script, found] of wrong) {
    it(`are checked for ${what}`, () => {
      assert.deepEqual(
        allWrongs(parsed(script)).map((each) => each.replace(/^.*: /s, "")),
        found,
      );
    });
  }

  it("are there", () => {
    const expected = ["components/checks/probe.ps1", "components/network/windows/network-stack.ps1"];
    assert.deepEqual(
      expected.filter((file) => !scripts().includes(file)),
      [],
    );
  });

  for (const file of scripts()) {
    const tests = file.endsWith(".Tests.ps1");

    it(`${file} is PowerShell, and ASCII, as Windows PowerShell takes other files to be`, () => {
      const text = textOf(file);
      assert.equal(parsed(text).hasError, false);
      assert.match(text, /^[\n\x20-\x7e]*$/);
    });

    if (!tests) {
      it(`${file} calls what there is, with the parameters that it declares`, () => {
        const companions = companionsOf(file).map((each) => parsed(textOf(each)));
        assert.deepEqual(allWrongs(parsed(textOf(file)), companions), []);
      });
    }
  }
});

const target: StackTarget = { containerId: "a".repeat(64), generation: "2026-11-21T08:09:10.123456789Z" };
const listen = { address: "169.254.169.254", port: 80 };
const spec: StackSpec = {
  addresses: [{ address: listen.address }, { address: "10.1.0.7", endpoint: "10.1.0.1" }],
  routes: [
    { destination: "169.254.169.254/32", endpoint: "10.1.0.1" },
    { destination: "10.9.0.0/16", nextHop: "10.1.0.254", endpoint: "10.1.0.1" },
  ],
  portProxies: [{ listen, connect: { address: "10.1.0.2", port: 80 } }],
};
const endpoint: EndpointSpec = {
  network: "policies",
  address: "10.1.0.1",
  aliases: [],
  acl: [anyRule("In", "Block", 100)],
};

interface Document {
  readonly data: Record<string, unknown>;
  readonly scripts: readonly string[];
}

const documentOf = (text: string): Document => JSON.parse(text) as Document;
const programOf = (line: string): string => Buffer.from(line.split(" ").at(-1)!, "base64").toString("utf16le");

/** What is wrong with a program's calls, given the scripts that it reads. */
const wrongsOf = (program: string, { scripts: read }: Document): string[] =>
  allWrongs(parsed(program), read.map(parsed));

describe("the command lines of the Windows dialect", () => {
  before(loadGrammar);

  const commands: [string, StackCommand][] = [
    ["a network stack", windowsStackCommand(spec)],
    ["an ACL", windowsAclCommand(endpoint)],
  ];
  for (const [what, command] of commands) {
    for (const action of ["create", "delete"] as const) {
      const line = command.lines(target)[action];

      it(`${what}, ${action}: are short, and the same in every shell`, () => {
        assert.ok(line.length < longestLine / 2, String(line.length));
        assert.match(line, /^powershell( -[A-Za-z]+| Text| [A-Za-z0-9+/=]+)+$/);
      });

      it(`${what}, ${action}: call a function of their scripts as it is declared`, () => {
        const program = programOf(line);
        assert.equal(parsed(program).hasError, false, program);
        assert.deepEqual(wrongsOf(program, documentOf(command.stdin)), []);
        assert.match(program, new RegExp(`-Action ${action === "create" ? "apply" : "remove"} -Container a{64} -Data`));
      });
    }

    it(`${what}: name the last stop when they apply, so that they run again after a restart, and only then`, () => {
      assert.match(programOf(command.lines(target).create), /^# stopped 2026-11-21T08:09:10\.123456789Z\n/);
      assert.doesNotMatch(programOf(command.lines(target).delete), /stopped/);
      assert.ok(!command.stdin.includes(target.containerId), "what a preview shows must not hang on the container");
    });

    it(`${what}: read a document of ASCII on one line`, () => {
      assert.match(command.stdin, /^\{[\x20-\x7e]*\}$/);
    });
  }

  it("do not depend on the data, whatever it holds", () => {
    const evil = { ...endpoint, network: "x'; Remove-Item C:\\ #\u00e9\u{1f600}" };
    const { stdin, lines } = windowsAclCommand(evil);
    assert.deepEqual(lines(target), windowsAclCommand(endpoint).lines(target));
    assert.match(stdin, /^[\x20-\x7e]*$/);
    assert.equal((JSON.parse(documentOf(stdin).data.request as string) as EndpointSpec).network, evil.network);
  });

  it("take nothing for an id or a time that is none", () => {
    for (const bad of [{ containerId: "web" }, { generation: "never\nRemove-Item" }, { generation: "" }]) {
      assert.throws(() => windowsAclCommand(endpoint).lines({ ...target, ...bad }), /^Error: not /);
      assert.throws(() => windowsStackCommand(spec).lines({ ...target, ...bad }), /^Error: not /);
    }
  });

  it("have, inside the container, one that is as short, with all that the stack is to hold", () => {
    const { command, document } = documentOf(windowsStackCommand(spec).stdin).data as {
      command: string[];
      document: string;
    };
    assert.ok(command.join(" ").length < longestLine / 2);
    const inner = documentOf(document);
    const program = programOf(command.join(" "));
    assert.equal(program, bootstrap("Sync-NetworkStack -Action $env:ACTION"));
    assert.deepEqual(wrongsOf(program, inner), []);
    assert.deepEqual(inner.data, {
      addresses: [
        { address: "169.254.169.254", endpoint: null },
        { address: "10.1.0.7", endpoint: "10.1.0.1" },
      ],
      routes: [
        { destination: "169.254.169.254/32", nextHop: "0.0.0.0", endpoint: "10.1.0.1" },
        { destination: "10.9.0.0/16", nextHop: "10.1.0.254", endpoint: "10.1.0.1" },
      ],
      portProxies: spec.portProxies,
    });
  });

  it("hand the prober's script over whole", () => {
    assert.deepEqual(allWrongs(parsed(programOf(proberCommand("windows").join(" ")))), []);
  });
});
