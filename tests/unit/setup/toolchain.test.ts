import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ensureToolchain, type ToolchainOptions } from "../../../tools/setup/toolchain";
import { FakeMachine, recordedProgress } from "./support";

/** A go command that makes the file that it is asked for, and modules that hold a script. */
const GO = `
case "$1" in
  env) echo go1.26.0 ;;
  mod) mkdir -p "$HOME/module"; echo provider > "$HOME/module/provider.go"
       echo '{"Dir":"'"$HOME/module"'","Sum":"h1:T3HvvZCRd4h2qkMl+SXA2zza26Rdz8xqV81skikQWy4="}' ;;
  list) mkdir -p "$HOME/sdk/nodejs/dist"; echo launch > "$HOME/sdk/nodejs/dist/pulumi-analyzer-policy"; echo "$HOME/sdk" ;;
  build) while [ "$1" != -o ]; do shift; done; cp provider/provider.go "$2" 2>/dev/null || : > "$2"; chmod +x "$2" ;;
esac`;

describe("the toolchain", () => {
  let machine: FakeMachine;
  beforeEach(() => (machine = new FakeMachine()));
  afterEach(() => machine.remove());

  async function ensure(options: Pick<ToolchainOptions, "environment" | "azure"> = {}) {
    const { progress, shown } = recordedProgress(machine);
    const toolchain = await ensureToolchain(progress, { machine, ...options });
    const from = Object.fromEntries(Object.entries(toolchain.origin).map(([part, { source }]) => [part, source]));
    return { ...toolchain, from, shown: shown() };
  }

  const theirHome = () => join(machine.home, ".pulumi");
  const ownHome = () => join(machine.cache, "home");
  const sources = (cli: string, host: string, docker: string, command: string) => ({
    "Pulumi CLI": cli,
    "Node language host": host,
    "docker plugin": docker,
    "command plugin": command,
  });
  const YOURS = "yours";
  const BUILT = "built from Go modules";
  const OFFICIAL = "official download";

  function usersPulumi(version = "v3.240.1"): string {
    const path = machine.program(join(machine.bin, "pulumi"), `[ "$1" = version ] && echo ${version}`);
    machine.program(join(machine.bin, "pulumi-language-nodejs"));
    return path;
  }

  function usersPlugins(): void {
    machine.plugin(theirHome(), "docker", "5.2.0");
    machine.plugin(theirHome(), "command", "1.2.1");
  }

  it("is the user's where they have all of it, and nothing is added to their home or PATH", async () => {
    const path = usersPulumi();
    usersPlugins();
    const { pulumi, env, from } = await ensure();
    assert.equal(pulumi, path);
    assert.deepEqual(from, sources(YOURS, YOURS, YOURS, YOURS));
    assert.equal(env.PULUMI_HOME, theirHome());
    assert.equal(env.PATH, machine.env.PATH);
    assert.deepEqual(readdirSync(theirHome()), ["plugins"]);
    assert.deepEqual(machine.calls(), ["pulumi version"]);
  });

  it("is the CLI that Pulumi's installer put into the home, where PATH has none", async () => {
    const path = machine.program(join(theirHome(), "bin", "pulumi"), "echo v3.258.0");
    machine.program(join(theirHome(), "bin", "pulumi-language-nodejs"));
    usersPlugins();
    const { pulumi, env } = await ensure();
    assert.equal(pulumi, path);
    assert.equal(env.PATH, `${join(theirHome(), "bin")}:${machine.env.PATH}`);
  });

  it("follows the user's PULUMI_HOME", async () => {
    usersPulumi();
    machine.env.PULUMI_HOME = join(machine.root, "elsewhere");
    machine.plugin(machine.env.PULUMI_HOME, "docker", "5.2.0");
    machine.plugin(machine.env.PULUMI_HOME, "command", "1.2.1");
    assert.equal((await ensure()).env.PULUMI_HOME, machine.env.PULUMI_HOME);
  });

  it("starts no process the second time", async () => {
    usersPulumi();
    usersPlugins();
    await ensure();
    machine.calls();
    const { shown } = await ensure();
    assert.deepEqual(machine.calls(), []);
    assert.equal(shown, "");
  });

  it("asks a CLI for its version again once it is another file", async () => {
    usersPulumi();
    usersPlugins();
    await ensure();
    usersPulumi("v3.241.0-a-longer-one");
    assert.match((await ensure()).origin["Pulumi CLI"].says, /^3\.241\.0/);
  });

  it("takes the user's CLI with built plugins in a home of its own where plugins cannot be downloaded", async () => {
    const path = usersPulumi();
    machine.plugin(theirHome(), "docker", "5.2.0");
    machine.program(join(machine.bin, "go"), GO);
    const { pulumi, env, from } = await ensure();
    assert.equal(pulumi, path);
    assert.deepEqual(from, sources(YOURS, YOURS, YOURS, BUILT));
    assert.equal(env.PULUMI_HOME, ownHome());
    assert.ok(existsSync(join(ownHome(), "plugins", "resource-docker-v5.2.0", "pulumi-resource-docker")));
    assert.ok(existsSync(join(ownHome(), "plugins", "resource-command-v1.2.1", "pulumi-resource-command")));
    assert.deepEqual(readdirSync(join(theirHome(), "plugins")), ["resource-docker-v5.2.0"]);
  });

  it("does not take a plugin that the CLI has not finished installing", async () => {
    usersPulumi();
    usersPlugins();
    machine.file(join(theirHome(), "plugins", "resource-docker-v5.2.0.partial"), "");
    machine.program(join(machine.bin, "go"), GO);
    assert.deepEqual((await ensure()).from, sources(YOURS, YOURS, BUILT, YOURS));
  });

  it("builds all of it where the user's CLI is too old and no download answers, and says so", async () => {
    usersPulumi("v3.199.9");
    machine.program(join(machine.bin, "go"), GO);
    const { pulumi, env, from, shown } = await ensure();
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
    machine.program(join(machine.bin, "go"), GO);
    await ensure();
    machine.calls();
    const { shown, from } = await ensure();
    assert.deepEqual(machine.calls(), []);
    assert.equal(shown, "");
    assert.deepEqual(from, sources(BUILT, BUILT, BUILT, BUILT));
  });

  it("builds a plugin again once what it is made from has changed", async () => {
    machine.program(join(machine.bin, "go"), GO);
    await ensure();
    machine.calls();
    machine.file(join(machine.project, "tools", "stand-ins", "command", "main.go"), "package main");
    await ensure();
    assert.deepEqual(
      machine.calls().map((call) => call.split(" ").slice(0, 2).join(" ")),
      ["go env", "go build"],
    );
  });

  it("takes up after an interrupted build: what was finished stays, what was half-made goes", async () => {
    machine.program(join(machine.bin, "go"), `case "$*" in build*resource-command*) exit 1 ;; esac; ${GO}`);
    await assert.rejects(ensure(), /go build: exit code 1/);
    machine.program(join(machine.bin, "go"), GO);
    machine.calls();
    const leftover = join(machine.cache, ".partial-command-1.2.1-x-999999999-abc");
    machine.file(join(leftover, "half"), "");
    await ensure();
    const built = machine.calls().filter((call) => call.startsWith("go build"));
    assert.equal(built.filter((call) => call.includes("v3.258.0")).length, 0);
    assert.deepEqual(
      readdirSync(machine.cache).filter((name) => name.startsWith(".partial")),
      [],
    );
  });

  it("says what to do where there is no Go", async () => {
    machine.env.PATH = machine.bin;
    await assert.rejects(ensure(), /^UserError: There is no Go on PATH\. .*go\.dev\/dl/);
  });

  it("says what to do where Go is too old", async () => {
    machine.program(join(machine.bin, "go"), "echo go1.19.8");
    await assert.rejects(ensure(), /go1\.19\.8\s+is too old\. .*1\.21 or newer/);
  });

  it("refuses a provider module that is not what it was", async () => {
    machine.program(join(machine.bin, "go"), GO.replace("h1:T3Hvv", "h1:other"));
    await assert.rejects(ensure(), /its checksum is h1:other.*should be h1:T3Hvv/);
  });

  it('is not taken for the user\'s after `eval "$(npm run -s env)"`', async () => {
    machine.program(join(machine.bin, "go"), GO);
    Object.assign(machine.env, (await ensure()).env);
    const { from, env, login } = await ensure();
    assert.deepEqual(from, sources(BUILT, BUILT, BUILT, BUILT));
    assert.equal(env.PULUMI_HOME, ownHome());
    assert.match(login, /^no login/);
  });

  describe("with official downloads that answer", () => {
    const files: Record<string, Buffer | string> = {};
    let server: Server;
    beforeEach((done) => {
      files["/v3.258.0/pulumi-3.258.0-checksums.txt"] = "0000  other.tar.gz\n";
      server = createServer(({ method, url }, response) => {
        const content = files[url ?? ""];
        response.writeHead(content === undefined ? 404 : 200).end(method === "HEAD" ? "" : content);
      });
      server.listen(0, "127.0.0.1", () => {
        machine.releases = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        done();
      });
    });
    afterEach(() => server.close());

    const INSTALLS = `to="$PULUMI_HOME/plugins/resource-$4-v$5"; mkdir -p "$to"
      : > "$to/pulumi-resource-$4"; chmod +x "$to/pulumi-resource-$4"`;

    it("is the official CLI with its plugins, downloaded once, where the user has none", async () => {
      machine.program(join(machine.root, "archive", "pulumi", "pulumi"), INSTALLS);
      machine.program(join(machine.root, "archive", "pulumi", "pulumi-language-nodejs"));
      const name = "pulumi-v3.258.0-linux-x64.tar.gz";
      const archive = join(machine.root, name);
      execFileSync("tar", ["-C", join(machine.root, "archive"), "-czf", archive, "pulumi"]);
      files[`/v3.258.0/${name}`] = readFileSync(archive);
      const sum = createHash("sha256").update(readFileSync(archive)).digest("hex");
      files["/v3.258.0/pulumi-3.258.0-checksums.txt"] = `${"0".repeat(64)}  other.tar.gz\n${sum}  ${name}\n`;
      const { pulumi, env, from } = await ensure();
      assert.deepEqual(from, sources(OFFICIAL, OFFICIAL, OFFICIAL, OFFICIAL));
      assert.equal(env.PULUMI_HOME, ownHome());
      assert.ok(existsSync(join(pulumi, "..", "pulumi-language-nodejs")));
      assert.ok(!existsSync(theirHome()));
      assert.deepEqual(machine.calls().sort(), [
        "pulumi plugin install resource command 1.2.1",
        "pulumi plugin install resource docker 5.2.0",
      ]);
      machine.releases = "http://127.0.0.1:1";
      const second = await ensure();
      assert.deepEqual([second.shown, second.from, machine.calls()], ["", from, []]);
    });

    it("has the user's CLI download their missing plugins into their own home", async () => {
      machine.program(join(machine.bin, "pulumi"), `[ "$1" = version ] && echo v3.240.0 && exit; ${INSTALLS}`);
      machine.program(join(machine.bin, "pulumi-language-nodejs"));
      machine.plugin(theirHome(), "command", "1.2.1");
      const { from, env } = await ensure();
      assert.deepEqual(from, sources(YOURS, YOURS, OFFICIAL, YOURS));
      assert.equal(env.PULUMI_HOME, theirHome());
      assert.deepEqual(machine.calls(), ["pulumi version", "pulumi plugin install resource docker 5.2.0"]);
    });

    it("builds where what is downloaded is not what was published", async () => {
      files["/v3.258.0/pulumi-v3.258.0-linux-x64.tar.gz"] = "not it";
      machine.program(join(machine.bin, "go"), GO);
      const { from, shown } = await ensure();
      assert.deepEqual(from, sources(BUILT, BUILT, BUILT, BUILT));
      assert.match(shown, /Pulumi CLI: download: .*is not what was published/);
    });
  });

  describe("for an environment in Azure", () => {
    const azure = "azure-native";
    beforeEach(() => {
      const content = JSON.stringify({ version: "3.28.0", pulumi: { resource: true, name: azure, version: "3.28.0" } });
      machine.file(join(machine.project, "node_modules", "@pulumi", azure, "package.json"), content);
      usersPulumi();
      usersPlugins();
    });

    it("has the user's plugin, or one that is downloaded", async () => {
      machine.plugin(theirHome(), azure, "3.28.0");
      assert.equal((await ensure({ azure: "real" })).from["azure-native plugin"], YOURS);
    });

    it("says what to do where there is none and it can't be downloaded", async () => {
      await assert.rejects(
        ensure({ azure: "real" }),
        /^UserError: The azure-native plugin 3\.28\.0 is not here[^]*plugin install resource azure-native 3\.28\.0[^]*rehears/,
      );
    });

    it("has the simulated one before all others on PATH, with a subscription of its own", async () => {
      machine.env.ARM_SUBSCRIPTION_ID = "theirs";
      const { env, from } = await ensure({ azure: "simulated", environment: "rehearsal" });
      assert.match(env.PATH.split(":")[0], /tests\/azure-simulator\/bin$/);
      assert.equal(env.AZURE_SIMULATOR_STORE, join(machine.state, "azure-simulator", "rehearsal", "store"));
      assert.match(env.ARM_SUBSCRIPTION_ID, /^0{8}-/);
      assert.equal(from["azure-native plugin"], "simulated");
    });

    it("is all the same for those who only read its state", async () => {
      const { from, env } = await ensure();
      assert.deepEqual([from, env.PATH], [sources(YOURS, YOURS, YOURS, YOURS), machine.env.PATH]);
    });
  });

  it("copies the provider's module beside the docker plugin's own source", async () => {
    machine.program(join(machine.bin, "go"), GO);
    await ensure();
    const plugin = join(ownHome(), "plugins", "resource-docker-v5.2.0", "pulumi-resource-docker");
    assert.equal(readFileSync(plugin, "utf8"), "provider\n");
  });
});
