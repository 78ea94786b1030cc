import assert from "node:assert/strict";
import { type ChildProcess, execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Report } from "../../components/checks/expectation";
import { labs as registered } from "../../components/labs";
import { labsBeside } from "./labs-beside";
import { RehearsedEnvironment } from "./rehearsed";
import { docker, said } from "./support";

const number = 161;
const password = randomBytes(18).toString("base64url");

/** Fewer logins at a time than Pulumi has resources under way, and as many sessions on one as OpenSSH's default. */
const tight = "MaxStartups 3:100:3\nMaxSessions 10\n";

describe("all labs on two servers", function () {
  this.timeout(900_000);
  let env: RehearsedEnvironment;
  const labs = Object.fromEntries(Object.entries(labsBeside(number)).filter(([lab]) => lab in registered));
  const placement = {
    ...Object.fromEntries(Object.keys(labs).map((lab) => [lab, "one"])),
    "docker-networks": ["one", "two"],
  };

  before(() => {
    env = new RehearsedEnvironment(number);
  });
  after(() => env.remove());

  /** The second server by password, as a user's own servers: no rehearsal would have such a one. */
  function settleByPassword(): void {
    const [one, two] = env.hosts.servers;
    env.settleOnHosts(labs, { placement, rehearsed: false, servers: [one, { ...two, privateKeyPath: undefined }] });
    env.configSecret("container-network-labs:hosts.servers[1].password", password);
  }

  it("are brought by the set-up, within seconds", () => {
    env.settleOnHosts(labs, { placement });
    const setup = env.run("setup");
    assert.equal(setup.code, 0, said(setup));
    assert.equal(env.rehearsalLeft().filter((left) => left.startsWith("container")).length, 3);
  });

  it("are not touched by the next", () => {
    const ids = () =>
      docker("container", "ls", "--no-trunc", "--filter", `name=${env.name}$`, "--format", "{{.ID}} {{.CreatedAt}}");
    const before = ids();
    const setup = env.run("setup");
    assert.equal(setup.code, 0, said(setup));
    assert.equal(ids(), before);
    assert.doesNotMatch(setup.stderr, /Rehearsal/);
  });

  it("let in nobody who has not the key", () => {
    for (const host of env.names) {
      const settings = env.on(host, "sshd -T -C user=root,host=x,addr=127.0.0.1");
      assert.match(settings, /^passwordauthentication no$/m);
      assert.match(settings, /^kbdinteractiveauthentication no$/m);
      assert.match(settings, /^permitrootlogin (prohibit-password|without-password)$/m);
    }
  });

  it("share a registry, which asks for the password", async () => {
    const secret = readFileSync(join(env.folder, "out", env.name, "keys", "registry-password"), "utf8");
    const image = `registry.${env.name}:5000/probe:1`;
    const login = (word: string) =>
      `printf %s '${word}' | docker login --username lab --password-stdin registry.${env.name}:5000`;
    assert.throws(() => env.on("one", login("another")), /unauthorized|401/i);
    env.on("one", login(secret));
    env.on("one", `docker tag container-network-labs/debian:bookworm-slim ${image} && docker push --quiet ${image}`);
    assert.throws(() => env.on("two", `docker pull --quiet ${image}`), /no basic auth credentials|unauthorized/i);
    env.on("two", login(secret));
    env.on("two", `docker pull --quiet ${image} && docker rmi ${image}`);
    for (const host of env.names) {
      env.on(host, `docker logout registry.${env.name}:5000; docker image rm --force ${image}`);
    }
  });

  it("come up, with no secret in a process's arguments, in a log or in the state", async () => {
    env.configureSshd("one", tight);
    env.configureSshd("two", "PasswordAuthentication yes\nPermitRootLogin yes\n");
    env.setPassword("two", password);
    const init = env.pulumi("stack", "init", env.name, "--no-select");
    assert.equal(init.code, 0, said(init));
    settleByPassword();
    const log = join(env.folder, "up.log");
    const up = env.startPulumi(log, "up", "--stack", env.name, "--yes", "--skip-preview", "-v=9", "--logtostderr");
    const seen = await processesDuring(up, env);
    const text = readFileSync(log, "utf8");
    assert.equal(up.exitCode, 0, text.replace(/^\{"time".*\n/gm, ""));
    const state = env.pulumi("stack", "export", "--stack", env.name).stdout;
    const places = { "a log": text, "the state": state, ...seen };
    const secrets = secretsOf(env);
    for (const [place, content] of Object.entries(places)) {
      // Whoever would see nothing at all would see no secret either.
      assert.match(content, /docker/, place);
      for (const [what, secret] of Object.entries(secrets)) {
        assert.ok(!content.includes(secret), `${what} is in ${place}`);
      }
    }
  });

  it("prove every expectation", () => {
    const { code, stdout, stderr } = env.run("verify", "--json");
    assert.equal(code, 0, stdout + stderr);
    const { checks } = JSON.parse(stdout) as Report;
    assert.deepEqual(
      checks.filter(({ status }) => status !== "pass"),
      [],
    );
    assert.deepEqual([...new Set(checks.map(({ at }) => at))].sort(), ["one", "two"]);
  });

  it("change nothing at the second up, and nothing is previewed by plain pulumi either", () => {
    const { code, stdout, stderr } = env.run("up");
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /\n {4}\d+ unchanged\n/);
    assert.doesNotMatch(stdout, /created|updated|replaced|deleted/);
    const preview = env.pulumi("preview", "--stack", env.name, "--expect-no-changes", "--non-interactive");
    assert.equal(preview.code, 0, said(preview));
  });

  it("leave nothing on either engine", () => {
    const destroy = env.pulumi("destroy", "--stack", env.name, "--yes", "--skip-preview");
    assert.equal(destroy.code, 0, said(destroy));
    assert.deepEqual(env.left(), []);
  });

  it("never have more logins under way than sshd takes", () => {
    const log = env.logOf("one");
    assert.doesNotMatch(log, /MaxStartups|drop connection/);
    assert.match(log, /Accepted publickey/);
  });

  it("are gone after destroy, as they were made for it", () => {
    env.settleOnHosts(labs, { placement });
    const destroy = env.run("destroy");
    assert.equal(destroy.code, 0, said(destroy));
    assert.deepEqual(env.rehearsalLeft(), []);
  });
});

const ask = promisify(execFile);

/** The arguments of all processes that run on this machine and on the hosts until one of them ends, as seen now and then. */
async function processesDuring(child: ChildProcess, env: RehearsedEnvironment): Promise<Record<string, string>> {
  const seen = new Map<string, Set<string>>();
  const list = ["ps", "-ewwo", "args"];
  while (child.exitCode === null) {
    const places = {
      "arguments of a process here": list,
      ...Object.fromEntries(
        env.names.map((host) => [
          `arguments of a process on ${host}`,
          ["docker", "exec", env.container(host), ...list],
        ]),
      ),
    };
    for (const [place, [program, ...args]] of Object.entries(places)) {
      const { stdout } = await ask(program, args, { maxBuffer: 16 * 1024 * 1024 });
      const lines = seen.get(place) ?? new Set();
      stdout.split("\n").forEach((line) => lines.add(line));
      seen.set(place, lines);
    }
    await sleep(100);
  }
  return Object.fromEntries([...seen].map(([place, lines]) => [place, [...lines].join("\n")]));
}

/** What nobody but its owner may see. Of a private key, a line that is in no other. */
function secretsOf({ folder, name }: RehearsedEnvironment): Record<string, string> {
  const key = (file: string) => readFileSync(join(folder, "out", name, "keys", file), "utf8");
  return {
    "the password of a server": password,
    "the private key": key("user").split("\n").at(-3)!,
    "the password of the registry": key("registry-password"),
  };
}
