import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { addressIn, clientEnvironment, recordedEnvironment } from "../../../components/hosts/engine-address";
import { fingerprint, hostKeyProblem, withoutComment } from "../../../components/hosts/host-key";
import { engineAddressOf, readinessOf, type Step } from "../../../components/hosts/readiness";
import type { RemoteServer } from "../../../components/settings";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs";
const server: RemoteServer = {
  name: "one",
  address: "192.0.2.1",
  port: 22,
  user: "me",
  os: "linux",
  docker: "ssh",
  privateKeyPath: "/keys/mine",
  hostKey,
};

describe("the readiness of a server", () => {
  let folder: string;
  const path = process.env.PATH;

  /** Puts scripts in place of the clients. */
  function clients(ssh: string, docker = versionOf("linux", "1.47")): void {
    for (const [name, script] of Object.entries({ ssh, docker })) {
      writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> "${folder}/calls"\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    }
  }
  const versionOf = (os: string, api: string) => `echo '{"Os":"${os}","ApiVersion":"${api}","Version":"28.1"}'`;
  const fail = (words: string, code = 255) => `echo '${words}' >&2; exit ${code}`;
  const brief = (steps: readonly Step[]) => steps.map(({ name, status }) => `${name} ${status}`).join(", ");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "clients-"));
    process.env.PATH = [folder, path].join(delimiter);
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  it("is four steps that pass", async () => {
    clients("exit 0");
    assert.deepEqual(await readinessOf(server, "lab"), [
      { name: "ssh", status: "pass", detail: "me@192.0.2.1:22" },
      { name: "engine", status: "pass", detail: "Docker 28.1 answers at ssh://one.lab" },
      { name: "system", status: "pass", detail: "linux containers" },
      { name: "version", status: "pass", detail: "Docker 28.1, API 1.47" },
    ]);
  });

  for (const [what, words, reason, cure] of [
    [
      "refuses the login",
      "me@192.0.2.1: Permission denied (publickey).",
      /login as me on 192.0.2.1:22 was refused/,
      /authorized_keys/,
    ],
    [
      "shows nothing in common",
      "Unable to negotiate with 192.0.2.1 port 22: no matching cipher",
      /nothing in common/,
      /update/,
    ],
    ["has no address", "ssh: Could not resolve hostname x: Name or service not known", /Could not resolve/, /address/],
    ["has a key that others can read", "bad permissions", /others can read \/keys\/mine/, /chmod 600/],
  ] as const) {
    it(`fails at once where it ${what}, and goes no further`, async () => {
      clients(fail(words));
      const steps = await readinessOf(server, "lab", { waitSeconds: 30 });
      assert.equal(brief(steps), "ssh fail, engine skipped, system skipped, version skipped");
      assert.match(steps[0].detail, reason);
      assert.match(steps[0].cure!, cure);
      assert.equal(readFileSync(join(folder, "calls"), "utf8").trim().split("\n").length, 1);
    });
  }

  it("shows both fingerprints of a host key that is not the pinned one", async () => {
    const shown = "debug1: Server host key: ssh-ed25519 SHA256:other";
    clients(`echo '${shown}' >&2; ${fail("Host key verification failed.")}`);
    const [ssh] = await readinessOf(server, "lab", { waitSeconds: 30 });
    assert.equal(
      ssh.detail,
      "the host key of 192.0.2.1:22 is not the pinned one\n" +
        `pinned: ssh-ed25519 ${fingerprint(hostKey)}\nshown:  ssh-ed25519 SHA256:other`,
    );
    assert.match(ssh.cure!, /npm run trust one -- --environment lab/);
  });

  describe("in a cloud", () => {
    const made = { ...server, name: "labs-2", instance: "7" };

    it("waits for the pinned host key of a machine made anew, and never says to trust another", async () => {
      clients(
        `test -e "${folder}/up" && exit 0; touch "${folder}/up"; ` +
          `echo 'debug1: Server host key: ssh-ed25519 SHA256:other' >&2; ${fail("Host key verification failed.")}`,
      );
      const told: string[] = [];
      const steps = await readinessOf(made, "lab", { waitSeconds: 10, onRetry: (_, why) => told.push(why) });
      assert.equal(brief(steps), "ssh pass, engine pass, system pass, version pass");
      assert.match(told[0], /^the host key of 192\.0\.2\.1:22 is not the pinned one\npinned: ssh-ed25519 SHA256:/);
    });

    it("says of a host key that stays another what it may be, and how the machine is replaced", async () => {
      clients(fail("Host key verification failed."));
      const [ssh] = await readinessOf(made, "lab");
      assert.equal(ssh.status, "fail");
      assert.doesNotMatch(ssh.cure!, /trust/);
      assert.match(ssh.cure!, /somebody is in between: do not go on/);
      assert.match(
        ssh.cure!,
        /: az vmss delete-instances --resource-group container-network-labs-lab --name labs --instance-ids 7$/,
      );
    });

    const failedFile =
      /C:\\ProgramData\\container-network-labs\\failed\.txt .*: az vmss run-command invoke .* --instance-id 7 /;

    it("says how to read what the bootstrap of a Windows machine says that does not come up", async () => {
      clients(fail("ssh: connect to host 192.0.2.1 port 22: Connection refused"));
      const [ssh] = await readinessOf({ ...made, os: "windows" }, "lab");
      assert.match(ssh.cure!, /^see that you come from one of hosts\.administration\.sources/);
      assert.match(ssh.cure!, failedFile);
      clients("exit 0", fail("Cannot connect to the Docker daemon", 1));
      const [, engine] = await readinessOf({ ...made, os: "windows" }, "lab");
      assert.match(engine.cure!, failedFile);
    });

    it("says so of no other machine, as Azure tells of a Linux bootstrap itself", async () => {
      clients(fail("ssh: connect to host 192.0.2.1 port 22: Connection refused"));
      for (const other of [made, { ...server, os: "windows" as const }]) {
        const [ssh] = await readinessOf(other, "lab");
        assert.doesNotMatch(ssh.cure!, /run-command/);
      }
    });

    it("says of a machine that is silent where to look, and of a server that somebody brought what it always did", async () => {
      clients(fail("ssh: connect to host 192.0.2.1 port 22: Connection timed out"));
      const [ofCloud] = await readinessOf(made, "lab");
      assert.match(
        ofCloud.cure!,
        /az vmss get-instance-view --resource-group container-network-labs-lab --name labs --instance-id 7 .*: npm run up -- --environment lab /,
      );
      const [ofSomebody] = await readinessOf(server, "lab");
      assert.match(ofSomebody.cure!, /^check that 192\.0\.2\.1:22 is its address/);
    });
  });

  it("is tried again where it may come by itself, and tells so", async () => {
    const refused = fail("ssh: connect to host 192.0.2.1 port 22: Connection refused");
    clients(`test -e "${folder}/up" && exit 0; touch "${folder}/up"; ${refused}`);
    const retried: string[] = [];
    const steps = await readinessOf(server, "lab", {
      waitSeconds: 10,
      onRetry: (step, why) => retried.push(`${step}: ${why}`),
    });
    assert.equal(brief(steps), "ssh pass, engine pass, system pass, version pass");
    assert.deepEqual(retried, ["ssh: ssh: connect to host 192.0.2.1 port 22: Connection refused"]);
  });

  it("has a limit", async () => {
    clients(fail("Connection refused"));
    const [ssh] = await readinessOf(server, "lab", { waitSeconds: 1 });
    assert.match(ssh.detail, /refused \(waited \d s\)$/);
  });

  it("asks a jump host first, and blames it", async () => {
    const jump = { address: "192.0.2.9", port: 2222, user: "hop", privateKeyPath: "/keys/hop", hostKey };
    clients(`case "$*" in *jump.one.lab*) ${fail("Permission denied (publickey).")};; esac`);
    const [ssh] = await readinessOf({ ...server, jump }, "lab");
    assert.match(ssh.detail, /login as hop on 192.0.2.9:2222 was refused/);
  });

  it("fails on an engine of another system", async () => {
    clients("exit 0", versionOf("windows", "1.47"));
    const steps = await readinessOf(server, "lab");
    assert.equal(brief(steps), "ssh pass, engine pass, system fail, version skipped");
    assert.match(steps[2].detail, /runs windows containers, and the settings say linux/);
  });

  for (const [api, status] of [
    ["1.40", "fail"],
    ["1.41", "pass"],
    ["1.9", "fail"],
    ["2.0", "pass"],
  ]) {
    it(`takes API ${api}: ${status}`, async () => {
      clients("exit 0", versionOf("linux", api));
      const version = (await readinessOf(server, "lab")).at(-1);
      assert.equal(version?.status, status);
    });
  }

  for (const [what, words, reason] of [
    ["no Docker", "stderr=sh: 1: docker: not found", /no docker on the server/],
    ["no right to use it", "permission denied while trying to connect to the Docker daemon socket", /may not use/],
    ["no right certificate", "x509: certificate signed by unknown authority", /x509/],
  ] as const) {
    it(`fails at once where the server has ${what}`, async () => {
      clients("exit 0", fail(words, 1));
      const steps = await readinessOf(server, "lab", { waitSeconds: 30 });
      assert.equal(brief(steps), "ssh pass, engine fail, system skipped, version skipped");
      assert.match(steps[1].detail, reason);
    });
  }

  it("hands a password to OpenSSH by a pipe that is gone afterwards, and nowhere else", async () => {
    // What OpenSSH would do: start the program that it was told of, which answers once.
    clients(
      `env > "${folder}/env"; "$SSH_ASKPASS" q > "${folder}/answer"; "$SSH_ASKPASS" q > "${folder}/second" 2>&1; exit 0`,
    );
    await readinessOf({ ...server, privateKeyPath: undefined, password: "pl$nted 'one'" }, "lab");
    const seen = (name: string) => readFileSync(join(folder, name), "utf8");
    assert.equal(seen("answer"), "pl$nted 'one'\n");
    assert.ok(!seen("second").includes("nted"));
    assert.ok(!seen("env").includes("nted"));
    assert.ok(!seen("calls").includes("nted"));
    const pipe = /^CONTAINER_NETWORK_LABS_PASSWORD_PIPE=(.*)$/m.exec(seen("env"))![1];
    assert.throws(() => readFileSync(pipe), /ENOENT/);
  });
});

describe("how an engine is reached", () => {
  const tls: RemoteServer = { ...server, docker: "tcp+tls", tls: { port: 2376, certPath: "certs" } };

  it("is over SSH, or by its port", () => {
    assert.deepEqual(engineAddressOf(server, "lab"), { engine: "ssh://one.lab", sshConfig: "out/lab/ssh/config" });
    assert.deepEqual(engineAddressOf(tls, "lab"), { engine: "tcp://192.0.2.1:2376", certPath: "certs" });
  });

  it("is told to a program by its environment, which is read back", () => {
    for (const address of [engineAddressOf(server, "lab"), engineAddressOf(tls, "lab"), { engine: "unix:///e.sock" }]) {
      assert.deepEqual(addressIn(recordedEnvironment(address)), address);
      assert.deepEqual(addressIn({ DOCKER_CERT_PATH: "x", ...recordedEnvironment(address) }).engine, address.engine);
    }
  });

  it("puts an ssh before the real one that reads the configuration, for the Docker client alone", () => {
    const env = clientEnvironment(engineAddressOf(server, "lab"));
    const found = execFileSync("sh", ["-c", "command -v ssh"], { env, encoding: "utf8" }).trim();
    assert.match(found, /components\/hosts\/ssh\/ssh$/);
    assert.equal(clientEnvironment({ engine: "unix:///e.sock" }).PATH, undefined);
  });
});

describe("a host key", () => {
  it("is told from what is none", () => {
    assert.equal(hostKeyProblem(hostKey), undefined);
    assert.equal(hostKeyProblem(`${hostKey} a comment\n`), undefined);
    assert.equal(hostKeyProblem("-----BEGIN OPENSSH PRIVATE KEY-----"), "it is a private key");
    assert.equal(hostKeyProblem(`${hostKey}\n${hostKey}`), "it has several lines");
    assert.equal(hostKeyProblem(hostKey.slice(0, 40)), "its base64 is not that of a key of its type");
    assert.equal(hostKeyProblem(`ssh-dss ${hostKey.split(" ")[1]}`), "it has no known type");
    assert.equal(hostKeyProblem(""), "it has no known type");
  });

  it("has the fingerprint that ssh-keygen prints", () => {
    const printed = execFileSync("ssh-keygen", ["-l", "-f", "-"], { input: `${hostKey} c\n`, encoding: "utf8" });
    assert.equal(printed.split(" ")[1], fingerprint(`${hostKey} c`));
    assert.equal(withoutComment(`${hostKey} root@one`), hostKey);
  });
});
