import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Language, Parser } from "web-tree-sitter";
import { proberCommand } from "../../../components/checks/prober";

const checks = join(__dirname, "..", "..", "..", "components", "checks");
const source = (file: string): string => readFileSync(join(checks, file), "utf8");

describe("the prober's command", () => {
  it("is isolated Python on Linux", () => {
    assert.deepEqual(proberCommand("linux"), ["python3", "-I", "-c", source("probe.py")]);
  });

  it("is an encoded PowerShell script on Windows", () => {
    const [script, ...before] = proberCommand("windows").reverse();
    assert.deepEqual(before.reverse(), ["powershell", "-NoProfile", "-NonInteractive", "-EncodedCommand"]);
    assert.equal(Buffer.from(script, "base64").toString("utf16le"), source("probe.ps1"));
  });

  it("is no longer than Windows takes", () => {
    // CreateProcess: 32,767 characters, the closing zero among them (learn.microsoft.com, CreateProcessW).
    assert.ok(proberCommand("windows").join(" ").length < 32_767);
  });
});

describe("probe.ps1", () => {
  let parser: Parser;
  before(async () => {
    await Parser.init();
    const grammar = require.resolve("tree-sitter-powershell/package.json").replace("package.json", "");
    parser = new Parser();
    parser.setLanguage(await Language.load(join(grammar, "tree-sitter-powershell.wasm")));
  });

  const root = (script: string) => parser.parse(script)!.rootNode;
  /** Names that the nodes of a type hold. */
  const names = (type: string): string[] =>
    root(source("probe.ps1"))
      .descendantsOfType(type)
      .map((node) => node!.text);

  it("is PowerShell", () => {
    assert.equal(root("if ($x { }").hasError, true);
    assert.equal(root(source("probe.ps1")).hasError, false);
  });

  it("calls no command but its own functions and those of Windows PowerShell", () => {
    const builtIn = ["Add-Type", "ConvertFrom-Json", "ConvertTo-Json", "ForEach-Object", "Get-Content", "Get-Process"];
    const networking = ["Get-NetTCPConnection", "Resolve-DnsName"];
    const others = ["New-Object", "Select-Object", "Where-Object"];
    const known = [...builtIn, ...networking, ...others, ...names("function_name")];
    assert.deepEqual(
      [...new Set(names("command_name"))].filter((name) => !known.includes(name)),
      [],
    );
  });

  it("answers each kind of probe and each outcome that probe.py does", () => {
    const outcomes = (text: string): Set<string> => {
      const found = text.matchAll(/"outcome": "(\w+)"|outcome = '(\w+)'/g);
      return new Set([...found].map(([, python, powershell]) => python ?? powershell));
    };
    assert.deepEqual([...outcomes(source("probe.ps1"))].sort(), [...outcomes(source("probe.py"))].sort());
    for (const kind of ["connect", "get", "resolve", "listener"]) {
      assert.match(source("probe.ps1"), new RegExp(`kind -eq '${kind}'`));
    }
  });
});
