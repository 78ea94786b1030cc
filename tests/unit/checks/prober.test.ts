import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { proberCommand } from "../../../components/checks/prober";

const checks = join(__dirname, "..", "..", "..", "components", "checks");
const source = (file: string): string => readFileSync(join(checks, file), "utf8");

describe("the prober's command", () => {
  it("is isolated Python on Linux", () => {
    assert.deepEqual(proberCommand("linux"), ["python3", "-I", "-c", source("probe.py")]);
  });

  it("is an encoded PowerShell script on Windows", () => {
    const [script, ...before] = proberCommand("windows").reverse();
    const options = ["-NoProfile", "-NonInteractive", "-OutputFormat", "Text", "-EncodedCommand"];
    assert.deepEqual(before.reverse(), ["powershell", ...options]);
    assert.equal(Buffer.from(script, "base64").toString("utf16le"), source("probe.ps1"));
  });

  it("is no longer than Windows takes", () => {
    // CreateProcess: 32,767 characters, the closing zero among them (learn.microsoft.com, CreateProcessW).
    assert.ok(proberCommand("windows").join(" ").length < 32_767);
  });
});

// That it is PowerShell, and what it calls, is tested with every other script: tests/unit/windows/scripts.test.ts.
describe("probe.ps1", () => {
  it("answers each kind of probe and each outcome that probe.py does", () => {
    const outcomes = (text: string): Set<string> => {
      const found = text.matchAll(/"outcome": "(\w+)"|outcome = '(\w+)'/g);
      return new Set([...found].map(([, python, powershell]) => python ?? powershell));
    };
    assert.deepEqual([...outcomes(source("probe.ps1"))].sort(), [...outcomes(source("probe.py"))].sort());
    for (const kind of ["connect", "get", "counted", "resolve", "listener"]) {
      assert.match(source("probe.ps1"), new RegExp(`kind -(eq|ne) '${kind}'`));
    }
  });
});
