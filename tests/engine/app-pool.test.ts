import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check, Report } from "../../components/checks/expectation";
import { baseImageOn, localEngine } from "../../components/hosts/engine";
import { docker, succeed, TestEnvironment } from "./support";

const number = 12;
const prefix = `t${number}-`;
const firstPort = 18_300;
const nameOf = (port: number): string => `${prefix}app-${port}`;
const third = firstPort + 2;
const frontDoor = { name: `${prefix}front-door`, port: firstPort - 1 };
const table = `lab_openings_test-${number}_app-pool`;
const ours = {
  name: `${prefix}app`,
  network: { name: `${prefix}pool`, subnet: "10.220.0.0/22", bridge: `${prefix}pool0` },
  frontDoor,
};

/** Two networks of the test's own, each with somebody on it: one among the sources and one not. */
const inside = { name: `${prefix}inside`, subnet: "10.220.4.0/24", gateway: "10.220.4.254" };
const outside = { name: `${prefix}outside`, subnet: "10.220.5.0/24", gateway: "10.220.5.254" };
const toolbox = "cnl-test-firewall";

/** Whether a container reaches a port of the host at the address that it has on the network `inside`. */
function reaches(container: string, port: number): boolean {
  const program = `import socket; socket.create_connection(("${inside.gateway}", ${port}), timeout=0.7)`;
  return spawnSync("docker", ["exec", container, "python3", "-c", program]).status === 0;
}

function nftOnHost(...args: string[]): string {
  return docker("run", "--rm", "--network", "host", "--cap-add", "NET_ADMIN", toolbox, "nft", ...args);
}

describe("the app-pool lab on a real engine", function () {
  this.timeout(240_000);
  let env: TestEnvironment;

  before(() => {
    env = new TestEnvironment(number);
  });
  after(() => env.remove());

  const settle = (given: object) => env.settleLabs({ "app-pool": { ...ours, firstPort, ...given } });
  const up = (): string => succeed(env.run("up"));
  /** What a preview of these settings would do, by the kind of step. */
  const steps = (given: object): Record<string, number> => {
    settle(given);
    const preview = succeed(env.pulumi("preview", "--stack", env.name, "--non-interactive", "--json"));
    const { changeSummary } = JSON.parse(preview) as { changeSummary: Record<string, number> };
    return { ...changeSummary, same: 0 };
  };
  const proved = (): readonly Check[] => {
    const { code, stdout, stderr } = env.run("verify", "--json");
    assert.ok(stdout.startsWith("{"), stdout + stderr);
    const { checks } = JSON.parse(stdout) as Report;
    assert.deepEqual([code, checks.filter(({ status }) => status !== "pass")], [0, []]);
    return checks;
  };
  /** The instances' engine ids, by name. */
  const instances = (): Record<string, string> => {
    const filters = [`label=container-network-labs.stack=${env.name}`, "label=container-network-labs.role=instance"];
    const listed = docker(
      ...["container", "ls", "--all", "--no-trunc", "--format", "{{.Names}} {{.ID}}"],
      ...filters.flatMap((each) => ["--filter", each]),
    );
    const pairs = listed.split("\n").filter(Boolean);
    return Object.fromEntries(pairs.map((line) => line.split(" ") as [string, string]));
  };
  const names = (...ports: number[]): string[] => ports.map(nameOf).sort();
  const row = (count: number): number[] => Array.from({ length: count }, (_, i) => firstPort + i);
  const page = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text();

  it("comes up with five, each of which says on its port which one it is", async () => {
    settle({ count: 5 });
    up();
    assert.deepEqual(Object.keys(instances()).sort(), names(...row(5)));
    const checks = proved();
    assert.equal(checks.filter(({ kind }) => kind === "answer").length, 5);
    const text = await page(third);
    for (const told of [`<h1>${nameOf(third)}</h1>`, `<dd>${third}</dd>`, "/opt/dbase", "/var/lib/dbase"]) {
      assert.ok(text.includes(told), told);
    }
    assert.equal((await fetch(`http://127.0.0.1:${third}/health`)).status, 200);
  });

  it("changes nothing in a second up", () => {
    const before = instances();
    assert.doesNotMatch(up(), /created|updated|replaced|deleted/);
    assert.deepEqual(instances(), before);
  });

  it("grows to eight, goes on without the third, and uses its port again, one update each that touches no other", () => {
    const five = instances();
    const grown = { count: 8 };
    assert.deepEqual(steps(grown), { same: 0, update: 1 });
    up();
    const eight = instances();
    assert.deepEqual(Object.keys(eight).sort(), names(...row(8)));
    assert.deepEqual({ ...eight, ...five }, eight);

    assert.deepEqual(steps({ ...grown, without: nameOf(third) }), { same: 0, update: 1 });
    up();
    const { [nameOf(third)]: removed, ...seven } = eight;
    assert.deepEqual(instances(), seven);
    const silent = proved().filter(({ kind }) => kind === "no-reach");
    assert.deepEqual(
      silent.map(({ to }) => to),
      [`127.0.0.1:${third}`, `127.0.0.1:${firstPort + 8}`],
    );

    assert.deepEqual(steps(grown), { same: 0, update: 1 });
    up();
    const { [nameOf(third)]: added, ...others } = instances();
    assert.deepEqual(others, seven);
    assert.notEqual(added, removed);
    assert.ok(added !== undefined);
    proved();
  });

  it("comes to the second network as it grows past the places of the first, and touches none", () => {
    const boundary = firstPort + 198;
    settle({ count: 2, firstPort: boundary });
    up();
    const before = instances();
    settle({ count: 4, firstPort: boundary, frontDoor: { ...frontDoor, enabled: true } });
    up();
    const after = instances();
    assert.deepEqual({ ...after, ...before }, after);
    const network = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}";
    const on = (name: string): string => docker("container", "inspect", "--format", network, name).trim();
    const [first, second] = [ours.network.name, `${ours.network.name}2`];
    assert.deepEqual(
      [boundary, boundary + 1, boundary + 2, boundary + 3].map((port) => on(nameOf(port))),
      [first, first, second, second],
    );
    assert.equal(on(frontDoor.name), `${first} ${second}`);
    proved();
  });

  it("has a front door that every instance is behind, and that one which is down does not close", async () => {
    settle({ count: 3, frontDoor: { ...frontDoor, enabled: true } });
    up();
    proved();
    const seen = async (times: number): Promise<string[]> => {
      const pages = [];
      for (let i = 0; i < times; i++) {
        pages.push(await page(frontDoor.port));
      }
      return [...new Set(pages.map((text) => /<h1>(.*)<\/h1>/.exec(text)![1]))].sort();
    };
    assert.deepEqual(await seen(9), names(...row(3)));
    docker("stop", "--time", "1", nameOf(third));
    assert.deepEqual(await seen(9), names(...row(2)));
    up();
    assert.deepEqual(Object.keys(instances()).sort(), names(...row(3)));
    proved();
  });

  it("runs its instances as the user and the group that are set", () => {
    settle({ count: 2, user: 4321, group: 99 });
    up();
    proved();
    const { user, group } = { user: "{{.Config.User}}", group: "-G" };
    assert.equal(docker("container", "inspect", "--format", user, nameOf(firstPort)), "4321:99");
    assert.equal(docker("exec", nameOf(firstPort), "id", group), "99");
  });

  it("fails the update where a step of the installer fails, which tells its log, and keeps what runs", () => {
    const before = instances();
    const product = join(env.folder, "components/labs/app-pool/images/dbase");
    const config = join(product, "product/conf/lighttpd.conf");
    const source = readFileSync(config, "utf8");
    writeFileSync(config, source.replace("server.port = 80", "server.port = no-port"));
    const { code, stdout, stderr } = env.run("up");
    writeFileSync(config, source);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /install-dbase --silent.*exit code: 1/);
    assert.match(stdout + stderr, /install-dbase failed.*Its log[^]*checking the configuration[^]*no-port/);
    assert.deepEqual(instances(), before);
    proved();
  });

  describe("with openings", () => {
    const open = {
      count: 2,
      listen: inside.gateway,
      openings: { enabled: true, sources: [inside.subnet] },
    };

    before(async () => {
      const folder = join(__dirname, "..", "..", "components", "images", "toolbox");
      const base = await baseImageOn({ engine: await localEngine() });
      docker("build", "--quiet", "--tag", toolbox, "--build-arg", `BASE=${base}`, folder);
      for (const { name, subnet, gateway } of [inside, outside]) {
        docker("network", "create", "--subnet", subnet, "--gateway", gateway, name);
        docker("run", "--detach", "--init", "--name", name, "--network", name, toolbox);
      }
    });
    after(() => {
      env.run("destroy");
      docker("rm", "--force", inside.name, outside.name);
      docker("network", "rm", inside.name, outside.name);
      docker("image", "rm", "--force", toolbox);
    });

    it("lets in who is among the sources, and shuts out who is not", () => {
      settle({ ...open, openings: {} });
      up();
      // Without openings both get in, so it is the rules that shut one of them out.
      assert.deepEqual([reaches(inside.name, firstPort), reaches(outside.name, firstPort)], [true, true]);
      settle(open);
      up();
      for (const port of row(2)) {
        assert.deepEqual([reaches(inside.name, port), reaches(outside.name, port)], [true, false], String(port));
      }
      proved();
      assert.match(
        nftOnHost("list", "table", "ip", table),
        /dport 18300-18301 .*drop comment "HTTP on TCP\/18300-18301"/,
      );
    });

    it("follows the sources", () => {
      settle({ ...open, openings: { enabled: true, sources: [outside.subnet] } });
      up();
      assert.deepEqual([reaches(inside.name, firstPort), reaches(outside.name, firstPort)], [false, true]);
      settle({ ...open, openings: { enabled: true, sources: ["0.0.0.0/0"] } });
      up();
      assert.deepEqual([reaches(inside.name, firstPort), reaches(outside.name, firstPort)], [true, true]);
    });

    it("is mended by one up when the table is removed by hand", () => {
      settle(open);
      up();
      nftOnHost("delete", "table", "ip", table);
      assert.equal(reaches(outside.name, firstPort), true);
      up();
      assert.deepEqual([reaches(inside.name, firstPort), reaches(outside.name, firstPort)], [true, false]);
    });

    it("changes nothing in a second up, and leaves nothing after destroy", () => {
      settle(open);
      up();
      assert.doesNotMatch(up(), /created|updated|replaced|deleted/);
      assert.equal(nftOnHost("list", "table", "ip", table).match(/ drop /g)?.length, 1);
      assert.match(env.run("destroy").stderr, /Nothing is left/);
      assert.deepEqual(env.left(), []);
      assert.doesNotMatch(nftOnHost("list", "tables"), new RegExp(table));
    });
  });
});
