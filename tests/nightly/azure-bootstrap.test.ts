import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrapFor } from "../../components/azure/bootstrap";
import type { Credentials, MadeKeys } from "../../components/azure/credentials";
import { makeCertificates, makeKeys } from "../../tools/credentials";
import { ensureAzureRehearsal } from "../../tools/rehearsal/azure";
import { type InstanceHostsOptions, RehearsedInstances } from "../../tools/rehearsal/azure/instance-hosts";
import { dockerOn } from "../../tools/rehearsal/docker";
import { nameOf } from "../../tools/rehearsal/labels";
import { everything, removeAll } from "../../tools/rehearsal/remove";
import { setUp } from "../../tools/setup";
import { thisMachine } from "../../tools/setup/machine";
import { createProgress } from "../../tools/terminal/progress";
import type { CommandResult, HostedInstance } from "../azure-simulator/instances/hosts";

const environment = "test-173";
const publicAddress = "127.77.173.2";
const ports = { ssh: 50_000, docker: 51_000 };
const user = "labs";

/** What the machine's services were started as: other numbers once they were restarted. */
const services = "pgrep -x dockerd; pgrep -o -x sshd";

describe("the bootstrap of a Linux host, on a machine", function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), "azure-bootstrap-"));
  const machine = { ...thisMachine(), state: folder };
  const progress = createProgress({ logs: folder });
  const bootstrap = bootstrapFor("linux", { user });
  let options: InstanceHostsOptions;
  let hosts: RehearsedInstances;
  let made: MadeKeys;
  let instance: HostedInstance;
  let first: Credentials;

  const frontend = (rule: string, frontendPort: number, backendPort: number) => ({
    ...{ rule, publicAddress, frontendPort, backendPort },
    ...{ protocol: "Tcp", shared: false },
  });
  const newCertificates = async (): Promise<Credentials> => {
    const { keys, caKey } = made;
    return { ...keys, ...(await makeCertificates({ address: publicAddress, ca: keys.ca, caKey })) };
  };
  const script = (credentials: Credentials): string =>
    Buffer.from(bootstrap.protectedSettings(credentials).script, "base64").toString("utf8");
  const run = (text: string): Promise<CommandResult> =>
    hosts.run(instance, { name: "bootstrap", text, parameters: {} });
  const on = (text: string): Promise<string> =>
    dockerOn(options.dockerHost, machine)(["exec", nameOf(environment, instance.name), "sh", "-c", text]);

  /** Asks the engine, through the load balancer, as a client with these credentials does. */
  function engine(client: Credentials, ...args: string[]) {
    const certPath = join(folder, "tls");
    mkdirSync(certPath, { recursive: true });
    const write = (name: string, text: string) => writeFileSync(join(certPath, name), text, { mode: 0o600 });
    write("ca.pem", client.ca);
    write("cert.pem", client.clientCertificate);
    write("key.pem", client.clientKey);
    const env = { ...process.env, DOCKER_CERT_PATH: certPath };
    const host = `tcp://${publicAddress}:${ports.docker}`;
    return spawnSync("docker", ["--host", host, "--tlsverify", ...args], { env, encoding: "utf8" });
  }

  /** Logs in through the load balancer, with the host key pinned. */
  function ssh(credentials: Credentials, ...command: string[]) {
    const [key, known] = [join(folder, "key"), join(folder, "known_hosts")];
    writeFileSync(key, credentials.userKey, { mode: 0o600 });
    writeFileSync(known, `[${publicAddress}]:${ports.ssh} ${credentials.hostPublicKey}\n`);
    const pinned = ["-F", "none", "-i", key, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"];
    const strict = ["-o", "StrictHostKeyChecking=yes", "-o", `UserKnownHostsFile=${known}`, "-p", String(ports.ssh)];
    return spawnSync("ssh", [...pinned, ...strict, `${user}@${publicAddress}`, ...command], { encoding: "utf8" });
  }

  before(async () => {
    made = await makeKeys({ password: false });
    first = await newCertificates();
    const { engine: local, baseImage } = await setUp(progress);
    options = { environment, dockerHost: local.dockerHost, baseImage, folder: join(folder, "azure") };
    await ensureAzureRehearsal(progress, { environment, engine: local, machine }, baseImage);
    hosts = new RehearsedInstances(options, progress, machine);
    instance = {
      ...{ subscriptionId: "", scaleSetId: "", instanceId: "0", id: "", vmId: "machine-0", name: "labs_0" },
      ...{ computerName: "labs000000", os: "linux", image: "", size: "", privateAddresses: ["10.0.1.4"] },
      ...{ adminUsername: user, sshPublicKeys: [first.userPublicKey], customData: bootstrap.customData },
      frontends: [frontend("ssh", ports.ssh, 22), frontend("docker", ports.docker, 2376)],
    };
    await hosts.create(instance);
  });
  after(async () => {
    const docker = dockerOn(options.dockerHost, machine);
    await removeAll(docker, await everything(docker, environment));
    rmSync(folder, { recursive: true, force: true });
  });

  it("has it reached over SSH and over TLS, each side knowing the other", async () => {
    const { exitCode, output, error } = await run(script(first));
    assert.equal(exitCode, 0, error);
    assert.match(output, /^docker \d/m);
    const version = engine(first, "version", "--format", "{{.Server.Os}}");
    assert.equal(version.stdout, "linux\n", version.stderr);
    const login = ssh(first, "docker version --format '{{.Server.Os}}'; sudo -n id -u");
    assert.equal(login.stdout, "linux\n0\n", login.stderr);
  });

  it("has the engine refuse a client without a certificate, and one of another authority", async () => {
    const without = spawnSync("curl", ["-sS", "--insecure", `https://${publicAddress}:${ports.docker}/_ping`]);
    assert.notEqual(without.status, 0);
    assert.match(String(without.stderr), /alert (bad certificate|certificate required)/);
    const { keys, caKey } = await makeKeys({ password: false });
    const others = await makeCertificates({ address: publicAddress, ca: keys.ca, caKey });
    const stranger = engine({ ...first, ...others }, "version");
    assert.notEqual(stranger.status, 0);
    assert.match(stranger.stderr, /bad certificate|unknown certificate authority/);
  });

  it("lets nobody but root read keys", async () => {
    const found = await on("stat -c '%a %U %n' /etc/docker/tls/* /etc/ssh/ssh_host_ed25519_key; ls /tmp");
    assert.deepEqual(found.trim().split("\n"), [
      "600 root /etc/docker/tls/ca.pem",
      "600 root /etc/docker/tls/server-key.pem",
      "600 root /etc/docker/tls/server.pem",
      "600 root /etc/ssh/ssh_host_ed25519_key",
    ]);
  });

  it("changes nothing when it runs again", async () => {
    const before = await on(
      `${services}; stat -c %Z /etc/docker/*.json /etc/docker/tls/* /etc/ssh/ssh_host_ed25519_key`,
    );
    assert.equal((await run(script(first))).exitCode, 0);
    const after = await on(
      `${services}; stat -c %Z /etc/docker/*.json /etc/docker/tls/* /etc/ssh/ssh_host_ed25519_key`,
    );
    assert.equal(after, before);
  });

  it("renews certificates, and the containers live on", async () => {
    // As small as an image can be: a program and what it is linked with.
    const files = "lib64/ld-linux-x86-64.so.2 lib/x86_64-linux-gnu/libc.so.6 bin/sleep";
    await on(`cd / && tar -ch ${files} | docker import - tiny && docker run -d --name lives tiny /bin/sleep 3600`);
    const state = "docker inspect lives --format '{{.State.Running}} {{.State.Pid}}'";
    const before = await on(state);
    assert.match(before, /^true [1-9]/);
    const [dockerd, sshd] = (await on(services)).split("\n");
    const renewed = await newCertificates();
    const { exitCode, error } = await run(script(renewed));
    assert.equal(exitCode, 0, error);
    const [dockerdNow, sshdNow] = (await on(services)).split("\n");
    assert.notEqual(dockerdNow, dockerd);
    assert.equal(sshdNow, sshd);
    assert.equal(await on(state), before);
    assert.equal(engine(renewed, "ps", "--format", "{{.Names}}").stdout, "lives\n");
    assert.ok((await on("cat /etc/docker/tls/server.pem")).includes(renewed.serverCertificate.trim()));
  });

  it("goes on where a run was cut short after it had written", async () => {
    const renewed = await newCertificates();
    const text = script(renewed);
    const cut = text.replace(/^systemctl daemon-reload$/m, "kill -9 $$");
    assert.notEqual(cut, text);
    assert.notEqual((await run(cut)).exitCode, 0);
    const { exitCode, error } = await run(text);
    assert.equal(exitCode, 0, error);
    assert.equal(engine(renewed, "version", "--format", "{{.Server.Os}}").stdout, "linux\n");
  });

  it("fails with the machine's name, the step and what to do, and is not ready; the next run mends it", async () => {
    const [one, other] = [await newCertificates(), await newCertificates()];
    const failed = await run(script({ ...one, serverKey: other.serverKey }));
    assert.notEqual(failed.exitCode, 0);
    assert.match(failed.error, /private key does not match public key/);
    const last = failed.error.trim().split("\n").slice(-2);
    assert.match(last[0], /^labs000000: failed while setting up the engine \(exit code \d+\)\.$/);
    assert.match(last[1], /^What to do: npm run up/);
    const ready = "test -e /var/lib/container-network-labs/ready && echo ready || echo not";
    assert.equal((await on(ready)).trim(), "not");
    assert.equal((await run(script(one))).exitCode, 0);
    assert.equal((await on(ready)).trim(), "ready");
  });

  it("fails where the engine would let everybody in", async () => {
    const open = script(first).replace('"tlsverify": true', '"tls": true, "tlsverify": false');
    assert.notEqual(open, script(first));
    const { exitCode, error } = await run(open);
    assert.notEqual(exitCode, 0);
    assert.match(error, /failed while checking that the engine refuses who has no certificate/);
    assert.equal((await run(script(first))).exitCode, 0);
  });

  it("fails for a package that cannot be had", async () => {
    const { exitCode, error } = await run(script(first).replace(/^openssl$/m, "openssl\nno-such-package"));
    assert.notEqual(exitCode, 0);
    assert.match(error, /Unable to locate package no-such-package/);
    assert.match(error, /labs000000: failed while installing packages/);
  });

  it("keeps containers from WireServer, and from nothing else", async () => {
    // A container and Azure's service are two network namespaces, and the machine between them forwards, as it would.
    const out = await on(`set -e
      ip netns add container; ip netns add azure
      ip link add c0 type veth peer name c1 netns container; ip link add a0 type veth peer name a1 netns azure
      ip address add 198.18.5.1/24 dev c0; ip link set c0 up
      ip address add 198.18.6.1/24 dev a0; ip link set a0 up
      ip -n container address add 198.18.5.2/24 dev c1; ip -n container link set c1 up
      ip -n container route add default via 198.18.5.1
      ip -n azure address add 198.18.6.2/24 dev a1; ip -n azure link set a1 up; ip -n azure link set lo up
      ip -n azure address add 168.63.129.16/32 dev lo; ip -n azure route add default via 198.18.6.1
      ip route add 168.63.129.16/32 via 198.18.6.2
      iptables -I DOCKER-USER -j ACCEPT
      for port in 53 80 32526; do ip netns exec azure python3 -m http.server $port >/dev/null 2>&1 & done
      sleep 2
      for port in 53 80 32526; do
        for who in container machine; do
          enter=; [ $who = machine ] || enter="ip netns exec container"
          code=$($enter curl -s -o /dev/null -w '%{http_code}' --max-time 5 http://168.63.129.16:$port/) || code="refused $?"
          echo "$who $port $code"
        done
      done
      kill $(ip netns pids azure); iptables -D DOCKER-USER -j ACCEPT
      ip route del 168.63.129.16/32; ip netns del container; ip netns del azure`);
    assert.deepEqual(out.trim().split("\n"), [
      ...["container 53 200", "machine 53 200"],
      ...["container 80 refused 7", "machine 80 200"],
      ...["container 32526 refused 7", "machine 32526 200"],
    ]);
  });
});
