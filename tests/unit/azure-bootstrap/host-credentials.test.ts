import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type Credentials, HostCredentials, renewalEpoch } from "../../../components/azure/credentials";
import { registered, type Registered } from "../components/mocks";

const keys = {
  userKey: "user key",
  userPublicKey: "ssh-ed25519 user",
  hostKey: "host key",
  hostPublicKey: "ssh-ed25519 host",
  ca: "authority",
  adminPassword: "password",
};
const caKey = "authority's key";
const certificates = { serverCertificate: "1", serverKey: "2", clientCertificate: "3", clientKey: "4" };

interface Declared {
  readonly resources: Registered[];
  readonly options: ReadonlyMap<string, pulumi.CustomResourceOptions>;
  /** What the component makes known, and whether it is a secret. */
  readonly known: ReadonlyMap<string, { value: unknown; secret: boolean }>;
}

async function declared(preview = false, remoting?: boolean): Promise<Declared> {
  const options = new Map<string, pulumi.CustomResourceOptions>();
  const known = new Map<string, { value: unknown; secret: boolean }>();
  const pending: Promise<unknown>[] = [];
  const resources = await registered(
    () => {
      const transformations: pulumi.ResourceTransformation[] = [
        ({ name, opts }) => {
          options.set(name, opts);
          return undefined;
        },
      ];
      const made = new HostCredentials(
        "labs",
        { address: pulumi.output("192.0.2.7"), windows: true, remoting },
        { transformations },
      );
      for (const name of ["credentials", "userPublicKey", "hostPublicKey", "adminPassword"] as const) {
        const output: pulumi.Output<unknown> = made[name];
        pending.push(
          Promise.all([new Promise((resolve) => void output.apply(resolve)), pulumi.isSecret(output)]).then(
            ([value, secret]) => known.set(name, { value, secret }),
          ),
        );
      }
    },
    preview,
    (name) => (name.endsWith("-keys") ? { keys, caKey } : certificates),
  );
  await Promise.all(pending);
  return { resources, options, known };
}

describe("the component of cloud hosts' credentials", () => {
  const commands = ({ resources }: Declared) =>
    new Map(
      resources.filter(({ type }) => type.startsWith("command:local:")).map(({ name, inputs }) => [name, inputs]),
    );

  it("makes keys and certificates by a program, which gets its data on standard input", async () => {
    const found = commands(await declared());
    assert.deepEqual([...found.keys()], ["labs-keys", "labs-certificates"]);
    const quiet = { logging: "stderr", addPreviousOutputInEnv: false };
    assert.deepEqual(found.get("labs-keys"), {
      create: "node tools/run.js credentials keys",
      stdin: JSON.stringify({ password: true }),
      ...quiet,
    });
    const { stdin, triggers, ...others } = found.get("labs-certificates")!;
    assert.deepEqual(others, { create: "node tools/run.js credentials certificates", ...quiet });
    assert.deepEqual(JSON.parse(stdin as string), { address: "192.0.2.7", ca: keys.ca, caKey });
    assert.deepEqual(triggers, [renewalEpoch(new Date())]);
  });

  it("renews the certificates where remoting is turned on, as an older one names no client", async () => {
    const triggersOf = async (remoting: boolean) =>
      commands(await declared(false, remoting)).get("labs-certificates")!.triggers;
    assert.deepEqual(await triggersOf(true), [renewalEpoch(new Date()), "remoting"]);
    assert.deepEqual(await triggersOf(false), [renewalEpoch(new Date())]);
  });

  it("keeps what they print secret, and makes no other keys because its command line is another one", async () => {
    const { options } = await declared();
    for (const name of ["labs-keys", "labs-certificates"]) {
      assert.deepEqual(options.get(name)?.additionalSecretOutputs, ["stdout"]);
    }
    assert.deepEqual(options.get("labs-keys")?.ignoreChanges, ["create"]);
    assert.equal(options.get("labs-certificates")?.ignoreChanges, undefined);
  });

  it("gives all of it but the authority's key, and the public keys apart", async () => {
    const { known } = await declared();
    assert.deepEqual(known.get("credentials")?.value, { ...keys, ...certificates } satisfies Credentials);
    assert.equal(known.get("userPublicKey")?.value, keys.userPublicKey);
    assert.equal(known.get("hostPublicKey")?.value, keys.hostPublicKey);
    assert.equal(known.get("adminPassword")?.value, keys.adminPassword);
    assert.equal(known.get("userPublicKey")?.secret, false);
    assert.equal(known.get("hostPublicKey")?.secret, false);
  });
});
