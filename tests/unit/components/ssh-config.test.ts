import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aliasOf, knownHostsText, sshConfigText, writeSshConfig } from "../../../components/hosts/ssh-config";
import type { TunnelledServer } from "../../../components/hosts/tunnel-routes";
import type { RemoteServer } from "../../../components/settings";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs";
const places = { environment: "lab", knownHosts: "/a project/known_hosts", sockets: "/run/labs" };

const one: RemoteServer = {
  name: "one",
  address: "192.0.2.1",
  port: 22,
  user: "me",
  os: "linux",
  docker: "ssh",
  privateKeyPath: "/keys/100% mine",
  hostKey: `${hostKey} root@one`,
};
const two: RemoteServer = {
  ...one,
  name: "two",
  address: "two.example.com",
  privateKeyPath: undefined,
  password: "planted",
  jump: { address: "192.0.2.9", port: 2222, user: "hop", privateKeyPath: "/keys/hop", hostKey },
};

/** Every line but those of the sockets, whose names are hashes, and of who takes which. */
const lines = (servers: RemoteServer[]) =>
  sshConfigText(servers, places)
    .split("\n")
    .filter((line) => !/^Match|ControlPath/.test(line));
const socketsOf = (...servers: RemoteServer[]) =>
  [...sshConfigText(servers, places).matchAll(/ControlPath "(.*)"/g)].map(([, socket]) => socket);

const same = (alias: string) => [
  `  HostKeyAlias ${alias}`,
  '  UserKnownHostsFile "/a project/known_hosts"',
  "  GlobalKnownHostsFile none",
  "  StrictHostKeyChecking yes",
  "  CheckHostIP no",
  "  UpdateHostKeys no",
  "  BatchMode yes",
  "  ForwardAgent no",
  "  ControlMaster auto",
  "  ControlPersist 10m",
  "  ConnectTimeout 10",
  "  ConnectionAttempts 3",
  "  ServerAliveInterval 15",
];

describe("OpenSSH's configuration of an environment's servers", () => {
  it("knows a server by its key and its host key alone", () => {
    assert.deepEqual(lines([one]), [
      "Host one.lab",
      "  HostName 192.0.2.1",
      "  Port 22",
      "  User me",
      '  IdentityFile "/keys/100%% mine"',
      "  IdentitiesOnly yes",
      "  PreferredAuthentications publickey",
      ...same("one.lab"),
      "",
    ]);
  });

  it("knows a server with a password, which it does not hold, and the jump host before it", () => {
    assert.deepEqual(lines([two]), [
      "Host jump.two.lab",
      "  HostName 192.0.2.9",
      "  Port 2222",
      "  User hop",
      '  IdentityFile "/keys/hop"',
      "  IdentitiesOnly yes",
      "  PreferredAuthentications publickey",
      ...same("jump.two.lab"),
      "",
      "Host two.lab",
      "  HostName two.example.com",
      "  Port 22",
      "  User me",
      "  PreferredAuthentications password,keyboard-interactive",
      "  PubkeyAuthentication no",
      "  NumberOfPasswordPrompts 1",
      ...same("two.lab"),
      "  ProxyJump jump.two.lab",
      "",
    ]);
  });

  it("shares a connection with nobody who means another machine, user, key or host key", () => {
    const others: Partial<RemoteServer>[] = [
      { address: "192.0.2.2" },
      { port: 23 },
      { user: "you" },
      { privateKeyPath: "/keys/other" },
      { hostKey: hostKey.replace("DFHLs", "DFHLt") },
      { jump: two.jump },
    ];
    const sockets = [one, ...others.map((change) => ({ ...one, ...change }))].map((server) => socketsOf(server).at(-1));
    assert.equal(new Set(sockets).size, others.length + 1);
    assert.deepEqual(socketsOf({ ...one, os: "windows", docker: "tcp+tls" }), socketsOf(one));
    assert.match(sockets[0]!, /^\/run\/labs\/[0-9a-f]{16}-0$/);
  });

  it("spreads what is done on a server over four connections, of which a jump host has one", () => {
    const [jump, ...own] = socketsOf(two).map((socket) => socket.slice(-2));
    assert.deepEqual([jump, own], ["-0", ["-1", "-2", "-3", "-0"]]);
  });

  it("has two where the way leads through a tunnel", () => {
    const tunnelled: TunnelledServer = {
      ...{ ...one, instance: "0" },
      tunnel: { subscription: "s", resourceGroup: "g", bastion: "b", scaleSet: "labs" },
    };
    assert.deepEqual(
      socketsOf(tunnelled).map((socket) => socket.slice(-2)),
      ["-1", "-0"],
    );
  });

  it("pins each machine's host key under its own name", () => {
    assert.equal(
      knownHostsText([one, two], "lab"),
      [`one.lab ${hostKey}`, `jump.two.lab ${hostKey}`, `two.lab ${hostKey}`, ""].join("\n"),
    );
  });

  it("ends a server's name with the first dot, whatever the environment is called", () => {
    assert.equal(aliasOf("one", "a.b"), "one.a.b");
  });
});

describe("the configuration's files", () => {
  let folder: string;
  const before_ = process.cwd();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "config-"));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(before_);
    rmSync(folder, { recursive: true });
  });

  it("are for this user alone, and hold no password", () => {
    const path = writeSshConfig([one, two], "lab");
    assert.equal(path, join("out", "lab", "ssh", "config"));
    const ssh = join(folder, "out", "lab", "ssh");
    const modes = [ssh, join(ssh, "config"), join(ssh, "known_hosts")].map((each) => statSync(each).mode & 0o777);
    assert.deepEqual(modes, [0o700, 0o600, 0o600]);
    assert.ok(!readFileSync(join(ssh, "config"), "utf8").includes("planted"));
  });

  it("have clients take each of a server's connections", () => {
    const path = writeSshConfig([one], "lab");
    const took = new Set<string>();
    for (let tries = 0; took.size < 4 && tries < 200; tries++) {
      const told = execFileSync("ssh", ["-G", "-F", path, "one.lab"], { encoding: "utf8", stdio: "pipe" });
      took.add(/^controlpath .*-(\d)$/m.exec(told)![1]);
    }
    assert.deepEqual([...took].sort(), ["0", "1", "2", "3"]);
  });

  it("are left alone where nothing changed, and put in place whole where something did", () => {
    const file = join(folder, writeSshConfig([one], "lab"));
    const { ino } = statSync(file);
    writeSshConfig([one], "lab");
    assert.equal(statSync(file).ino, ino);
    writeSshConfig([{ ...one, port: 23 }], "lab");
    assert.notEqual(statSync(file).ino, ino);
    assert.match(readFileSync(file, "utf8"), /^ {2}Port 23$/m);
  });

  it("keep what was there of a server that is in the settings no more, until it is in them again", () => {
    const path = writeSshConfig([one, two], "lab");
    const known = join(folder, "out", "lab", "ssh", "known_hosts");
    const both = [path, known].map((file) => readFileSync(file, "utf8"));
    const names = () => [...readFileSync(path, "utf8").matchAll(/^Host (.*)$/gm)].map(([, name]) => name);
    writeSshConfig([{ ...one, port: 23 }], "lab");
    writeSshConfig([{ ...one, port: 24 }], "lab");
    assert.deepEqual(names(), ["one.lab", "jump.two.lab", "two.lab"]);
    assert.match(readFileSync(path, "utf8"), /^Host one\.lab\n {2}HostName 192\.0\.2\.1\n {2}Port 24$/m);
    assert.equal(
      execFileSync("ssh", ["-G", "-F", path, "two.lab"], { encoding: "utf8" }).match(/^hostname (.*)$/m)![1],
      "two.example.com",
    );
    assert.equal(readFileSync(known, "utf8"), both[1]);
    writeSshConfig([one, two], "lab");
    assert.deepEqual(
      [path, known].map((file) => readFileSync(file, "utf8")),
      both,
    );
  });
});
