import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessTo } from "../../../components/hosts/access";
import {
  certPathOf,
  type ClientCredentials,
  hashOf,
  hashOfFiles,
  keyPathOf,
  writeCredentials,
} from "../../../components/hosts/scale-set-access";
import { type ReachedMachine, ScaleSetHost } from "../../../components/hosts/scale-set-host";
import { Image } from "../../../components/images/image";
import { registered, type Registered } from "./mocks";

const reached: ReachedMachine = {
  server: {
    ...{ name: "labs-1", instance: "0", address: "192.0.2.9", port: 50_000, user: "labs", os: "linux" },
    ...{ docker: "tcp+tls", privateKeyPath: keyPathOf("unit"), hostKey: "ssh-ed25519 AAAA" },
    tls: { port: 51_000, certPath: certPathOf("unit") },
  },
  machine: "ABCD:EFGH",
  credentials: "hash",
  lastStops: { c1: "2026-11-21T10:00:00Z" },
};

function host(machine: pulumi.Output<ReachedMachine> = pulumi.output(reached)): ScaleSetHost {
  const args = { hostName: "labs-1", os: "linux", baseImage: {}, environment: "unit", user: "labs" } as const;
  return new ScaleSetHost("labs-1", { ...args, reached: machine });
}

/** As what is not known arrives at the mocks. */
const notKnown = { __pulumiUnknown: true };
const unknown = () => pulumi.output(pulumi.unknown as unknown as ReachedMachine);
const inputsOf = (found: readonly Registered[], wanted: string) =>
  found.filter(({ type }) => type === wanted).map(({ inputs }) => inputs);
const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));

describe("a host of a scale set", () => {
  it("reaches its engine by the load balancer's port, with certificates of both sides", async () => {
    assert.deepEqual(inputsOf(await registered(() => host()), "pulumi:providers:docker"), [
      { host: "tcp://192.0.2.9:51000", certPath: "out/unit/azure/tls" },
    ]);
  });

  it("is at this machine's end of a tunnel where there is one, and its labs at the load balancer", async () => {
    const server = { ...reached.server, address: "127.0.0.1", port: 20_000, published: "192.0.2.9" };
    let address: pulumi.Output<string> | undefined;
    const found = await registered(() => {
      const tls = { port: 20_001, certPath: certPathOf("unit") };
      address = host(pulumi.output({ ...reached, server: { ...server, tls } })).address;
    });
    assert.deepEqual(inputsOf(found, "pulumi:providers:docker"), [
      { host: "tcp://127.0.0.1:20001", certPath: "out/unit/azure/tls" },
    ]);
    assert.equal(await valueOf(address!), "192.0.2.9");
  });

  it("is in a preview before there is a machine, without what nobody can know of it", async () => {
    const found = await registered(() => host(unknown()).command("c", { create: "make it" }), true);
    assert.deepEqual(inputsOf(found, "pulumi:providers:docker"), [{ host: notKnown, certPath: "out/unit/azure/tls" }]);
    const [{ create, interpreter }] = inputsOf(found, "command:local:Command");
    assert.deepEqual([create, interpreter], ["make it", notKnown]);
  });

  it("runs a command over SSH, and a program on this machine, once the machine is ready", async () => {
    const found = await registered(() => {
      const ready = host();
      ready.command("c", { create: "make it" });
      ready.program("p", { create: "node tools/run.js pool apply" });
    });
    const [command, program] = inputsOf(found, "command:local:Command");
    assert.deepEqual(command.interpreter, ["ssh", "-F", "out/unit/ssh/config", "labs-1.unit"]);
    assert.deepEqual(program.environment, {
      DOCKER_HOST: "tcp://192.0.2.9:51000",
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: "out/unit/azure/tls",
    });
  });

  it("has all that is made on it go with it, so that nothing is asked of a machine that is gone", async () => {
    const gone: unknown[] = [];
    await registered(() => {
      // The engine is told of it in a request that mocks do not see.
      pulumi.runtime.registerStackTransformation(({ type, opts }) => {
        if (/^(docker|command):/.test(type)) {
          gone.push((opts as pulumi.CustomResourceOptions).deletedWith);
        }
        return undefined;
      });
      const own = host();
      own.command("c", { create: "make it" });
      new Image("image", { lab: "l", host: own, repository: "r", folder: join(__dirname, "..", "image-builder") });
    });
    assert.equal(gone.length, 2);
    assert.ok(gone.every((each) => each instanceof ScaleSetHost));
  });

  it("tells when its containers were last stopped", async () => {
    let told: Promise<string[]> | undefined;
    await registered(() => {
      const ready = host();
      told = Promise.all(["c1", "c2"].map((id) => valueOf(ready.generationOf(id))));
    });
    assert.deepEqual(await told, ["2026-11-21T10:00:00Z", "never"]);
  });

  it("is recorded with the address at which everybody comes to it", async () => {
    let recorded: Promise<string> | undefined;
    await registered(() => {
      const { address, engine } = accessTo(host());
      recorded = valueOf(pulumi.interpolate`${engine} behind ${address}`);
    });
    assert.equal(await recorded, "tcp://192.0.2.9:51000 behind 192.0.2.9");
  });
});

describe("the credentials of a scale set's hosts on this machine", () => {
  const credentials: ClientCredentials = { userKey: "k\n", ca: "a", clientCertificate: "c", clientKey: "p" };
  const [before, folder] = [process.cwd(), mkdtempSync(join(tmpdir(), "credentials-"))];
  beforeEach(() => process.chdir(folder));
  afterEach(() => process.chdir(before));
  after(() => rmSync(folder, { recursive: true }));

  it("are known by their hash, which there is none of before they are whole", () => {
    assert.equal(hashOfFiles("unit"), undefined);
    writeCredentials(credentials, "unit");
    assert.equal(hashOfFiles("unit"), hashOf(credentials));
    assert.notEqual(hashOf({ ...credentials, clientKey: "another" }), hashOf(credentials));
    rmSync(join(certPathOf("unit"), "ca.pem"));
    assert.equal(hashOfFiles("unit"), undefined);
  });

  it("are for this user alone", function () {
    if (process.platform === "win32") {
      this.skip();
    }
    writeCredentials(credentials, "unit");
    for (const file of [keyPathOf("unit"), join(certPathOf("unit"), "key.pem")]) {
      assert.equal(statSync(file).mode & 0o777, 0o600);
    }
  });
});
