import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BASE_IMAGE, BASE_IMAGE_STAND_IN } from "../../../components/images/base-image";
import { ensureBaseImage } from "../../../tools/setup/base-image";
import { ensureEngine } from "../../../tools/setup/engine";
import { startedEngine, stopEngine } from "../../../tools/setup/own-engine";
import { FakeMachine, recordedProgress } from "./support";

const SOCKET = "unix:///var/run/docker.sock";

describe("the engine", () => {
  let machine: FakeMachine;
  beforeEach(() => (machine = new FakeMachine()));
  afterEach(() => machine.remove());

  async function ensure() {
    const { progress, shown } = recordedProgress(machine);
    const engine = await ensureEngine(progress, machine);
    return { ...engine, shown: shown() };
  }

  /** A docker client in this context, whose engine answers as the script says. */
  function client(context: string, version: string): void {
    machine.program(
      join(machine.bin, "docker"),
      `case "$1" in context) echo "${context}" ;; *) [ "$3" = version ] && ${version} ;; esac`,
    );
  }

  const DEAD = "{ echo 'Cannot connect to the Docker daemon.' >&2; exit 1; }";

  it("is the one that DOCKER_HOST says, before any context", async () => {
    client("other ssh://elsewhere", "echo 28");
    machine.env.DOCKER_HOST = "tcp://10.0.0.1:2376";
    const { dockerHost, origin, startedByUs } = await ensure();
    assert.deepEqual(
      [dockerHost, origin, startedByUs],
      ["tcp://10.0.0.1:2376", "tcp://10.0.0.1:2376, DOCKER_HOST", false],
    );
    assert.deepEqual(machine.calls(), ["docker -H tcp://10.0.0.1:2376 version --format {{.Server.Version}}"]);
  });

  it("is the one of the user's context, before the default socket", async () => {
    client("colima unix:///home/u/.colima/docker.sock", "echo 28");
    const { dockerHost, origin } = await ensure();
    assert.equal(dockerHost, "unix:///home/u/.colima/docker.sock");
    assert.match(origin, /context colima$/);
  });

  it("is the one at the default socket, which is left alone if it runs", async () => {
    client(`default ${SOCKET}`, "echo 28");
    const { origin, startedByUs, shown } = await ensure();
    assert.deepEqual([origin, startedByUs, shown], [`${SOCKET}, running already`, false, ""]);
  });

  for (const [what, set] of Object.entries({
    DOCKER_HOST: () => {
      client(`default ${SOCKET}`, DEAD);
      machine.env.DOCKER_HOST = "tcp://10.0.0.1:2376";
    },
    "context colima": () => client("colima unix:///home/u/.colima/docker.sock", DEAD),
  })) {
    it(`is not another one where the engine of ${what} does not answer, even where one could be started`, async () => {
      set();
      machine.debianRoot = true;
      await assert.rejects(ensure(), new RegExp(`engine of your ${what} .* does not answer: .*Cannot connect`));
      assert.ok(machine.calls().every((call) => call.startsWith("docker ")));
    });
  }

  it("may not be usable by this user, which has a cure of its own", async () => {
    client(`default ${SOCKET}`, "{ echo 'permission denied while trying to connect' >&2; exit 1; }");
    await assert.rejects(ensure(), /usermod -aG docker/);
  });

  it("is asked for where it cannot be installed, with what to do", async () => {
    machine.env.PATH = machine.bin;
    await assert.rejects(
      ensure(),
      /^UserError: There is no docker command on PATH\. Install Docker .*same command again\.$/,
    );
    client(`default ${SOCKET}`, DEAD);
    await assert.rejects(ensure(), /^UserError: No Docker engine answers\. Install Docker/);
  });

  it("is installed and started on Debian as root, asking nothing, and stopped by its own command only", async () => {
    machine.debianRoot = true;
    machine.env.PATH = `${machine.bin}:/usr/bin:/bin`;
    const docker = join(machine.bin, "docker");
    machine.program(docker, DEAD);
    // The engine runs once its file is there; it ends when told so.
    const running = join(machine.root, "running");
    machine.program(
      join(machine.bin, "dockerd"),
      `: > ${running}; trap 'rm ${running}; exit' TERM; while :; do sleep 0.05; done`,
    );
    machine.program(
      docker,
      `case "$1" in context) echo "default ${SOCKET}" ;; *) [ -e ${running} ] || ${DEAD} ;; esac`,
    );
    const { startedByUs, shown } = await ensure();
    assert.equal(startedByUs, true);
    assert.match(shown, /^Docker: start: started\nDocker: start: done in/);
    assert.equal((await ensure()).origin, `${SOCKET}, started by this program`);
    const { progress } = recordedProgress(machine);
    await progress.step("stop", (report) => stopEngine(machine, report));
    assert.ok(!existsSync(running));
    assert.equal(startedEngine(machine), undefined);
  });

  it("is a service where systemd looks after services", async () => {
    machine.debianRoot = true;
    machine.systemd = true;
    const running = join(machine.root, "running");
    machine.program(join(machine.bin, "dockerd"));
    machine.program(join(machine.bin, "systemctl"), `[ "$1" = start ] && : > ${running} || rm ${running}`);
    machine.program(
      join(machine.bin, "docker"),
      `case "$1" in context) echo "default ${SOCKET}" ;; *) [ -e ${running} ] || ${DEAD} ;; esac`,
    );
    await ensure();
    const { progress } = recordedProgress(machine);
    await progress.step("stop", (report) => stopEngine(machine, report));
    const services = machine.calls().filter((call) => call.startsWith("systemctl"));
    assert.deepEqual(services, ["systemctl start docker", "systemctl stop docker.socket docker"]);
  });

  it("is started again while it tidies up after containers that were killed with the last one", async () => {
    machine.debianRoot = true;
    const running = join(machine.root, "running");
    const tries = join(machine.root, "tries");
    machine.program(
      join(machine.bin, "dockerd"),
      `echo >> ${tries}
      [ $(wc -l < ${tries}) -ge 3 ] || { echo 'failed to start containerd: timeout waiting for containerd to start'; exit 1; }
      : > ${running}; trap 'rm ${running}; exit' TERM; while :; do sleep 0.05; done`,
    );
    client(`default ${SOCKET}`, `[ -e ${running} ] || ${DEAD}`);
    const { startedByUs } = await ensure();
    assert.equal(startedByUs, true);
    assert.equal(readFileSync(tries, "utf8").length, 3);
    const { progress } = recordedProgress(machine);
    await progress.step("stop", (report) => stopEngine(machine, report));
    assert.ok(!existsSync(running));
  });

  it("says so with its log where it does not start", async () => {
    machine.debianRoot = true;
    client(`default ${SOCKET}`, DEAD);
    machine.program(join(machine.bin, "dockerd"), "echo 'no iptables'; exit 1");
    const { progress, shown } = recordedProgress(machine);
    await assert.rejects(ensureEngine(progress, machine), /The Docker engine ended while it started/);
    assert.match(shown(), /✗ Docker: start: failed after .*docker-start\.log, which ends:\n {4}no iptables/);
  });
});

describe("the base image", () => {
  let machine: FakeMachine;
  beforeEach(() => (machine = new FakeMachine()));
  afterEach(() => machine.remove());

  const engine = { dockerHost: SOCKET, origin: "", startedByUs: false };

  /** An engine with these images; `pull` is what it does when asked for another. */
  function images(there: readonly string[], pull: string): void {
    const known = there.map((image) => `*"inspect --format {{.Id}} ${image}") echo sha256:1 ;;`).join(" ");
    machine.program(
      join(machine.bin, "docker"),
      `case "$*" in ${known} *inspect*) echo "Error: No such image" >&2; exit 1 ;; *pull*) ${pull} ;; esac`,
    );
  }

  async function ensure() {
    const { progress, shown } = recordedProgress(machine);
    const image = await ensureBaseImage(progress, engine, { machine });
    return { image, shown: shown(), pulled: machine.calls().some((call) => call.includes(" pull ")) };
  }

  it("is the official one where the engine has it", async () => {
    images([BASE_IMAGE], "exit 1");
    assert.deepEqual(await ensure(), { image: BASE_IMAGE, shown: "", pulled: false });
  });

  it("is the stand-in where the engine has one", async () => {
    images([BASE_IMAGE_STAND_IN], "exit 1");
    assert.deepEqual(await ensure(), { image: BASE_IMAGE_STAND_IN, shown: "", pulled: false });
  });

  it("is pulled by digest where a registry answers", async () => {
    images([], "echo 'Pulling from library/debian'");
    const { image, shown } = await ensure();
    assert.equal(image, BASE_IMAGE);
    assert.match(image, /^debian:bookworm-slim@sha256:[0-9a-f]{64}$/);
    assert.match(shown, /^Base image: pull: started\nBase image: pull: done in/);
  });

  it("of a server is brought over the way that its engine is reached by, and told of by the server's name", async () => {
    const seen = join(machine.root, "seen");
    const script = `echo "$2 $DOCKER_HOST $(command -v ssh)" >> ${seen}; case "$*" in *inspect*) echo "No such image" >&2; exit 1; esac`;
    // The folder with the ssh that reads the configuration is put before this process's PATH.
    const { PATH } = process.env;
    process.env.PATH = `${machine.bin}:${PATH}`;
    try {
      machine.program(join(machine.bin, "docker"), `${script}; echo Pulling`);
      const { progress, shown } = recordedProgress(machine);
      const address = { engine: "ssh://one.test", sshConfig: "out/test/ssh/config" };
      await ensureBaseImage(progress, { dockerHost: address.engine }, { machine, host: "one", address });
      assert.match(shown(), /^Base image of one: pull: started\nBase image of one: pull: done in/);
    } finally {
      process.env.PATH = PATH;
    }
    const lines = new Set(readFileSync(seen, "utf8").trim().split("\n"));
    const shim = join(__dirname, "..", "..", "..", "components", "hosts", "ssh", "ssh");
    assert.deepEqual([...lines], [`ssh://one.test ssh://one.test ${shim}`]);
  });

  it("is asked for where none answers and none can be made", async () => {
    images([], "exit 1");
    await assert.rejects(ensure(), /no registry answers it\. Bring it there/);
  });

  it("is made of Debian packages where none answers, and the packages are brought once", async () => {
    images([], "exit 1");
    machine.debianRoot = true;
    machine.program(
      join(machine.bin, "debootstrap"),
      'for to; do :; done; mkdir -p "$to/usr/share" "$to/usr/sbin" "$to/var/lib/apt"',
    );
    const { progress, shown } = recordedProgress(machine);
    for (let engines = 0; engines < 2; engines += 1) {
      assert.equal(await ensureBaseImage(progress, engine, { machine }), BASE_IMAGE_STAND_IN);
    }
    assert.match(shown(), /Base image: made of Debian packages, as container-network-labs\/debian:bookworm-slim\./);
    const calls = machine.calls();
    assert.equal(calls.filter((call) => call.startsWith("debootstrap --variant=minbase bookworm")).length, 1);
    assert.equal(calls.filter((call) => call.includes(" import ")).length, 2);
  });
});
