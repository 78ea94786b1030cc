import { equal, match, rejects } from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBrowser } from "../../../tools/setup/browser";
import { type Machine, thisMachine } from "../../../tools/setup/machine";
import { createProgress } from "../../../tools/terminal/progress";

describe("the browser for the tests", () => {
  let folder: string;
  let machine: Machine;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "browser-"));
    machine = { ...thisMachine(), env: { PATH: folder }, debianRoot: false };
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("is one on PATH", async () => {
    const file = join(folder, process.platform === "win32" ? "chromium.exe" : "chromium");
    writeFileSync(file, "");
    chmodSync(file, 0o755);
    equal(await ensureBrowser(createProgress(), machine), file);
  });

  it("is asked for where there is none and none can be installed", async function () {
    const found = await ensureBrowser(createProgress(), machine).catch(() => undefined);
    if (found !== undefined) {
      // Installed where PATH does not matter.
      return this.skip();
    }
    await rejects(ensureBrowser(createProgress(), machine), ({ message }: Error) => {
      match(message, /Install Chromium or Chrome .* or run: npx playwright-core install chromium$/);
      return true;
    });
  });
});
