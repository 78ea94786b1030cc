import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Frontend, HostedInstance } from "../azure-simulator/instances/hosts";
import { type InstanceHostsOptions, RehearsedInstances } from "../../tools/rehearsal/azure/instance-hosts";
import { ensureAzureRehearsal } from "../../tools/rehearsal/azure";
import { dockerOn } from "../../tools/rehearsal/docker";
import { everything, removeAll } from "../../tools/rehearsal/remove";
import { setUp } from "../../tools/setup";
import { thisMachine } from "../../tools/setup/machine";
import { createProgress } from "../../tools/terminal/progress";
import { docker } from "../engine/support";

const environment = "test-172";
const publicAddress = "127.77.172.2";
const customData = `#cloud-config
write_files:
  - { path: /etc/greeting, content: hello }
packages: [docker.io]
runcmd:
  - [sh, -c, "cat /etc/greeting /etc/greeting > /etc/greetings"]
`;

/** Gives the engine a label, by a file that names its socket, too. */
const settings = '{ "hosts": ["unix:///run/docker.sock"], "labels": ["told=yes"] }';
const configured = (command: string) => `#!/bin/sh
set -eu
mkdir -p /etc/systemd/system/docker.service.d
printf '[Service]\\n${command}' > /etc/systemd/system/docker.service.d/test.conf
echo '${settings}' > /etc/docker/daemon.json
systemctl daemon-reload
systemctl restart docker
systemctl is-active docker
docker info --format '{{.Labels}}'
`;

describe("the instances of a rehearsed scale set", function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), "rehearsed-instances-"));
  const key = join(folder, "key");
  const machine = { ...thisMachine(), state: folder };
  const progress = createProgress({ logs: folder });
  let options: InstanceHostsOptions;
  let hosts: RehearsedInstances;

  const frontend = (rule: string, port: number, backendPort: number, shared = false): Frontend => ({
    rule,
    publicAddress,
    frontendPort: port,
    backendPort,
    protocol: "Tcp",
    shared,
  });
  const web = frontend("web", 8080, 8080, true);
  const instance = (number: number, frontends = [frontend("ssh", 50_000 + number, 22), web]): HostedInstance => ({
    subscriptionId: "",
    scaleSetId: "",
    instanceId: String(number),
    id: "",
    vmId: `machine-${number}`,
    name: `labs_${number}`,
    computerName: `labs00000${number}`,
    os: "linux",
    image: "Canonical:ubuntu-24_04-lts:server:latest",
    size: "Standard_D4ds_v5",
    privateAddresses: [`10.0.1.${4 + number}`],
    adminUsername: "labs",
    sshPublicKeys: [readFileSync(`${key}.pub`, "utf8").trim()],
    customData: Buffer.from(customData).toString("base64"),
    frontends,
  });
  let both: readonly HostedInstance[];
  const extension = (text: string) => ({ name: "bootstrap", text, parameters: {} });

  /** Runs a command on the machine behind a port, as its administrator. */
  function ssh(port: number, ...command: string[]) {
    const pinned = ["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=accept-new"];
    const known = ["-o", `UserKnownHostsFile=${join(folder, "known")}`, "-i", key, "-p", String(port)];
    const { status, stdout, stderr } = spawnSync("ssh", [...pinned, ...known, `labs@${publicAddress}`, ...command], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }
  const ids = () => docker("container", "ls", "--no-trunc", "--quiet", "--filter", `name=\\.${environment}$`);
  const left = () => everything(dockerOn(options.dockerHost, machine), environment);

  before(async () => {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    both = [instance(0), instance(1)];
    const { engine, baseImage } = await setUp(progress);
    options = { environment, dockerHost: engine.dockerHost, baseImage, folder: join(folder, "azure") };
    await ensureAzureRehearsal(progress, { environment, engine, machine }, baseImage);
    hosts = new RehearsedInstances(options, progress, machine);
  });
  after(async () => {
    const { dockerHost } = options;
    await removeAll(dockerOn(dockerHost, machine), await left());
    rmSync(folder, { recursive: true, force: true });
  });

  it("come up, several at a time, as their custom data says", async () => {
    await Promise.all(both.map((each) => hosts.create(each)));
    for (const number of [0, 1]) {
      const told = ssh(50_000 + number, "hostname; cat /etc/greetings; sudo id -un; cloud-init status");
      assert.equal(told, `labs00000${number}\nhellohelloroot\nstatus: done`);
    }
  });

  it("have what labs' images start from", () => {
    const name = "container-network-labs/debian:bookworm-slim";
    assert.match(ssh(50_001, `sudo docker image inspect --format '{{.Os}}' ${name}`), /^linux$/);
  });

  it("stay as they are when they are asked for again", async () => {
    const before = ids();
    await Promise.all(both.map((each) => hosts.create(each)));
    assert.equal(ids(), before);
  });

  it("run extensions as root, which fail as they do on a machine", async () => {
    const failed = await hosts.run(both[0], extension("#!/bin/sh\nid -u; echo why >&2; exit 7\n"));
    assert.deepEqual(failed, { exitCode: 7, output: "0", error: "why" });
    const twice = await hosts.run(both[0], extension(configured("")));
    assert.equal(twice.exitCode, 1, twice.output);
    assert.match(twice.error, /directives are specified both as a flag and in the configuration file: hosts/);
    const good = await hosts.run(both[0], extension(configured("ExecStart=\\nExecStart=dockerd\\n")));
    assert.deepEqual([good.exitCode, good.output], [0, "active\n[told=yes]"], good.error);
  });

  it("share a port as far as something answers there", async () => {
    docker("exec", "--detach", `rehearsal-labs_1.${environment}`, "python3", "-m", "http.server", "8080");
    const ask = async () =>
      (await fetch(`http://${publicAddress}:8080/etc/hostname`, { signal: AbortSignal.timeout(5000) })).text();
    // The first answer takes as long as a probe takes to notice.
    const answers = [await eventually(ask)];
    for (let i = 0; i < 6; i++) {
      answers.push(await ask());
    }
    assert.deepEqual([...new Set(answers)], ["labs000001\n"]);
  });

  it("are reached by other ports once they are published, and by no others", async () => {
    await hosts.publish(instance(0, [frontend("ssh", 50_007, 22)]));
    assert.equal(ssh(50_007, "hostname"), "labs000000");
    assert.equal(await opens(50_000), false);
    assert.equal(await opens(50_001), true);
  });

  it("say where a port is taken on this machine, and keep the others", async () => {
    const other = createServer().listen(50_009, publicAddress);
    await once(other, "listening");
    try {
      const taken = instance(0, [frontend("ssh", 50_007, 22), frontend("docker", 50_009, 2376)]);
      await assert.rejects(hosts.publish(taken), /^UserError: The rehearsal's load balancer could not open its ports/);
      assert.equal(ssh(50_007, "hostname"), "labs000000");
    } finally {
      other.close();
    }
  });

  it("come back as they were when they are switched off and on", async () => {
    docker("container", "stop", `rehearsal-labs_0.${environment}`);
    await hosts.create(instance(0, [frontend("ssh", 50_007, 22)]));
    assert.equal(ssh(50_007, "cat /etc/greetings; sudo docker info --format '{{.Labels}}'"), "hellohello[told=yes]");
  });

  it("are gone when they are removed, and the load balancer with the last", async () => {
    await hosts.remove(both[0]);
    assert.equal(await opens(50_007), false);
    assert.equal(ssh(50_001, "hostname"), "labs000001");
    await Promise.all(both.map((each) => hosts.remove(each)));
    assert.deepEqual(await left(), [{ kind: "network", name: `rehearsal-${environment}` }]);
  });
});

/** Whether something listens on a port of the load balancer. */
function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: publicAddress, port });
    const end = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", end(true)).once("error", end(false));
  });
}

/** Tries for some seconds. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 20; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0) {
        throw error;
      }
      await sleep(250);
    }
  }
}
