import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const components = join(__dirname, "..", "..", "..", "components");

describe("a program without a cloud", () => {
  it("loads nothing of azure-native, which takes longer than all else together", () => {
    const modules = ["settings", "labs", "hosts", "environment", "azure/priced"].map((name) => join(components, name));
    const script =
      `for (const each of ${JSON.stringify(modules)}) require(each); ` +
      'console.log(Object.keys(require.cache).filter((path) => path.includes("azure-native")).length)';
    const { stdout, stderr } = spawnSync(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], {
      cwd: join(components, ".."),
      encoding: "utf8",
    });
    assert.equal(stdout.trim(), "0", stderr);
  });
});
