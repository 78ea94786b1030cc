import assert from "node:assert/strict";
import { RemoteHost } from "../../../components/hosts/remote-host";
import { accessTo } from "../../../components/hosts/access";
import type { ContainerHost } from "../../../components/hosts/container-host";
import { labs } from "../../../components/labs";
import type { RemoteServer } from "../../../components/settings";
import { registered, type Registered } from "./mocks";

const password = "planted-password";
const server: RemoteServer = {
  name: "one",
  address: "192.0.2.1",
  port: 50022,
  user: "me",
  os: "linux",
  docker: "ssh",
  privateKeyPath: "keys/planted-key",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs",
};

function remoteHost(change: Partial<RemoteServer> = {}): RemoteHost {
  const given = { ...server, ...change };
  const args = { server: given, environment: "unit", baseImage: { BASE: "debian" }, lastStops: new Map() };
  return new RemoteHost(given.name, args);
}

function inputsOf(found: readonly Registered[], wanted: string): Record<string, unknown>[] {
  return found.filter(({ type }) => type === wanted).map(({ inputs }) => inputs);
}

const provider = async (change: Partial<RemoteServer> = {}) =>
  inputsOf(await registered(() => remoteHost(change)), "pulumi:providers:docker");

describe("a remote host", () => {
  it("reaches its engine over SSH, by the configuration of its environment", async () => {
    assert.deepEqual(await provider(), [{ host: "ssh://one.unit", sshOpts: '["-F","out/unit/ssh/config"]' }]);
  });

  it("reaches it by its own port where that is asked for, with certificates of both sides", async () => {
    const tls = { port: 2376, certPath: "certs/one" };
    assert.deepEqual(await provider({ docker: "tcp+tls", tls }), [
      { host: "tcp://192.0.2.1:2376", certPath: "certs/one" },
    ]);
  });

  it("runs a command over SSH, its text the same as for any host", async () => {
    const found = await registered(() =>
      remoteHost().command("c", { create: "make it", delete: "undo it", stdin: "data" }),
    );
    assert.deepEqual(inputsOf(found, "command:local:Command"), [
      {
        create: "make it",
        delete: "undo it",
        stdin: "data",
        interpreter: ["ssh", "-F", "out/unit/ssh/config", "one.unit"],
        logging: "stderr",
        addPreviousOutputInEnv: false,
      },
    ]);
  });

  it("has a program run on this machine, told of its engine by what is the same in every clone", async () => {
    const found = await registered(() => remoteHost().program("p", { create: "node tools/run.js pool apply" }));
    const [{ interpreter, environment }] = inputsOf(found, "command:local:Command");
    assert.equal(interpreter, undefined);
    assert.deepEqual(environment, {
      DOCKER_HOST: "ssh://one.unit",
      CONTAINER_NETWORK_LABS_SSH_CONFIG: "out/unit/ssh/config",
    });
  });

  it("is recorded with how its engine is reached, and the toolbox to probe from", async () => {
    const recorded: Record<string, unknown>[] = [];
    const record = (host: ContainerHost) => {
      const { toolbox, ...access } = accessTo(host);
      recorded.push({ ...access, toolbox: toolbox !== undefined });
    };
    await registered(() => {
      record(remoteHost());
      record(remoteHost({ name: "two", os: "windows", docker: "tcp+tls", tls: { port: 2376, certPath: "certs" } }));
    });
    assert.deepEqual(recorded, [
      {
        name: "one",
        kind: "remote",
        os: "linux",
        engine: "ssh://one.unit",
        sshConfig: "out/unit/ssh/config",
        toolbox: true,
      },
      { name: "two", kind: "remote", os: "windows", engine: "tcp://192.0.2.1:2376", certPath: "certs", toolbox: false },
    ]);
  });
});

describe("all labs on two remote hosts", () => {
  const lists = [server, { ...server, name: "two", privateKeyPath: undefined, password }].map((each) => ({ ...each }));
  const declared = () =>
    registered(() => {
      const hosts = new Map(lists.map((each) => [each.name, remoteHost(each)]));
      const known = lists.map(({ name, os }) => ({ name, kind: "remote", os }));
      for (const [lab, definition] of Object.entries(labs)) {
        const settings = definition.settings.safeParse({});
        for (const [name, host] of settings.success ? hosts : []) {
          definition.expectations(settings.data, host.os, { environment: "unit", host: name, hosts: known });
          definition.declare(`${lab}-${name}`, settings.data, host, hosts);
        }
      }
    });
  let found: readonly Registered[];
  before(async () => {
    found = await declared();
  });

  it("have names that do not clash", () => {
    const names = found.map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(
      names.filter((name, i) => names.indexOf(name) !== i),
      [],
    );
    // There is something to tell: each has the labs' components.
    assert.ok(names.includes("container-network-labs:labs:DockerNetworksLab docker-networks-one"));
    assert.ok(names.includes("container-network-labs:labs:DockerNetworksLab docker-networks-two"));
  });

  it("are each made through their own host's providers", () => {
    for (const { type, name, provider: through } of found.filter((each) => /^(docker|command):/.test(each.type))) {
      const host = /-(one|two)(?:-|$)|^(one|two)-/.exec(name)!;
      assert.match(through!, new RegExp(`::${host[1] ?? host[2]}-(docker|command)::`), `${type} ${name}`);
    }
  });

  it("have no password and no private key in any input", () => {
    const all = JSON.stringify(found);
    assert.ok(all.includes("ssh://two.unit"));
    assert.ok(!all.includes(password));
    assert.ok(!all.includes("planted-key"));
  });

  it("have no path of this machine in any input", () => {
    assert.ok(!JSON.stringify(found).includes(process.cwd()));
  });
});
