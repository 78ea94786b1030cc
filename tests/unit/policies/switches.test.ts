import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { parseSettings, SettingsError } from "../../../components/settings";
import { policyArguments, switchesOf } from "../../../policies/arguments";
import { heldToRules } from "../../../policies/held";
import { packConfig, switchedOff } from "../../../policies/switches";
import type { Source } from "../../../tools/setup/toolchain";

const reason = "an exercise in what not to do";
const off = { "no-plain-docker": { off: true, reason } };

function settingsWith(policies: unknown) {
  return parseSettings({ hosts: { kind: "local" }, labs: { "docker-networks": {} }, policies }, "house");
}

function faultsOf(policies: unknown) {
  try {
    settingsWith(policies);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.faults.map(({ key, cure }) => `${key}: ${cure}`);
  }
  return [];
}

describe("the setting policies", () => {
  it("switches nothing off where it is not there", () => {
    assert.deepEqual(settingsWith(undefined).policies, {});
    assert.deepEqual(switchedOff(settingsWith(undefined).policies), []);
  });

  it("names a rule and the reason why an environment does without it", () => {
    assert.deepEqual(switchedOff(settingsWith(off).policies), [{ rule: "no-plain-docker", reason }]);
  });

  it("is refused where there is no such rule, or no reason", () => {
    assert.deepEqual(faultsOf({ "no-plane-docker": off["no-plain-docker"] }), [
      'policies.no-plane-docker: did you mean "no-plain-docker"?',
    ]);
    assert.match(faultsOf({ labelled: { off: true } })[0], /^policies\.labelled\.reason: write a short text/);
    assert.match(faultsOf({ labelled: { off: true, reason: " " } })[0], /^policies\.labelled\.reason: /);
    assert.match(faultsOf({ labelled: { off: false, reason } })[0], /^policies\.labelled\.off: /);
  });

  it("becomes what Pulumi reads: the rule still tells, and refuses nothing", () => {
    assert.deepEqual(packConfig(settingsWith(off).policies), {
      "no-plain-docker": { enforcementLevel: "advisory", reason },
    });
  });
});

describe("what Pulumi is told of the rules", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "policies-"));
    mkdirSync(join(folder, "stacks"));
    settle(off);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const settle = (policies: unknown) =>
    writeFileSync(
      join(folder, "stacks", "Pulumi.house.yaml"),
      stringify({ config: { "container-network-labs:policies": policies } }),
    );
  const toldWith = (source: Source) =>
    policyArguments("house", { origin: { "Node language host": { source, says: "" } } }, folder);

  it("is the pack's folder, or for a language host that was built here the program in it", () => {
    assert.deepEqual(toldWith("yours").slice(0, 2), ["--policy-pack", join(folder, "policies")]);
    const built = toldWith("built from Go modules");
    assert.deepEqual(built.slice(0, 3), [
      "--policy-pack",
      join(folder, "policies", "index.js"),
      "--policy-pack-config",
    ]);
  });

  it("has what the environment switches off, in a file", () => {
    const file = toldWith("yours").at(-1)!;
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), packConfig({ "no-plain-docker": { reason } }));
  });

  it("switches nothing off by a setting that the program refuses", () => {
    settle({ "no-plain-docker": { off: true } });
    assert.deepEqual(switchesOf("house", folder), {});
  });
});

describe("an environment's updates", () => {
  const folder = mkdtempSync(join(tmpdir(), "policies-"));
  before(() => {
    mkdirSync(join(folder, "stacks"));
    const environments = {
      own: { kind: "local" },
      servers: { kind: "remote", servers: [] },
      cloud: { kind: "scale-set" },
      rehearsal: { kind: "scale-set", rehearsed: true },
    };
    for (const [name, hosts] of Object.entries(environments)) {
      const config = { "container-network-labs:hosts": hosts };
      writeFileSync(join(folder, "stacks", `Pulumi.${name}.yaml`), stringify({ config }));
    }
    writeFileSync(join(folder, "stacks", "Pulumi.none.yaml"), "config: {}\n");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const held = (CI?: string) =>
    ["own", "servers", "none", "cloud", "rehearsal"].filter((name) => heldToRules(name, { CI }, folder));

  it("are held to the rules in a cloud, and everywhere where it is CI that updates", () => {
    for (const no of [undefined, "", "false", "0"]) {
      assert.deepEqual(held(no), ["cloud", "rehearsal"]);
    }
    for (const yes of ["true", "1", "woodpecker"]) {
      assert.equal(held(yes).length, 5);
    }
  });
});
