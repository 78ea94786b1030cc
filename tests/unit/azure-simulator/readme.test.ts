import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../azure-simulator/rules";
import { readmeTable } from "../../azure-simulator/rules/readme-table";
import { isKnown } from "../../azure-simulator/types";

const readme = join(__dirname, "..", "..", "azure-simulator", "README.md");

describe("the rules of the simulated Azure", () => {
  it("are in the README as they are", () => {
    const [, table] = /<!-- rules -->\n\n?([^]*?)\n\n?<!-- \/rules -->/.exec(readFileSync(readme, "utf8"))!;
    const cells = (text: string) => text.split("\n").map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    const [, , ...shown] = cells(table);
    const [, , ...wanted] = cells(readmeTable());
    assert.deepEqual(shown, wanted);
  });

  it("are many, each with a name of its own, on types that are known, with a page that documents it", () => {
    assert.ok(rules.length >= 60);
    assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
    for (const { name, on, reference, code } of rules) {
      assert.ok(on === "*" || isKnown(on), name);
      assert.match(reference, /^https:\/\/(learn\.microsoft\.com|github\.com)\//, name);
      assert.match(code, /^[A-Z]\w+$/, name);
    }
  });
});
