import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fingerprint } from "../../../components/hosts/host-key";
import { command } from "../../../tools/commands/trust";
import { readStackFile } from "../../../tools/stack-file";
import { offeredKey } from "../../../tools/trust/offered-key";
import { pin, pinnedKey, serverNamed } from "../../../tools/trust/pinned";
import { createProgress } from "../../../tools/terminal/progress";
import { FakePrograms } from "../programs";

/** Public keys as servers have them; nobody has their private halves. */
const keyOf = (n: number): string => {
  const type = Buffer.from("ssh-ed25519");
  const length = (bytes: Buffer) => Buffer.from([0, 0, 0, bytes.length]);
  const point = Buffer.alloc(32, n);
  return `ssh-ed25519 ${Buffer.concat([length(type), type, length(point), point]).toString("base64")}`;
};
const [first, second] = [keyOf(1), keyOf(2)];

/** Writes the key that the machine shows into the file that it was told of, as ssh does, and is refused. */
const ssh = (key: string): string => `
for word in "$@"; do
  case "$word" in UserKnownHostsFile=*) echo "asked ${key}" > "\${word#*=}" ;; esac
done
echo "nobody@one: Permission denied (publickey,password)." >&2
exit 255`;

const stackFile = `# what this is
config:
  # where containers run
  container-network-labs:hosts:
    kind: remote
    servers:
      - name: one # the first
        address: 192.0.2.1
        user: me
        password:
          secure: v1:abc=
      - { name: two, address: 192.0.2.2, user: me, privateKeyPath: ~/.ssh/id, hostKeyPath: keys/two.pub }
  container-network-labs:labs:
    docker-networks: {}
encryptionsalt: v1:x:v1:y:z
`;

describe("trust", () => {
  let programs: FakePrograms;
  let stacks: string;
  before(function () {
    if (process.platform === "win32") {
      this.skip();
    }
  });
  beforeEach(() => {
    programs = new FakePrograms();
    stacks = join(programs.folder, "stacks");
    mkdirSync(stacks);
    programs.file("stacks/Pulumi.test.yaml", stackFile);
  });
  afterEach(() => programs.remove());

  const text = (): string => readFileSync(join(stacks, "Pulumi.test.yaml"), "utf8");

  describe("asks a machine for its key", () => {
    const one = { address: "192.0.2.1", port: 2222 };

    it("with a file of its own, and without logging in", async () => {
      programs.add("ssh", ssh(first));
      assert.equal(await offeredKey(one), first);
      const [call] = programs.calls();
      assert.match(call, /^ssh -F none .*-o PreferredAuthentications=none .*-o ControlPath=none .* 192\.0\.2\.1 exit$/);
      assert.match(call, /-o Port=2222 /);
    });

    it("over its jump host, whose own key has to be the known one", async () => {
      programs.add("ssh", ssh(first));
      const jump = { address: "192.0.2.9", port: 22, user: "me", privateKeyPath: "keys/jump", hostKey: second };
      assert.equal(await offeredKey({ ...one, jump }), first);
      const [call] = programs.calls();
      assert.match(
        call,
        /-o ProxyCommand=ssh -F (\S+)\/config -o ControlMaster=no -o ControlPath=none -W %h:%p jump\.trust /,
      );
    });

    it("and says with ssh's own words that nobody answers", async () => {
      programs.add("ssh", "echo 'ssh: connect to host 192.0.2.1 port 2222: Connection refused' >&2; exit 255");
      await assert.rejects(
        offeredKey(one),
        /^UserError: 192\.0\.2\.1:2222 shows no host key: ssh: connect to host .* Connection refused$/,
      );
    });
  });

  describe("writes a key", () => {
    it("into the server's entry once, and leaves all else as it is", () => {
      const file = readStackFile(programs.folder, "test");
      const { server, index } = serverNamed("one", file, "test");
      assert.equal(server.password, "secret");
      pin(file, index, "server", first);
      assert.equal(text(), stackFile.replace("v1:abc=\n", `v1:abc=\n        hostKey: ${first}\n`));
      pin(readStackFile(programs.folder, "test"), index, "server", second);
      assert.equal(text(), stackFile.replace("v1:abc=\n", `v1:abc=\n        hostKey: ${second}\n`));
    });

    it("in the place of a file's", () => {
      const file = readStackFile(programs.folder, "test");
      pin(file, serverNamed("two", file, "test").index, "server", first);
      assert.match(text(), new RegExp(`privateKeyPath: ~/.ssh/id, hostKey: ${first.replaceAll("+", "\\+")} }`));
      assert.doesNotMatch(text(), /hostKeyPath/);
    });
  });

  it("knows the key that is pinned, wherever the settings have it", () => {
    const path = programs.file("two.pub", `${second} root@two\n`);
    assert.equal(pinnedKey({ hostKey: `${first} comment` }), first);
    assert.equal(pinnedKey({ hostKeyPath: path }), second);
    assert.equal(pinnedKey({ hostKeyPath: `${path}.gone` }), undefined);
    assert.equal(pinnedKey({}), undefined);
  });

  it("names the servers that there are", () => {
    const file = readStackFile(programs.folder, "test");
    assert.throws(
      () => serverNamed("on", file, "test"),
      /no server "on" in "test"\. Did you mean "one"\? There are: one, two\./,
    );
    programs.file("stacks/Pulumi.test.yaml", "config: {}\n");
    assert.throws(() => serverNamed("one", readStackFile(programs.folder, "test"), "test"), /has no servers/);
    assert.throws(
      () => readStackFile(programs.folder, "other"),
      /no environment "other" in stacks\. There are: test\./,
    );
    programs.file("stacks/Pulumi.test.yaml", "config: [\n");
    assert.throws(() => readStackFile(programs.folder, "test"), /stacks\/Pulumi\.test\.yaml is no YAML: /);
  });

  describe("as a command", () => {
    const environment = `trust-test-${process.pid}`;
    const real = join(__dirname, "..", "..", "..", "stacks", `Pulumi.${environment}.yaml`);
    const lines: string[] = [];
    beforeEach(() => {
      copyFileSync(join(stacks, "Pulumi.test.yaml"), real);
      programs.add("ssh", ssh(first));
      lines.splice(0);
    });
    afterEach(() => rmSync(real, { force: true }));

    const trust = (options: Record<string, unknown> = {}, ...positionals: string[]): Promise<number> =>
      command.run({
        environment,
        values: { fingerprint: [], yes: false, replace: false, ...options },
        positionals: positionals.length > 0 ? positionals : ["one"],
        progress: { ...createProgress(), line: (line) => void lines.push(line) },
        signal: new AbortController().signal,
      });
    const written = (): string | undefined => /hostKey: (.*)/.exec(readFileSync(real, "utf8"))?.[1];

    it("writes nothing that nobody has compared", async () => {
      await assert.rejects(trust(), /no terminal to ask on[^]*--fingerprint/);
      assert.equal(written(), undefined);
      assert.match(lines.join("\n"), new RegExp(`SHA256:[^]*ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key\\.pub`));
      assert.ok(lines[0].includes(fingerprint(first)));
    });

    it("writes the key whose fingerprint is given, and no other", async () => {
      await assert.rejects(trust({ fingerprint: [fingerprint(second)] }), { exitCode: 1, message: /and not SHA256:/ });
      assert.equal(written(), undefined);
      assert.equal(await trust({ fingerprint: [fingerprint(first)] }), 0);
      assert.equal(written(), first);
      assert.equal(await trust(), 0);
      assert.match(lines.at(-1)!, /is pinned already/);
    });

    it("puts no key in the place of another one unless told to, and shows both", async () => {
      await trust({ yes: true });
      programs.add("ssh", ssh(second));
      await assert.rejects(trust({ yes: true }), (error: Error) => {
        assert.ok(`${lines.join("\n")}${error.message}`.includes(fingerprint(second)));
        assert.ok(error.message.includes(fingerprint(first)));
        return /npm run trust one -- --environment \S+ --replace/.test(error.message);
      });
      assert.equal(written(), first);
      await trust({ yes: true, replace: true });
      assert.equal(written(), second);
    });

    it("asks for one server", async () => {
      await assert.rejects(trust({}, "one", "two"), /say which server/);
    });
  });
});
