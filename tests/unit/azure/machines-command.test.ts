import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const project = join(__dirname, "..", "..", "..");

describe("npm run machines, for the program itself", () => {
  const says = (machines: readonly string[], last?: object): unknown => {
    const printed = execFileSync("node", ["tools/run.js", "machines"], {
      cwd: project,
      input: JSON.stringify({ hosts: ["labs-1", "labs-2"], machines }),
      env: { ...process.env, PULUMI_COMMAND_STDOUT: last === undefined ? "" : JSON.stringify(last) },
      encoding: "utf8",
    });
    return JSON.parse(printed);
  };

  it("says which host is which machine, and goes by what it said last", () => {
    const first = says(["1", "0"]);
    assert.deepEqual(first, { "labs-1": "0", "labs-2": "1" });
    assert.deepEqual(says(["1", "2"], first as object), { "labs-1": "2", "labs-2": "1" });
  });
});
