import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { baseImageOn, localEngine } from "../../components/hosts/engine";
import { anyRule, closed, type AclRule } from "../../components/network/acl/rule";
import type { CommandLines, StackCommand, StackReport } from "../../components/network/dialect";
import { linuxAclCommand, linuxStackCommand, type LinuxTarget } from "../../components/network/linux/network-stack";
import type { StackSpec } from "../../components/network/topology";
import { docker } from "./support";
import { clear, start } from "./test-images";

const address = "169.254.169.254";
const at = (n: number): string => `10.213.0.${n}`;
const nothing: StackSpec = { addresses: [], routes: [], portProxies: [] };
const proxied: StackSpec = {
  ...nothing,
  addresses: [{ address }],
  portProxies: [{ listen: { address, port: 80 }, connect: { address: at(2), port: 80 } }],
};
const blocked: AclRule[] = closed([{ ...anyRule("In", "Block", 100), protocol: 6, localPorts: ["80"] }]);

/** A command with its lines for a container. */
type Aimed = CommandLines & Pick<StackCommand, "stdin">;

/** The program in the toolbox image, in real network namespaces. */
describe("a network stack", function () {
  this.timeout(60_000);
  const names = ["stack-client", "stack-server", "stack-third"];
  const network = "cnl-test-stack";
  const toolbox = `cnl-test-toolbox-${process.pid}`;

  const target = (name: string) => {
    const containerId = docker("container", "inspect", "--format", "{{.Id}}", `cnl-test-${name}`);
    return { containerId, generation: "never", toolbox };
  };
  const run = (command: string, stdin: string) =>
    spawnSync("/bin/sh", ["-c", command], { input: stdin, encoding: "utf8" });
  const apply = <State = Record<string, unknown[]>>({ create, stdin }: Aimed): StackReport<State> => {
    const { status, stdout, stderr } = run(create, stdin);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as StackReport<State>;
  };
  const remove = ({ delete: undo, stdin }: Aimed) => {
    const { status, stderr } = run(undo, stdin);
    assert.equal(status, 0, stderr);
  };
  const aimed = ({ stdin, lines }: StackCommand<LinuxTarget>, name: string): Aimed => ({
    stdin,
    ...lines(target(name)),
  });
  const stack = (spec: StackSpec, name = "stack-client") => aimed(linuxStackCommand(spec), name);
  const acl = (rules: AclRule[], name = "stack-server") =>
    aimed(linuxAclCommand({ network, address: at(2), aliases: [], acl: rules }), name);
  const inside = (name: string, command: string) => {
    const helper = ["run", "--rm", "--network", `container:cnl-test-${name}`, "--cap-add", "NET_ADMIN", toolbox];
    return docker(...helper, "sh", "-c", command);
  };
  const asks = (name: string, host: string, port = 80): boolean => {
    const program = `import socket; socket.create_connection(("${host}", ${port}), timeout=0.7)`;
    return spawnSync("docker", ["exec", `cnl-test-${name}`, "python3", "-c", program]).status === 0;
  };

  before(async function () {
    this.timeout(180_000);
    clear(names, ["stack"]);
    const folder = join(__dirname, "..", "..", "components", "images", "toolbox");
    const base = await baseImageOn({ engine: await localEngine() });
    docker("build", "--quiet", "--tag", toolbox, "--build-arg", `BASE=${base}`, folder);
    docker("network", "create", "--internal", "--subnet", "10.213.0.0/24", "--gateway", at(254), network);
    names.forEach((name, i) => {
      const serve = name === "stack-server" ? ["python3", "-m", "http.server", "80"] : [];
      start(name, "--network", network, "--ip", at(i + 1), toolbox, ...serve);
    });
  });
  afterEach(() => {
    remove(stack(nothing));
    remove(acl([]));
  });
  after(() => {
    clear(names, ["stack"]);
    docker("image", "rm", "--force", toolbox);
  });

  it("sends what is for a proxied address on, once and however often it is applied", () => {
    assert.equal(apply(stack(proxied)).changed, true);
    assert.equal(asks("stack-client", address), true);
    const [second, third] = [apply(stack(proxied)), apply(stack(proxied))];
    assert.deepEqual([second.changed, third.changed], [false, false]);
    assert.deepEqual(third.after.portProxies, [`${address}:80 -> ${at(2)}:80`]);
    assert.equal(
      inside("stack-client", "nft list table ip lab_port_proxy").match(/dnat to 10\.213\.0\.2:80/g)?.length,
      2,
    );
    assert.equal(asks("stack-client", address, 81), false);
  });

  it("has an address before anything is sent there, and none when all is taken away", () => {
    apply(stack(proxied));
    assert.match(inside("stack-client", `ip route get ${address}`), /^local 169\.254\.169\.254 dev lo/);
    remove(stack(proxied));
    assert.doesNotMatch(inside("stack-client", "ip address; nft list tables"), /169\.254\.169\.254|lab_port_proxy/);
    remove(stack(proxied));
  });

  it("sends on what others ask for, too, if the address is on the endpoint's interface", () => {
    const listen = { address: at(9), port: 8080 };
    const shared = { addresses: [{ address: at(9), endpoint: at(1) }], routes: [], portProxies: [] };
    apply(stack({ ...shared, portProxies: [{ listen, connect: { address: at(2), port: 80 } }] }));
    assert.equal(asks("stack-third", at(9), 8080), true);
  });

  it("has routes, by a next hop and on the endpoint's own network", () => {
    const routes = [
      { destination: "10.99.0.0/24", nextHop: at(2), endpoint: at(1) },
      { destination: "10.99.1.1/32", endpoint: at(1) },
    ];
    assert.equal(apply(stack({ ...nothing, routes })).changed, true);
    assert.equal(apply(stack({ ...nothing, routes })).changed, false);
    assert.match(
      inside("stack-client", "ip route get 10.99.0.7; ip route get 10.99.1.1"),
      /via 10\.213\.0\.2[^]*10\.99\.1\.1 dev eth0/,
    );
    assert.equal(apply(stack(nothing)).changed, true);
    assert.doesNotMatch(inside("stack-client", "ip route"), /10\.99\./);
  });

  it("keeps what is not ours", () => {
    inside(
      "stack-client",
      "nft add table ip theirs; ip address add 10.98.0.1/32 dev lo; ip route add 10.97.0.0/24 dev eth0",
    );
    apply(stack(proxied));
    remove(stack(proxied));
    const left = inside("stack-client", "nft list tables; ip address; ip route");
    for (const theirs of ["table ip theirs", "10.98.0.1/32", "10.97.0.0/24"]) {
      assert.ok(left.includes(theirs), theirs);
    }
    inside(
      "stack-client",
      "nft delete table ip theirs; ip address del 10.98.0.1/32 dev lo; ip route del 10.97.0.0/24 dev eth0",
    );
  });

  it("is what it was if a step is refused, and says so in the kernel's words", () => {
    apply(stack(proxied));
    const impossible = { destination: "10.96.0.0/24", nextHop: "10.95.0.1", endpoint: at(1) };
    const { create, stdin } = stack({ ...nothing, addresses: [{ address: "10.94.0.1" }], routes: [impossible] });
    const { status, stderr, stdout } = run(create, stdin);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /Nexthop has invalid gateway|unreachable/i);
    assert.doesNotMatch(inside("stack-client", "ip address"), /10\.94\.0\.1/);
    assert.equal(apply(stack(proxied)).changed, false);
  });

  it("holds an ACL, each rule once, and shows the endpoint before and after", () => {
    const first = apply<{ id: string; address: string; network: string; policies: object[] }>(acl(blocked));
    assert.equal(asks("stack-client", at(2)), false);
    assert.deepEqual(first.before.policies, []);
    assert.match(first.after.id, /^[0-9a-f]{64}$/);
    assert.deepEqual([first.after.address, first.after.network], [at(2), network]);
    assert.deepEqual(first.after.policies, [
      { Direction: "In", Priority: 100, Action: "Block", Match: "tcp dport 80" },
      { Direction: "In", Priority: 65500, Action: "Allow", Match: "any" },
      { Direction: "Out", Priority: 65500, Action: "Allow", Match: "any" },
    ]);
    const again = apply(acl(blocked));
    assert.deepEqual([again.changed, again.after], [false, first.after]);
    remove(acl(blocked));
    assert.equal(asks("stack-client", at(2)), true);
  });

  it("cuts connections that were open before an ACL that blocks them, and no others", async () => {
    const program = [
      "import socket",
      `connection = socket.create_connection(("${at(2)}", 80), timeout=1)`,
      'print("open", flush=True)',
      "input()",
      'connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")',
      "print(connection.recv(100)[:4])",
    ].join("\n");
    const continued = async (rules: AclRule[]): Promise<string> => {
      remove(acl([]));
      const client = spawn("docker", ["exec", "-i", "cnl-test-stack-client", "python3", "-c", program]);
      let said = "";
      [client.stdout, client.stderr].forEach((stream) => stream.on("data", (text) => (said += String(text))));
      await once(client.stdout, "data");
      apply(acl(rules));
      client.stdin.end("\n");
      await once(client, "close");
      return said;
    };
    assert.match(await continued(blocked), /^open[^]*timed out/);
    assert.match(await continued(closed([])), /^open[^]*b'HTTP'/);
  });

  it("keeps the ACL in force that a refused one was to replace", () => {
    apply(acl(blocked));
    const { create, stdin } = acl(blocked);
    const data = JSON.parse(stdin) as { tables: { ruleset: string; rules: string[] }[] };
    const refused = [
      { ...data.tables[0], ruleset: data.tables[0].ruleset.replace("tcp dport 80", "tcp dport 65536") },
      { ...data.tables[0], ruleset: data.tables[0].ruleset.replace(/.*Out:65500.*\n/, "") },
    ];
    const words = refused.map((table) => {
      const { status, stderr } = run(create, JSON.stringify({ ...data, tables: [table] }));
      assert.equal(status, 1);
      return stderr;
    });
    assert.match(words[0], /65536|Value .* exceeds/);
    assert.match(words[1], /holds the rules .*not .*Out:65500/);
    assert.equal(apply(acl(blocked)).changed, false);
    assert.equal(asks("stack-client", at(2)), false);
  });

  it("is told from one that was flushed", () => {
    apply(acl(blocked));
    inside("stack-server", "nft flush ruleset");
    assert.equal(asks("stack-client", at(2)), true);
    assert.equal(apply(acl(blocked)).changed, true);
    assert.equal(asks("stack-client", at(2)), false);
  });

  it("of a container that is stopped or gone has nothing to take away, and nothing can be applied to it", () => {
    docker("stop", "--time", "0", "cnl-test-stack-third");
    const stopped = stack(proxied, "stack-third");
    assert.notEqual(run(stopped.create, stopped.stdin).status, 0);
    remove(stopped);
    docker("rm", "cnl-test-stack-third");
    assert.match(run(stopped.create, stopped.stdin).stderr, /No such container/);
    remove(stopped);
  });
});
