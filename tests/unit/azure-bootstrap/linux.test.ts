import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { parse } from "yaml";
import { bootstrapFor } from "../../../components/azure/bootstrap";
import { customDataOf } from "../../../components/azure/bootstrap/bootstrap";
import { linuxScript } from "../../../components/azure/bootstrap/linux";
import type { Credentials } from "../../../components/azure/credentials";
import { credentialsFor } from "./made";

/** Where the part of the script begins that is the same for everybody. */
const BODY = "# Makes of this machine";

const decoded = (text: string): string => Buffer.from(text, "base64").toString("utf8");

/** Runs what comes before the body, and shows one of the files that the script is given. */
function given(script: string, name: string): string {
  const head = script.slice(0, script.indexOf(BODY));
  const show = 'stat -c %a "$given" "$given"/* | sort -u; cat "$given/$NAME"; rm -r "$given"';
  return execFileSync("sh", [], { input: head + show, encoding: "utf8", env: { ...process.env, NAME: name } });
}

describe("the bootstrap of a Linux host", () => {
  let credentials: Credentials;

  before(async () => {
    ({ credentials } = await credentialsFor("192.0.2.7"));
  });

  it("asks cloud-init for packages, and tells it no secret", () => {
    const text = decoded(bootstrapFor("linux", { user: "labs" }).customData);
    assert.match(text, /^#cloud-config\n/);
    assert.deepEqual(parse(text), {
      package_update: true,
      packages: ["docker.io", "nftables", "openssh-server", "openssl"],
    });
  });

  it("goes through the extension for Linux, as a script", () => {
    const { handler, protectedSettings } = bootstrapFor("linux", { user: "labs" });
    assert.deepEqual(handler, {
      publisher: "Microsoft.Azure.Extensions",
      type: "CustomScript",
      typeHandlerVersion: "2.1",
      autoUpgradeMinorVersion: true,
    });
    const settings = protectedSettings(credentials);
    assert.deepEqual(Object.keys(settings), ["script"]);
    // https://learn.microsoft.com/azure/virtual-machines/extensions/custom-script-linux
    assert.ok(settings.script.length < 256 * 1024);
    assert.equal(decoded(settings.script), linuxScript({ user: "labs" }, credentials));
  });

  it("is a script that a POSIX shell understands", () => {
    const script = linuxScript({ user: "labs" }, credentials);
    assert.match(script, /^#!\/bin\/sh\nset -eu\n/);
    assert.equal(spawnSync("dash", ["-n"], { input: script }).status, 0);
    assert.notEqual(spawnSync("dash", ["-n"], { input: `${script}\nfi` }).status, 0);
  });

  it("hands secrets over in files that only root can read", () => {
    const shown = given(linuxScript({ user: "labs" }, credentials), "host-key");
    assert.equal(shown, `600\n700\n${credentials.hostKey}`);
    assert.equal(
      given(linuxScript({ user: "labs" }, credentials), "server-key.pem"),
      `600\n700\n${credentials.serverKey}`,
    );
  });

  it("never makes program text of what it is given", () => {
    const evil = "labs'; touch /tmp/evil; $(touch /tmp/evil) `touch /tmp/evil` \\ \"";
    assert.equal(given(linuxScript({ user: evil }, credentials), "user"), `600\n700\n${evil}\n`);
    assert.throws(() => linuxScript({ user: "a\nEND-OF-WHAT-IS-GIVEN\nrm -rf /" }, credentials), /has a line END-OF-/);
  });

  it("leaves out what a host has no use for: the user's key, the client's and the authority's", () => {
    const script = linuxScript({ user: "labs" }, credentials);
    for (const secret of [credentials.userKey, credentials.clientKey, credentials.adminPassword!]) {
      assert.ok(!script.includes(secret.trim()));
    }
  });

  it("has the engine listen with mutual TLS, and nowhere without", () => {
    const daemon = JSON.parse(
      given(linuxScript({ user: "labs" }, credentials), "daemon.json").replace(/^600\n700\n/, ""),
    ) as object;
    assert.deepEqual(daemon, {
      hosts: ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2376"],
      tlsverify: true,
      tlscacert: "/etc/docker/tls/ca.pem",
      tlscert: "/etc/docker/tls/server.pem",
      tlskey: "/etc/docker/tls/server-key.pem",
      "live-restore": true,
    });
    // Systemd's own way to replace a command: an empty one before it.
    assert.match(given(linuxScript({ user: "labs" }, credentials), "docker.conf"), /^ExecStart=\nExecStart=dockerd$/m);
  });

  it("keeps containers alive over a restart of the engine, but in a swarm, whose engines refuse to", () => {
    const alive = (swarm: boolean): unknown => {
      const text = given(linuxScript({ user: "labs", swarm }, credentials), "daemon.json");
      return (JSON.parse(text.replace(/^600\n700\n/, "")) as Record<string, unknown>)["live-restore"];
    };
    assert.deepEqual([alive(false), alive(true)], [true, false]);
  });

  it("keeps containers from WireServer before any of them runs, and nobody else", () => {
    const rules = given(linuxScript({ user: "labs" }, credentials), "wireserver.nft").replace(/^600\n700\n/, "");
    const unit = given(linuxScript({ user: "labs" }, credentials), "docker.conf");
    assert.match(unit, /^ExecStartPre=nft --file \/etc\/docker\/wireserver\.nft$/m);
    // What the machine itself sends passes the hook output, and not this one.
    assert.deepEqual(rules.match(/hook \w+/g), ["hook forward"]);
    assert.match(rules, /^ {4}ip daddr 168\.63\.129\.16 tcp dport \{ 80, 32526 \} reject with tcp reset$/m);
  });

  it("is refused where it is longer than Azure takes", () => {
    assert.equal(decoded(customDataOf("x".repeat(65_535))).length, 65_535);
    assert.throws(() => customDataOf("x".repeat(65_536)), /65536 bytes: Azure takes 65535/);
    assert.throws(() => customDataOf("\u00e9".repeat(32_768)), /65536 bytes/);
  });
});
