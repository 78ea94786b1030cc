import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hosts } from "../../../components/settings/hosts";
import { hostFileFaults } from "../../../components/settings/hosts/files";
import { SettingsError } from "../../../components/settings/settings-error";
import { parse } from "../../../components/settings/parse";
import { asRow, faultsOf, registry } from "./support";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs";

/** A server with which nothing is wrong, but for what a row says. What it says to be undefined is left out. */
function server(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const given = { name: "one", address: "192.0.2.1", user: "me", privateKeyPath: "~/.ssh/id", hostKey: key, ...change };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const two = (change: Readonly<Record<string, unknown>> = {}) =>
  server({ name: "two", address: "192.0.2.2", ...change });
const tls = { certPath: "certs" };
const jump = { address: "192.0.2.9", user: "me", privateKeyPath: "id", hostKey: key };

function remote(servers: unknown, more: object = {}) {
  return { hosts: { kind: "remote", servers, ...more }, labs: { "docker-networks": {} } };
}

/** What was given, and the faults it must give: key (below `hosts.`), value, a part of what is allowed, a part of the cure. */
type Row = readonly [string, object, readonly (readonly [string, unknown, RegExp, RegExp])[]];

const rows: readonly Row[] = [
  ["no servers", remote(undefined), [["servers", undefined, /at least one server/, /a list of objects/]]],
  ["an empty list of servers", remote([]), [["servers", [], /at least one server/, /a list of objects/]]],
  ["a name with a dot", remote([server({ name: "a.b" })]), [["servers[0].name", "a.b", /host name/, /without a dot/]]],
  [
    "an address with a user before it",
    remote([server({ address: "me@192.0.2.1" })]),
    [["servers[0].address", "me@192.0.2.1", /IPv4 address or a host name/, /without a scheme, a user or a port/]],
  ],
  [
    "an address that is none",
    remote([server({ address: "192.0.2.256" })]),
    [["servers[0].address", "192.0.2.256", /IPv4 address/, /for example/]],
  ],
  [
    "an address that would be an option",
    remote([server({ address: "-oProxyCommand=x" })]),
    [["servers[0].address", "-oProxyCommand=x", /host name/, /for example/]],
  ],
  ["a port that is none", remote([server({ port: 0 })]), [["servers[0].port", 0, /1 to 65535/, /digits/]]],
  [
    "a user that would be another line of a configuration",
    remote([server({ user: "me\nProxyCommand x" })]),
    [["servers[0].user", "me\nProxyCommand x", /login name/, /azureuser/]],
  ],
  [
    "a path that would end its quotes",
    remote([server({ privateKeyPath: 'a" b' })]),
    [["servers[0].privateKeyPath", 'a" b', /without "/, /id_ed25519/]],
  ],
  [
    "neither key nor password",
    remote([server({ privateKeyPath: undefined })]),
    [["servers[0].privateKeyPath", undefined, /private key or a password/, /add privateKeyPath/]],
  ],
  [
    "both, without showing the password",
    remote([server({ password: "hunter2" })]),
    [["servers[0].password", "[secret]", /nothing beside privateKeyPath/, /remove it/]],
  ],
  [
    "a password that is none, without showing it",
    remote([server({ privateKeyPath: undefined, password: "hunter\n2" })]),
    [["servers[0].password", "[secret]", /on one line/, /config set --secret/]],
  ],
  [
    "a password under a misspelt key, without showing it",
    remote([server({ pasword: "hunter2" })]),
    [["servers[0].pasword", "[secret]", /the keys name, address/, /did you mean "password"/]],
  ],
  [
    "no host key",
    remote([server({ hostKey: undefined })]),
    [["servers[0].hostKey", undefined, /public host key/, /npm run trust one/]],
  ],
  [
    "two host keys",
    remote([server({ hostKeyPath: "host.pub" })]),
    [["servers[0].hostKeyPath", "host.pub", /nothing beside hostKey/, /remove it/]],
  ],
  [
    "a host key without its type",
    remote([server({ hostKey: key.split(" ")[1] })]),
    [["servers[0].hostKey", key.split(" ")[1], /its type, a space and its base64/, /ssh-ed25519 AAAA/]],
  ],
  [
    "a host key of another type than it says",
    remote([server({ hostKey: key.replace("ssh-ed25519", "ssh-rsa") })]),
    [["servers[0].hostKey", key.replace("ssh-ed25519", "ssh-rsa"), /public host key/, /ssh-ed25519 AAAA/]],
  ],
  [
    "a Windows engine over SSH",
    remote([server({ os: "windows" })]),
    [["servers[0].docker", undefined, /tcp\+tls on Windows/, /write tcp\+tls/]],
  ],
  [
    "TLS without certificates",
    remote([server({ docker: "tcp+tls" })]),
    [["servers[0].tls", undefined, /certificates/, /certPath/]],
  ],
  ["certificates without TLS", remote([server({ tls })]), [["servers[0].tls", tls, /nothing without/, /remove it/]]],
  [
    "a way to reach Docker that does not exist",
    remote([server({ docker: "tcp" })]),
    [["servers[0].docker", "tcp", /ssh or tcp\+tls/, /write ssh or tcp\+tls/]],
  ],
  [
    "a jump host without a host key",
    remote([server({ jump: { ...jump, hostKey: undefined } })]),
    [["servers[0].jump.hostKey", undefined, /public host key/, /npm run trust one/]],
  ],
  [
    "two servers of one name, whatever its case",
    remote([server(), two({ name: "ONE" })]),
    [["servers[1].name", "ONE", /no other server has/, /servers\[0\] has it/]],
  ],
  [
    "two servers at one address and port, one of them by default",
    remote([server(), two({ address: "192.0.2.1", port: 22 })]),
    [["servers[1].address", "192.0.2.1", /no other server has/, /servers\[0\] is at the same/]],
  ],
  [
    "a placement on a server that does not exist",
    remote([server(), two()], { placement: { "docker-networks": "twoo" } }),
    [["placement.docker-networks", "twoo", /one, two/, /did you mean "two"/]],
  ],
  [
    "one on several of which one does not exist",
    remote([server(), two()], { placement: { "docker-networks": ["one", "elsewhere"] } }),
    [["placement.docker-networks[1]", "elsewhere", /one, two/, /write one of these/]],
  ],
  [
    "a placement of a lab that does not exist",
    remote([server()], { placement: { "docker-network": "one" } }),
    [["placement.docker-network", "one", /the labs docker-networks/, /did you mean "docker-networks"/]],
  ],
  [
    "a placement that is none",
    remote([server()], { placement: "sprad" }),
    [["placement", "sprad", /spread, all, or an object/, /./]],
  ],
  ["an unknown key", remote([server({ sshPort: 22 })]), [["servers[0].sshPort", 22, /the keys name/, /./]]],
  ["no time to wait", remote([server()], { readySeconds: 0 }), [["readySeconds", 0, /1 to 3600/, /digits/]]],
];

describe("the settings of remote hosts", () => {
  for (const [title, given, expected] of rows) {
    it(`refuse ${title}`, () => {
      const faults = faultsOf(given as never).map(asRow("hosts."));
      assert.deepEqual(
        faults.map(([at, value]) => [at, value]),
        expected.map(([at, value]) => [at, value]),
      );
      faults.forEach(([, , allowed, cure], i) => {
        assert.match(allowed as string, expected[i][2]);
        assert.match(cure as string, expected[i][3]);
      });
    });
  }

  it("tell everything at once, also where a setting of the same server is not of its type", () => {
    const given = remote([server({ port: "22", privateKeyPath: undefined, hostKey: undefined }), two({ name: "one" })]);
    assert.deepEqual(
      faultsOf(given).map((fault) => fault.key),
      ["hosts.servers[0].port", "hosts.servers[0].privateKeyPath", "hosts.servers[0].hostKey", "hosts.servers[1].name"],
    );
  });

  it("are hidden in a message as far as they are secret, wherever the fault is", () => {
    const given = remote({ password: "hunter2", registry: { secretKey: "hunter2" } });
    assert.throws(
      () => parse(given, "local", registry),
      (error: SettingsError) => !error.message.includes("hunter2") && error.message.includes("[secret]"),
    );
  });

  for (const [what, given] of [
    ["a server", [server()]],
    ["a host name", [server({ address: "builder-1.example.com" })]],
    ["a password", [server({ privateKeyPath: undefined, password: "p" })]],
    ["a file with the host key", [server({ hostKey: undefined, hostKeyPath: "x" })]],
    ["a comment behind the host key", [server({ hostKey: `${key} root@one` })]],
    ["Windows over TLS", [two(), server({ os: "windows", docker: "tcp+tls", tls })]],
    ["a jump host", [server({ jump })]],
    [
      "the same address behind different jump hosts",
      [server({ jump }), server({ name: "two", jump: { ...jump, port: 23 } })],
    ],
    ["one address at two ports", [server(), server({ name: "two", port: 2222 })]],
  ] as const) {
    it(`accept ${what}`, () => assert.deepEqual(faultsOf(remote([...given])), []));
  }

  it("have the document's defaults", () => {
    const { rehearsed, readySeconds, placement, servers } = hosts.parse(remote([server()]).hosts) as never;
    assert.deepEqual(
      { rehearsed, readySeconds, placement, servers },
      {
        rehearsed: false,
        readySeconds: 60,
        placement: "spread",
        servers: [{ ...server(), port: 22, os: "linux", docker: "ssh" }],
      },
    );
  });
});

describe("the files that remote hosts' settings name", () => {
  let folder: string;
  const file = (name: string, content: string, mode = 0o600) => {
    writeFileSync(join(folder, name), content);
    chmodSync(join(folder, name), mode);
    return join(folder, name);
  };
  const faults = (change: object, platform: NodeJS.Platform = "linux") => {
    const privateKeyPath = file("id", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    return hostFileFaults(hosts.parse(remote([server({ privateKeyPath, ...change })]).hosts), platform);
  };
  const told = (change: object) =>
    faults(change).map((fault) => [fault.key.replace("hosts.servers[0].", ""), fault.cure]);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "files-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are taken as they are, where all is right", () => {
    mkdirSync(join(folder, "certs"));
    ["ca.pem", "cert.pem", "key.pem"].forEach((name) => file(join("certs", name), "x"));
    const hostKeyPath = file("host.pub", `${key} root@one\n`, 0o644);
    const certificates = { docker: "tcp+tls", tls: { certPath: join(folder, "certs") } };
    assert.deepEqual(told({ hostKey: undefined, hostKeyPath, ...certificates }), []);
  });

  it("are refused where they are missing", () => {
    const missing = join(folder, "none");
    const change = {
      privateKeyPath: missing,
      hostKey: undefined,
      hostKeyPath: missing,
      docker: "tcp+tls",
      tls: { certPath: missing },
    };
    assert.deepEqual(told(change), [
      ["privateKeyPath", `name another, or see to ${missing}: there is none`],
      ["hostKeyPath", `name another, or see to ${missing}: there is none`],
      ["tls.certPath", `name another, or see to ${missing}/ca.pem: there is none`],
    ]);
  });

  it("are refused where they hold something else", () => {
    const change = {
      privateKeyPath: file("a.pub", key),
      hostKey: undefined,
      hostKeyPath: file("b", "BEGIN OPENSSH PRIVATE KEY"),
    };
    const [[, ofKey], [, ofHostKey]] = told(change);
    assert.match(ofKey, /it holds no private key/);
    assert.match(ofHostKey, /it is a private key/);
  });

  it("are refused where others can read a private key", () => {
    const path = file("open", "-----BEGIN OPENSSH PRIVATE KEY-----\n", 0o644);
    assert.deepEqual(told({ privateKeyPath: path }), [
      ["privateKeyPath", `OpenSSH takes no key that others can read: chmod 600 ${path}`],
    ]);
  });

  it("need a client that Windows has not", () => {
    assert.deepEqual(
      faults({}, "win32").map((fault) => [fault.key, fault.cure]),
      [["hosts.kind", "run this program in WSL"]],
    );
  });
});
