import assert from "node:assert/strict";
import { bootstrapFor } from "../../../components/azure/bootstrap";
import {
  type Plan,
  plan,
  type PrivateFile,
  secretFiles,
  windowsCommand,
  windowsCustomData,
} from "../../../components/azure/bootstrap/windows";
import type { Credentials } from "../../../components/azure/credentials";
import { allWrongs } from "../windows/calls";
import { loadGrammar, parsed } from "../windows/grammar";
import { credentialsFor } from "./made";

interface CustomData {
  readonly plan: Plan;
  readonly script: string;
}

const customData = JSON.parse(windowsCustomData()) as CustomData;

/** The program in double quotes at the end of the extension's command line. */
const programIn = (line: string): string => /^[^"]+ -Command "([^"]+)"$/.exec(line)![1];

describe("the bootstrap of a Windows host", () => {
  let credentials: Credentials;

  before(async () => {
    await loadGrammar();
    ({ credentials } = await credentialsFor("192.0.2.7"));
  });

  it("has plan and script as custom data, of ASCII, with room to spare", () => {
    const text = Buffer.from(bootstrapFor("windows", { user: "labs" }).customData, "base64").toString("utf8");
    assert.match(text, /^\{[\x20-\x7e]+\}$/);
    assert.deepEqual(JSON.parse(text), customData);
    assert.ok(text.length < 65_535 / 2, String(text.length));
  });

  it("tells no secret in it", () => {
    const text = windowsCustomData();
    for (const secret of Object.values<string>({ ...credentials })) {
      assert.ok(!text.includes(secret.split("\n")[1] ?? secret));
    }
  });

  it("goes through the extension for Windows, as a command line", () => {
    const { handler, protectedSettings } = bootstrapFor("windows", { user: "labs" });
    assert.deepEqual(handler, {
      publisher: "Microsoft.Compute",
      type: "CustomScriptExtension",
      typeHandlerVersion: "1.10",
      autoUpgradeMinorVersion: true,
    });
    assert.deepEqual(protectedSettings(credentials), { commandToExecute: windowsCommand(credentials) });
  });

  it("has a command line that cmd.exe takes as it is", () => {
    const line = windowsCommand(credentials);
    assert.ok(line.length < 8191 * 0.75, String(line.length));
    // Outside of the quotes there are words only; inside, cmd.exe expands nothing but what is between per cents.
    assert.match(line, /^powershell( -[A-Za-z]+| Bypass)+ -Command "[\x20-\x7e]+"$/);
    assert.doesNotMatch(programIn(line), /[%\r\n]/);
  });

  it("is refused where the line is longer than cmd.exe takes", () => {
    assert.throws(
      () => windowsCommand({ ...credentials, ca: credentials.ca.repeat(8) }),
      /a command line of \d{4,5} characters: cmd\.exe takes 8191/,
    );
  });

  it("calls functions of its script as they are declared", () => {
    const script = parsed(customData.script);
    const task = Buffer.from(plan.task.arguments.split(" ").at(-1)!, "base64").toString("utf16le");
    for (const [program, called] of [
      [programIn(windowsCommand(credentials)), "Start-Bootstrap"],
      [task, "Complete-Bootstrap"],
    ]) {
      assert.equal(parsed(program).hasError, false, program);
      assert.deepEqual(allWrongs(parsed(program), [script]), []);
      assert.ok(parsed(program).calls.some(({ name }) => name === called));
      assert.match(program, /catch \{ \[Console\]::Error\.WriteLine\(.+\); exit 1 \}$/);
    }
    assert.doesNotMatch(task, /FromBase64String/, "the task needs no secret: they are in files by then");
  });

  it("hands over the files that hold secrets, each whole", () => {
    const [, encoded] = /FromBase64String\('([A-Za-z0-9+/=]+)'\)/.exec(windowsCommand(credentials))!;
    const files = JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) as PrivateFile[];
    assert.deepEqual(files, secretFiles(credentials));
    const text = (path: string): string | undefined => files.find((each) => each.path === path)?.text;
    assert.equal(text("C:\\ProgramData\\ssh\\ssh_host_ed25519_key"), credentials.hostKey);
    assert.equal(text("C:\\ProgramData\\ssh\\administrators_authorized_keys"), `${credentials.userPublicKey}\n`);
    assert.equal(text("C:\\ProgramData\\docker\\certs.d\\server-key.pem"), credentials.serverKey);
    const others = [credentials.userKey, credentials.clientKey, credentials.adminPassword];
    assert.ok(!files.some((each) => others.includes(each.text)));
  });

  it("has the engine find its certificates where they are put, and listen with mutual TLS alone", () => {
    const config = plan.files.find(({ path }) => path.endsWith("daemon.json"))!;
    const daemon = JSON.parse(config.text) as Record<string, unknown>;
    const { tlscacert, tlscert, tlskey, ...others } = daemon;
    assert.deepEqual(others, { hosts: ["npipe://", "tcp://0.0.0.0:2376"], tlsverify: true });
    const paths = secretFiles(credentials).map(({ path }) => path);
    assert.deepEqual(
      [tlscacert, tlscert, tlskey].filter((path) => !paths.includes(path as string)),
      [],
    );
  });

  it("has SSH show the pinned key alone, and let keys in alone", () => {
    const { text } = plan.files.find(({ path }) => path.endsWith("sshd_config"))!;
    assert.deepEqual(text.match(/^HostKey .+$/gm), ["HostKey __PROGRAMDATA__/ssh/ssh_host_ed25519_key"]);
    assert.match(text, /^PasswordAuthentication no$/m);
    // All that follows a Match is for those that it names.
    assert.ok(text.indexOf("Match ") > text.indexOf("Subsystem "));
    assert.match(
      text,
      /Match Group administrators\n {2}AuthorizedKeysFile __PROGRAMDATA__\/ssh\/administrators_author/,
    );
  });

  it("pins Docker by version and hash, and opens two ports and no more", () => {
    const { url, version, sha256 } = plan.docker;
    assert.ok(url.endsWith(`/docker-${version}.zip`) && url.startsWith("https://"));
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(
      plan.rules.map(({ port }) => port),
      [22, 2376],
    );
  });

  it("restarts Windows only after the task that goes on is there, and never from within a phase that follows", () => {
    const restart = /function Request-Restart \{([^]+?)\n\}/.exec(customData.script)![1];
    assert.ok(restart.indexOf("Register-ScheduledTask") > 0);
    assert.ok(restart.indexOf("Register-ScheduledTask") < restart.indexOf("shutdown.exe"));
    assert.match(restart, /-AtStartup[^]+-User SYSTEM/);
    assert.equal(customData.script.split("shutdown.exe").length, 2);
    assert.doesNotMatch(customData.script, /AtLogOn|Restart-Computer/i);
  });
});
