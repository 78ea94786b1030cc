import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloudSections } from "../../../tools/doctor/cloud";
import { scaleSet } from "../azure/mocks";

describe("what the doctor says of tunnels through Azure Bastion", () => {
  const folder = mkdtempSync(join(tmpdir(), "doctor-"));
  const { PATH } = process.env;
  const says = async (script: string, through: "bastion" | "load-balancer" = "bastion") => {
    writeFileSync(join(folder, "az"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const administration = through === "bastion" ? { through } : { sources: ["8.8.8.0/24"] };
    const [{ findings }] = await cloudSections(scaleSet({ administration }), "unit", undefined);
    return findings.find(({ name }) => name === "az, for tunnels");
  };

  before(() => (process.env.PATH = `${folder}:${PATH}`));
  after(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
  });

  it("is who is logged in, and the extension that opens them", async () => {
    const found = await says('case "$1" in account) echo me@example.com ;; extension) echo 1.4.3 ;; esac');
    assert.deepEqual([found?.status, found?.detail], ["pass", "me@example.com, extension bastion 1.4.3"]);
  });

  it("is what is missing, with what to do", async () => {
    const without = await says('case "$1" in account) echo me@example.com ;; *) exit 3 ;; esac');
    assert.deepEqual([without?.status, without?.cure], ["fail", "az extension add --name bastion"]);
    const loggedOut = await says("echo \"Please run 'az login'\" >&2; exit 1");
    assert.equal(loggedOut?.status, "fail");
    assert.match(loggedOut.cure!, /az login/);
  });

  it("is nothing where the load balancer is the way in", async () => {
    assert.equal(await says("exit 0", "load-balancer"), undefined);
  });
});
