import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sources, YOURS, ToolchainMachine } from "./toolchain-support";

describe("the toolchain", () => {
  let machine: ToolchainMachine;
  beforeEach(() => (machine = new ToolchainMachine()));
  afterEach(() => machine.remove());

  it("is the user's where they have all of it, and nothing is added to their home or PATH", async () => {
    const path = machine.usersPulumi();
    machine.usersPlugins();
    const { pulumi, env, from } = await machine.ensure();
    assert.equal(pulumi, path);
    assert.deepEqual(from, sources(YOURS, YOURS, YOURS, YOURS));
    assert.equal(env.PULUMI_HOME, machine.theirHome());
    assert.equal(env.PATH, machine.env.PATH);
    assert.deepEqual(readdirSync(machine.theirHome()), ["plugins"]);
    assert.deepEqual(machine.calls(), ["pulumi version"]);
  });

  it("is the CLI that Pulumi's installer put into the home, where PATH has none", async () => {
    const path = machine.program(join(machine.theirHome(), "bin", "pulumi"), "echo v3.258.0");
    machine.program(join(machine.theirHome(), "bin", "pulumi-language-nodejs"));
    machine.usersPlugins();
    const { pulumi, env } = await machine.ensure();
    assert.equal(pulumi, path);
    assert.equal(env.PATH, `${join(machine.theirHome(), "bin")}:${machine.env.PATH}`);
  });

  it("follows the user's PULUMI_HOME", async () => {
    machine.usersPulumi();
    machine.env.PULUMI_HOME = join(machine.root, "elsewhere");
    machine.plugin(machine.env.PULUMI_HOME, "docker", "5.2.0");
    machine.plugin(machine.env.PULUMI_HOME, "command", "1.2.1");
    assert.equal((await machine.ensure()).env.PULUMI_HOME, machine.env.PULUMI_HOME);
  });

  it("starts no process the second time", async () => {
    machine.usersPulumi();
    machine.usersPlugins();
    await machine.ensure();
    machine.calls();
    const { shown } = await machine.ensure();
    assert.deepEqual(machine.calls(), []);
    assert.equal(shown, "");
  });

  it("asks a CLI for its version again once it is another file", async () => {
    machine.usersPulumi();
    machine.usersPlugins();
    await machine.ensure();
    machine.usersPulumi("v3.241.0-a-longer-one");
    assert.match((await machine.ensure()).origin["Pulumi CLI"].says, /^3\.241\.0/);
  });

  describe("for an environment in Azure", () => {
    const azure = "azure-native";
    beforeEach(() => {
      const content = JSON.stringify({ version: "3.28.0", pulumi: { resource: true, name: azure, version: "3.28.0" } });
      machine.file(join(machine.project, "node_modules", "@pulumi", azure, "package.json"), content);
      machine.usersPulumi();
      machine.usersPlugins();
    });

    it("has the user's plugin, or one that is downloaded", async () => {
      machine.plugin(machine.theirHome(), azure, "3.28.0");
      assert.equal((await machine.ensure({ azure: "real" })).from["azure-native plugin"], YOURS);
    });

    it("says what to do where there is none and it can't be downloaded", async () => {
      await assert.rejects(
        machine.ensure({ azure: "real" }),
        /^UserError: The azure-native plugin 3\.28\.0 is not here[^]*plugin install resource azure-native 3\.28\.0[^]*rehears/,
      );
    });

    it("has the simulated one before all others on PATH, with a subscription of its own", async () => {
      machine.env.ARM_SUBSCRIPTION_ID = "theirs";
      const { env, from } = await machine.ensure({ azure: "simulated", environment: "rehearsal" });
      assert.match(env.PATH.split(":")[0], /tests\/azure-simulator\/bin$/);
      assert.equal(env.AZURE_SIMULATOR_STORE, join(machine.state, "azure-simulator", "rehearsal", "store"));
      assert.match(env.ARM_SUBSCRIPTION_ID, /^0{8}-/);
      assert.equal(from["azure-native plugin"], "simulated");
    });

    it("is all the same for those who only read its state", async () => {
      const { from, env } = await machine.ensure();
      assert.deepEqual([from, env.PATH], [sources(YOURS, YOURS, YOURS, YOURS), machine.env.PATH]);
    });
  });
});
