import assert from "node:assert/strict";
import { clock, disk, forwarding } from "../../../tools/doctor/engine-info";
import { exitCode, fail, formatFindings, pass, skipped, untested, type Finding } from "../../../tools/doctor/finding";
import { pulumiFindings } from "../../../tools/doctor/pulumi";
import { serverSections } from "../../../tools/doctor/servers";
import { settingsFinding } from "../../../tools/doctor/settings";
import { clientFindings } from "../../../tools/doctor/this-machine";
import type { RemoteServer } from "../../../components/settings/hosts";
import { OLDEST_CLI } from "../../../tools/setup/users-pulumi";
import { FakePrograms } from "../programs";
import { FakeMachine } from "../setup/support";

const statuses = (findings: readonly Finding[]) => findings.map(({ name, status }) => `${name}: ${status}`);

describe("doctor's findings", () => {
  const sections = (...findings: Finding[]) => [{ name: "this machine", findings }];

  it("end with 0, 1 or 2, as verify does", () => {
    const good = pass("a", "");
    assert.equal(exitCode(sections(good, skipped("b", ""))), 0);
    assert.equal(exitCode(sections(good, untested("b", ""))), 2);
    assert.equal(exitCode(sections(good, untested("b", ""), fail("c", "", ""))), 1);
    assert.equal(exitCode(sections(skipped("b", ""))), 2);
    assert.equal(exitCode([]), 2);
  });

  it("are told a line each, with what to do below", () => {
    const all = [
      pass("Node", "20.19.0"),
      fail("settings", "Pulumi.test.yaml\nhosts: wrong", "mend it\nand this"),
      untested("engine", "not there", "npm run setup"),
      skipped("ssh client", "no need"),
    ];
    assert.equal(
      formatFindings(sections(...all), {}),
      [
        "this machine",
        "  ✓  Node        20.19.0",
        "  ✗  settings    Pulumi.test.yaml",
        "                 hosts: wrong",
        "                 → mend it",
        "                 → and this",
        "  –  engine      not there",
        "                 → npm run setup",
        "  –  ssh client  no need",
        "",
        "1 fine, 1 wrong, 1 not tested",
      ].join("\n"),
    );
  });

  it("weigh an engine's clock, disk and forwarding", () => {
    const info = { DockerRootDir: "/d", IPv4Forwarding: true, OSType: "linux", SystemTime: "" };
    assert.equal(clock({ info, ahead: 400 }).detail, "as here");
    assert.equal(clock({ info, ahead: -59_000 }).status, "pass");
    assert.match(clock({ info, ahead: 61_000 }).detail, /^61 s ahead of/);
    assert.match(clock({ info, ahead: -3_600_000 }).detail, /^3600 s behind/);
    assert.equal(disk("disk", 3e9, "/d").status, "pass");
    assert.match(disk("disk", 2.94e9, "/d").detail, /^2\.9 GB free in \/d/);
    assert.equal(disk("disk", 2.94e9, "/d").status, "fail");
    assert.deepEqual(statuses(forwarding(info)), ["IP forwarding: pass"]);
    assert.deepEqual(statuses(forwarding({ ...info, IPv4Forwarding: false })), ["IP forwarding: fail"]);
    assert.deepEqual(forwarding({ ...info, OSType: "windows" }), []);
  });
});

describe("doctor looks at", () => {
  let machine: FakeMachine;
  let programs: FakePrograms;
  before(function () {
    if (process.platform === "win32") {
      this.skip();
    }
  });
  beforeEach(() => {
    machine = new FakeMachine();
    programs = new FakePrograms();
  });
  afterEach(() => {
    programs.remove();
    machine.remove();
  });

  describe("Pulumi", () => {
    it("where nothing is set up yet, and brings nothing", async () => {
      const { findings, pulumi } = await pulumiFindings(machine, "test");
      assert.equal(pulumi, undefined);
      assert.deepEqual(statuses(findings), [
        "Pulumi CLI: untested",
        "docker plugin: untested",
        "command plugin: untested",
        "Pulumi state: untested",
      ]);
      assert.deepEqual(machine.calls(), []);
    });

    it("that is the user's, with its plugins and login", async () => {
      const path = machine.program(`${machine.bin}/pulumi`, '[ "$1" = version ] && echo v3.250.0 || echo somebody');
      machine.plugin(`${machine.home}/.pulumi`, "docker", "5.2.0");
      machine.plugin(`${machine.home}/.pulumi`, "command", "1.2.1");
      const { findings, pulumi } = await pulumiFindings(machine, "test");
      assert.equal(pulumi?.pulumi, path);
      assert.deepEqual(
        findings.map(({ status }) => status),
        ["pass", "pass", "pass", "pass"],
      );
      assert.match(findings[3].detail, /as somebody$/);
    });

    it("that cannot reach its state", async () => {
      machine.program(
        `${machine.bin}/pulumi`,
        '[ "$1" = version ] && echo v3.250.0 && exit; echo "error: no access" >&2; exit 1',
      );
      const { findings } = await pulumiFindings(machine, "test");
      assert.match(findings.at(-1)!.detail, /error: no access/);
      assert.equal(findings.at(-1)!.status, "fail");
    });

    it("that is too old", async () => {
      machine.program(`${machine.bin}/pulumi`, "echo v3.1.0");
      const [finding] = (await pulumiFindings(machine, "test")).findings;
      assert.equal(finding.detail, `yours is 3.1.0, older than ${OLDEST_CLI.join(".")}`);
    });
  });

  describe("Docker and ssh", () => {
    const names = ["Docker client", "Docker engine", "IP forwarding", "disk", "ssh client"];
    const found = async (engine: "linux" | undefined, ssh: boolean) => clientFindings(machine, { engine, ssh });

    it("that are not there", async () => {
      machine.env = { PATH: machine.bin };
      const wanted = ["fail", "untested", "untested", "untested", "fail"].map((each, i) => `${names[i]}: ${each}`);
      assert.deepEqual(statuses(await found("linux", true)), wanted);
    });

    it("only as far as the environment needs them", async () => {
      machine.program(`${machine.bin}/docker`, "echo Docker version 27.1.2, build 1");
      const wanted = ["pass", "skipped", "skipped", "skipped", "skipped"].map((each, i) => `${names[i]}: ${each}`);
      const findings = await found(undefined, false);
      assert.deepEqual(statuses(findings), wanted);
      assert.match(findings[0].detail, /^27\.1\.2, /);
    });

    const engine = (info: object) => `
case "$*" in
  --version) echo Docker version 27.1.2, build 1 ;;
  version*) echo '{"Os": "linux", "Version": "27.0.0", "ApiVersion": "1.46"}' ;;
  info*) echo '${JSON.stringify({ DockerRootDir: "/", OSType: "linux", SystemTime: "2026-01-01T00:00:00Z", ...info })}' ;;
esac`;

    it("that work", async () => {
      process.env.DOCKER_HOST = "unix:///run/test.sock";
      programs.add("docker", engine({ IPv4Forwarding: true }));
      machine.program(`${machine.bin}/docker`, "echo Docker version 27.1.2, build 1");
      const findings = await found("linux", false);
      assert.match(findings[1].detail, /^Docker 27\.0\.0, API 1\.46, linux containers, at unix:\/\/\/run\/test\.sock$/);
      assert.match(findings[3].detail, /^\d+\.\d GB free in \/$|take about/);
      assert.deepEqual(statuses(findings).slice(0, 3), [
        "Docker client: pass",
        "Docker engine: pass",
        "IP forwarding: pass",
      ]);
    });

    it("that are there and do not work", async () => {
      process.env.DOCKER_HOST = "unix:///run/test.sock";
      machine.program(`${machine.bin}/docker`, "echo Docker version 27.1.2, build 1");
      programs.add("docker", engine({ IPv4Forwarding: false }));
      assert.equal((await found("linux", false))[2].status, "fail");
      programs.add("docker", 'echo "Cannot connect to the Docker daemon. Is the docker daemon running?" >&2; exit 1');
      const dead = await found("linux", false);
      assert.deepEqual(statuses(dead).slice(1, 4), [
        "Docker engine: fail",
        "IP forwarding: untested",
        "disk: untested",
      ]);
      assert.ok(dead[1].cure);
    });
  });

  describe("settings", () => {
    it("that are right, wrong, or not there", () => {
      machine.file(`${machine.project}/stacks/Pulumi.good.yaml`, yaml("kind: local"));
      machine.file(`${machine.project}/stacks/Pulumi.bad.yaml`, yaml("kind: local", "docker-networkz: {}"));
      const good = settingsFinding(machine.project, "good");
      assert.equal(good.finding.status, "pass", good.finding.detail);
      assert.equal(good.hosts?.kind, "local");
      const bad = settingsFinding(machine.project, "bad");
      assert.equal(bad.finding.status, "fail");
      assert.match(bad.finding.detail, /labs\.docker-networkz/);
      assert.ok(bad.finding.cure);
      // What is wrong with the labs keeps nobody from looking at the hosts.
      assert.equal(bad.hosts?.kind, "local");
      assert.match(settingsFinding(machine.project, "none").finding.detail, /There are: bad, good\./);
    });

    it("and never tells a secret", () => {
      const server = "{ name: one, address: 192.0.2.1, user: me, password: planted-secret, hostKey: wrong }";
      machine.file(`${machine.project}/stacks/Pulumi.bad.yaml`, yaml(`kind: remote\n    servers: [${server}]`));
      const { finding, hosts } = settingsFinding(machine.project, "bad");
      assert.equal(finding.status, "fail");
      assert.equal(hosts, undefined);
      assert.doesNotMatch(JSON.stringify(finding), /planted-secret/);
    });

    const yaml = (hosts: string, labs = "docker-networks: {}"): string =>
      `config:\n  container-network-labs:hosts:\n    ${hosts}\n  container-network-labs:labs:\n    ${labs}\n`;
  });

  describe("servers", () => {
    const environment = `doctor-test-${process.pid}`;
    const point = Buffer.concat([
      Buffer.from([0, 0, 0, 11]),
      Buffer.from("ssh-ed25519"),
      Buffer.from([0, 0, 0, 32]),
      Buffer.alloc(32),
    ]);
    const server: RemoteServer = {
      name: "one",
      address: "192.0.2.1",
      port: 22,
      user: "me",
      os: "linux",
      docker: "ssh",
      privateKeyPath: "keys/me",
      hostKey: `ssh-ed25519 ${point.toString("base64")}`,
    };
    const works = (time: string) => `
case "$*" in
  version*) echo '{"Os": "linux", "Version": "27.0.0", "ApiVersion": "1.46"}' ;;
  info*) echo '{"DockerRootDir": "/var/lib/docker", "OSType": "linux", "IPv4Forwarding": true, "SystemTime": "${time}"}' ;;
esac`;
    const ssh = (docker: string, kilobytes: number) => `
case "$*" in
  *"docker version"*) ${docker} ;;
  *"df -Pk '/var/lib/docker'"*) printf 'Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/a 9 9 ${kilobytes} 1%% /\\n' ;;
esac`;
    const looked = async (): Promise<Finding[]> => {
      const [{ name, findings }] = await serverSections([server], environment);
      assert.equal(name, "one");
      return [...findings];
    };
    afterEach(async () => {
      const { rmSync } = await import("node:fs");
      rmSync(`out/${environment}`, { recursive: true, force: true });
    });

    it("that are fine", async () => {
      programs.add("ssh", ssh("echo 27.0.0", 9_000_000));
      programs.add("docker", works(new Date().toISOString()));
      assert.deepEqual(
        statuses(await looked()),
        ["ssh", "engine", "system", "version", "docker there", "IP forwarding", "disk", "clock"].map(
          (name) => `${name}: pass`,
        ),
      );
    });

    it("that are full, late, and let nobody use docker", async () => {
      programs.add("ssh", ssh("echo 'permission denied while trying to connect' >&2; exit 1", 1_000));
      programs.add("docker", works(new Date(Date.now() - 3_600_000).toISOString()));
      const findings = (await looked()).slice(4);
      assert.deepEqual(statuses(findings), ["docker there: fail", "IP forwarding: pass", "disk: fail", "clock: fail"]);
      assert.match(findings[0].cure!, /usermod -aG docker me/);
    });

    it("that let nobody in", async () => {
      programs.add("ssh", "echo 'me@192.0.2.1: Permission denied (publickey).' >&2; exit 255");
      const findings = await looked();
      assert.deepEqual(
        findings.map(({ status }) => status),
        ["fail", "untested", "untested", "untested"],
      );
      assert.match(findings[0].cure!, /authorized_keys/);
    });

    it("whose host key cannot be read", async () => {
      const [{ findings }] = await serverSections(
        [{ ...server, hostKey: undefined, hostKeyPath: "/none.pub" }],
        environment,
      );
      assert.deepEqual(statuses(findings), ["ssh: untested"]);
      assert.match(findings[0].detail, /none\.pub/);
    });
  });
});
