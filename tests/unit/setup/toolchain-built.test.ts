import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BUILT, GO, sources, YOURS, ToolchainMachine } from "./toolchain-support";

describe("the toolchain that is built here", () => {
  let machine: ToolchainMachine;
  beforeEach(() => (machine = new ToolchainMachine()));
  afterEach(() => machine.remove());

  it("takes the user's CLI with built plugins in a home of its own where plugins cannot be downloaded", async () => {
    const path = machine.usersPulumi();
    machine.plugin(machine.theirHome(), "docker", "5.2.0");
    machine.go();
    const { pulumi, env, from } = await machine.ensure();
    assert.equal(pulumi, path);
    assert.deepEqual(from, sources(YOURS, YOURS, YOURS, BUILT));
    assert.equal(env.PULUMI_HOME, machine.ownHome());
    assert.ok(existsSync(join(machine.ownHome(), "plugins", "resource-docker-v5.2.0", "pulumi-resource-docker")));
    assert.ok(existsSync(join(machine.ownHome(), "plugins", "resource-command-v1.2.1", "pulumi-resource-command")));
    assert.deepEqual(readdirSync(join(machine.theirHome(), "plugins")), ["resource-docker-v5.2.0"]);
  });

  it("does not take a plugin that the CLI has not finished installing", async () => {
    machine.usersPulumi();
    machine.usersPlugins();
    machine.file(join(machine.theirHome(), "plugins", "resource-docker-v5.2.0.partial"), "");
    machine.go();
    assert.deepEqual((await machine.ensure()).from, sources(YOURS, YOURS, BUILT, YOURS));
  });

  it("builds all of it where the user's CLI is too old and no download answers, and says so", async () => {
    machine.usersPulumi("v3.199.9");
    machine.go();
    const { pulumi, env, from, shown } = await machine.ensure();
    assert.deepEqual(from, sources(BUILT, BUILT, BUILT, BUILT));
    assert.ok(pulumi.startsWith(machine.cache));
    assert.equal(env.PATH.split(":")[0], join(pulumi, ".."));
    assert.match(shown, /is version 3\.199\.9; 3\.200\.0 or newer is needed/);
    assert.match(shown, /official downloads: out of reach in/);
    const versions = machine.calls().filter((call) => call.startsWith("go build"));
    assert.equal(versions.length, 4);
    assert.ok(versions.some((call) => call.includes("version.Version=v3.258.0")));
    assert.ok(versions.some((call) => call.includes("main.version=5.2.0")));
    assert.ok(versions.some((call) => call.includes("main.version=1.2.1")));
  });

  it("builds nothing twice, and does not look for downloads again", async () => {
    machine.go();
    await machine.ensure();
    machine.calls();
    const { shown, from } = await machine.ensure();
    assert.deepEqual(machine.calls(), []);
    assert.equal(shown, "");
    assert.deepEqual(from, sources(BUILT, BUILT, BUILT, BUILT));
  });

  it("builds a plugin again once what it is made from has changed", async () => {
    machine.go();
    await machine.ensure();
    machine.calls();
    machine.file(join(machine.project, "tools", "stand-ins", "command", "main.go"), "package main");
    await machine.ensure();
    assert.deepEqual(
      machine.calls().map((call) => call.split(" ").slice(0, 2).join(" ")),
      ["go env", "go build"],
    );
  });

  it("takes up after an interrupted build: what was finished stays, what was half-made goes", async () => {
    machine.go(`case "$*" in build*resource-command*) exit 1 ;; esac; ${GO}`);
    await assert.rejects(machine.ensure(), /go build: exit code 1/);
    machine.go();
    machine.calls();
    const leftover = join(machine.cache, ".partial-command-1.2.1-x-999999999-abc");
    machine.file(join(leftover, "half"), "");
    await machine.ensure();
    const built = machine.calls().filter((call) => call.startsWith("go build"));
    assert.equal(built.filter((call) => call.includes("v3.258.0")).length, 0);
    assert.deepEqual(
      readdirSync(machine.cache).filter((name) => name.startsWith(".partial")),
      [],
    );
  });

  it("says what to do where there is no Go", async () => {
    machine.env.PATH = machine.bin;
    await assert.rejects(machine.ensure(), /^UserError: There is no Go on PATH\. .*go\.dev\/dl/);
  });

  it("says what to do where Go is too old", async () => {
    machine.go("echo go1.19.8");
    await assert.rejects(machine.ensure(), /go1\.19\.8\s+is too old\. .*1\.21 or newer/);
  });

  it("refuses a provider module that is not what it was", async () => {
    machine.go(GO.replace("h1:T3Hvv", "h1:other"));
    await assert.rejects(machine.ensure(), /its checksum is h1:other.*should be h1:T3Hvv/);
  });

  it('is not taken for the user\'s after `eval "$(npm run -s env)"`', async () => {
    machine.go();
    Object.assign(machine.env, (await machine.ensure()).env);
    const { from, env, login } = await machine.ensure();
    assert.deepEqual(from, sources(BUILT, BUILT, BUILT, BUILT));
    assert.equal(env.PULUMI_HOME, machine.ownHome());
    assert.match(login, /^no login/);
  });

  it("copies the provider's module beside the docker plugin's own source", async () => {
    machine.go();
    await machine.ensure();
    const plugin = join(machine.ownHome(), "plugins", "resource-docker-v5.2.0", "pulumi-resource-docker");
    assert.equal(readFileSync(plugin, "utf8"), "provider\n");
  });
});
