import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { BUILT, OFFICIAL, sources, YOURS, ToolchainMachine } from "./toolchain-support";

describe("the toolchain where official downloads answer", () => {
  let machine: ToolchainMachine;
  beforeEach(() => (machine = new ToolchainMachine()));
  afterEach(() => machine.remove());

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
    const { pulumi, env, from } = await machine.ensure();
    assert.deepEqual(from, sources(OFFICIAL, OFFICIAL, OFFICIAL, OFFICIAL));
    assert.equal(env.PULUMI_HOME, machine.ownHome());
    assert.ok(existsSync(join(pulumi, "..", "pulumi-language-nodejs")));
    assert.ok(!existsSync(machine.theirHome()));
    assert.deepEqual(machine.calls().sort(), [
      "pulumi plugin install resource command 1.2.1",
      "pulumi plugin install resource docker 5.2.0",
    ]);
    machine.releases = "http://127.0.0.1:1";
    const second = await machine.ensure();
    assert.deepEqual([second.shown, second.from, machine.calls()], ["", from, []]);
  });

  it("has the user's CLI download their missing plugins into their own home", async () => {
    machine.program(join(machine.bin, "pulumi"), `[ "$1" = version ] && echo v3.240.0 && exit; ${INSTALLS}`);
    machine.program(join(machine.bin, "pulumi-language-nodejs"));
    machine.plugin(machine.theirHome(), "command", "1.2.1");
    const { from, env } = await machine.ensure();
    assert.deepEqual(from, sources(YOURS, YOURS, OFFICIAL, YOURS));
    assert.equal(env.PULUMI_HOME, machine.theirHome());
    assert.deepEqual(machine.calls(), ["pulumi version", "pulumi plugin install resource docker 5.2.0"]);
  });

  it("builds where what is downloaded is not what was published", async () => {
    files["/v3.258.0/pulumi-v3.258.0-linux-x64.tar.gz"] = "not it";
    machine.go();
    const { from, shown } = await machine.ensure();
    assert.deepEqual(from, sources(BUILT, BUILT, BUILT, BUILT));
    assert.match(shown, /Pulumi CLI: download: .*is not what was published/);
  });
});
