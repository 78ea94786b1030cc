import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { findLogin, opensWith } from "../../../tools/setup/login";
import { FakeMachine } from "./support";

/** Made by the CLI with an empty passphrase. */
const EMPTY = "v1:cMU3bdRJGaA=:v1:+ZJz3+2mSRhmWnFi:9ePEB+qZtcIst5y4+4KU8amqoXd2iA==";

describe("the login", () => {
  let machine: FakeMachine;
  beforeEach(() => (machine = new FakeMachine()));
  afterEach(() => machine.remove());

  const find = (foreignHome = true) => findLogin(machine, "local", foreignHome);
  const credentials = (content: unknown) =>
    machine.file(join(machine.home, ".pulumi", "credentials.json"), JSON.stringify(content));

  it("is files of this program's own, for its user alone, where there is none", async () => {
    const { env, says } = await find();
    assert.deepEqual(env, { PULUMI_BACKEND_URL: `file://${machine.state}`, PULUMI_CONFIG_PASSPHRASE: "" });
    assert.equal(says, `no login: files in ${machine.state}`);
    assert.equal(statSync(machine.state).mode & 0o777, 0o700);
  });

  it("is what `pulumi login` left, and is found from another home too", async () => {
    credentials({ current: "https://api.pulumi.com", accounts: {} });
    const { env, says } = await find();
    assert.deepEqual(env, {
      PULUMI_CREDENTIALS_PATH: join(machine.home, ".pulumi"),
      PULUMI_CONFIG_PASSPHRASE: "",
    });
    assert.equal(says, "your login (https://api.pulumi.com)");
    assert.ok(!existsSync(machine.state));
  });

  it("needs no telling where the credentials are in the user's own home", async () => {
    credentials({ current: "https://api.pulumi.com" });
    assert.deepEqual((await find(false)).env, { PULUMI_CONFIG_PASSPHRASE: "" });
  });

  it("is none after `pulumi logout`", async () => {
    credentials({ accessTokens: {}, accounts: {} });
    assert.equal((await find()).env.PULUMI_BACKEND_URL, `file://${machine.state}`);
  });

  it("is there where a newer CLI keeps the credentials encrypted", async () => {
    credentials({ version: 1, ciphertext: "abc" });
    assert.equal((await find()).says, "your login (credentials.json)");
  });

  for (const [name, value] of Object.entries({ PULUMI_BACKEND_URL: "s3://bucket", PULUMI_ACCESS_TOKEN: "pul-1" })) {
    it(`is what ${name} says`, async () => {
      machine.env[name] = value;
      const { env, says } = await find();
      assert.equal(says, `your login (${name})`);
      assert.equal(env.PULUMI_BACKEND_URL, undefined);
    });
  }

  it("is the backend that the project's file names", async () => {
    machine.file(join(machine.project, "Pulumi.yaml"), "name: test\nbackend:\n  url: file://~\n");
    assert.equal((await find()).says, "your login (Pulumi.yaml)");
  });

  it("leaves the user's passphrase alone where the stack's file does not ask for the empty one", async () => {
    machine.env.PULUMI_CONFIG_PASSPHRASE = "mine";
    assert.equal((await find()).env.PULUMI_CONFIG_PASSPHRASE, undefined);
    machine.env = { PULUMI_CONFIG_PASSPHRASE_FILE: "/a/file" };
    assert.equal((await find()).env.PULUMI_CONFIG_PASSPHRASE, undefined);
  });

  it("puts the empty passphrase in place of the user's for a file that only it opens", async () => {
    machine.env.PULUMI_CONFIG_PASSPHRASE = "mine";
    machine.file(join(machine.project, "stacks", "Pulumi.local.yaml"), `config: {}\nencryptionsalt: ${EMPTY}\n`);
    assert.equal((await find()).env.PULUMI_CONFIG_PASSPHRASE, "");
  });

  it("knows the passphrase that opens a file", async () => {
    assert.equal(await opensWith("", EMPTY), true);
    assert.equal(await opensWith("x", EMPTY), false);
    assert.equal(await opensWith("", "v1:nonsense"), false);
  });
});
