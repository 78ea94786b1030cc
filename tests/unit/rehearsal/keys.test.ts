import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { ensureKeyPair, ensureRegistryKeys, keyFiles } from "../../../tools/rehearsal/keys";
import { FakeMachine } from "../setup/support";
import { FakeDocker } from "./support";

const pem = (what: string): string => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`;
const made = `${pem("CERTIFICATE")}${pem("CERTIFICATE")}${pem("PRIVATE KEY")}lab:$2y$05$abc\n\n`;

describe("the keys of a rehearsal", () => {
  let machine: FakeMachine;
  beforeEach(() => (machine = new FakeMachine()));
  afterEach(() => machine.remove());

  const modeOf = (file: string): number => statSync(file).mode & 0o777;

  it("are made by OpenSSH, for their owner alone, once", async () => {
    const { user } = keyFiles(machine, "test");
    const publicKey = await ensureKeyPair(user, "rehearsal of test", machine);
    assert.match(publicKey, /^ssh-ed25519 \S+ rehearsal of test\n$/);
    assert.match(user, /\/out\/test\/keys\/user$/);
    assert.deepEqual([modeOf(user), modeOf(dirname(user))], [0o600, 0o700]);
    assert.equal(await ensureKeyPair(user, "again", machine), publicKey);
  });

  it("are made anew where making them was cut short", async () => {
    const { user } = keyFiles(machine, "test");
    const first = await ensureKeyPair(user, "first", machine);
    rmSync(`${user}.pub`);
    assert.notEqual(await ensureKeyPair(user, "second", machine), first);
  });

  it("of the registry come out of a container, whose password is on no command line", async () => {
    const { registry } = keyFiles(machine, "test");
    let input: string | undefined;
    const fake = new FakeDocker({ run: made });
    await ensureRegistryKeys(
      registry,
      "registry.test",
      (args, options) => {
        input = options?.input;
        return fake.docker(args);
      },
      "image:1",
    );
    const password = readFileSync(registry.password, "utf8");
    assert.match(password, /^[\w-]{32}$/);
    assert.equal(input, password);
    assert.ok(fake.calls.every((call) => !call.includes(password)));
    assert.equal(readFileSync(registry.htpasswd, "utf8"), "lab:$2y$05$abc\n");
    for (const file of Object.values(registry)) {
      assert.equal(modeOf(file), 0o600, file);
    }
    await ensureRegistryKeys(registry, "registry.test", fake.docker, "image:1");
    assert.equal(fake.calls.length, 1);
  });

  it("of the registry are none where the container has not made them", async () => {
    const { registry } = keyFiles(machine, "test");
    const fake = new FakeDocker({ run: pem("CERTIFICATE") });
    await assert.rejects(ensureRegistryKeys(registry, "registry.test", fake.docker, "image:1"), /could not be made/);
    assert.ok(!existsSync(registry.htpasswd));
  });
});
