import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check, Report } from "../../components/checks/expectation";
import { caddyfile } from "../../components/labs/imds-proxy/caddyfile";
import { settings } from "../../components/labs/imds-proxy/settings";
import { docker, succeed, TestEnvironment } from "./support";

const number = 9;
const prefix = `t${number}-`;
const subnet = `10.212.${number}.0/24`;
const bridge = `${prefix}imds0`;
const named = (name: string) => ({ name: `${prefix}${name}` });
const lab = {
  network: { ...named("imds"), subnet, bridge },
  standIn: named("imds"),
  proxy: named("proxy"),
  clients: named("client"),
  outsider: named("outsider"),
};
const at = (n: number): string => subnet.replace("0/24", String(n));
const instance = "http://169.254.169.254/metadata/instance?api-version=2017-04-02";
const token = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x";
const imagesFolder = join(__dirname, "..", "..", "components", "labs", "imds-proxy", "images");

/** Runs a command by the toolbox in a network stack, with the right to look at it and to change it. */
function inStack(network: string, command: readonly string[], input?: string): string {
  const toolbox = docker("container", "inspect", "--format", "{{.Image}}", `${prefix}outsider`);
  const helper = ["run", "--rm", "--interactive", "--network", network, "--cap-add", "NET_ADMIN", toolbox];
  const { status, stdout, stderr } = spawnSync("docker", [...helper, ...command], { input, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

const inside = (name: string, ...command: string[]): string => inStack(`container:${prefix}${name}`, command);

/** What a client is told: status and body; status 0 where nobody answers. */
function ask(name: string, url: string, ...headers: string[]): { status: number; body: string } {
  const options = [
    "--silent",
    "--max-time",
    "2",
    "--write-out",
    "\n%{http_code}",
    ...headers.flatMap((each) => ["-H", each]),
  ];
  const { stdout } = spawnSync("docker", ["exec", `${prefix}${name}`, "curl", ...options, url], { encoding: "utf8" });
  const [, body, status] = /^([^]*)\n(\d{3})$/.exec(stdout)!;
  return { status: Number(status), body };
}

/**
 * Counts what the host sends to the metadata address by any way but the lab's own bridge, and stops it: a test of this is
 * no reason to send it. The control is something that the host does send, by the bridge.
 */
const watch = {
  table: "lab_test_imds",
  started: false,
  start(): void {
    const counted = (what: string, match: string, verdict = "") => `    ${match} counter ${verdict} comment "${what}"`;
    const ruleset = [
      `table ip ${watch.table} {`,
      "  chain leaving {",
      "    type filter hook postrouting priority 350; policy accept;",
      counted("left", `oifname != "${bridge}" ip daddr 169.254.169.254`, "drop"),
      counted("control", `oifname "${bridge}" ip daddr ${at(2)} tcp dport 8080`),
      "  }",
      "}",
    ];
    inStack("host", ["nft", "-f", "-"], ruleset.join("\n"));
    watch.started = true;
  },
  seen(what: "left" | "control"): number {
    const listing = inStack("host", ["nft", "list", "table", "ip", watch.table]);
    return Number(new RegExp(`counter packets (\\d+).*comment "${what}"`).exec(listing)![1]);
  },
  stop(): void {
    if (watch.started) {
      inStack("host", ["nft", "delete", "table", "ip", watch.table]);
      watch.started = false;
    }
  },
};

describe("the imds-proxy lab on a real engine", function () {
  this.timeout(180_000);
  let env: TestEnvironment;

  const settle = (more: object = {}) => env.settleLabs({ "imds-proxy": { ...lab, ...more } });
  const up = (): string => succeed(env.run("up"));
  const verify = (...args: string[]): { code: number | null; failed: readonly Check[] } => {
    const { code, stdout, stderr } = env.run("verify", "--json", ...args);
    assert.ok(stdout.startsWith("{"), stdout + stderr);
    return { code, failed: (JSON.parse(stdout) as Report).checks.filter(({ status }) => status !== "pass") };
  };
  const proved = (): void => assert.deepEqual(verify(), { code: 0, failed: [] });
  const failing = (): string[] => {
    const { code, failed } = verify("--limit", "1");
    assert.equal(code, 1, JSON.stringify(failed));
    return failed.map(({ name }) => name);
  };

  before(() => {
    env = new TestEnvironment(number);
    settle();
    up();
    watch.start();
  });
  after(() => {
    try {
      watch.stop();
    } finally {
      env.remove();
    }
  });

  it("comes up, and everything that is expected holds", () => proved());

  it("changes nothing at the next up", () => {
    succeed(env.pulumi("preview", "--stack", env.name, "--expect-no-changes", "--non-interactive"));
  });

  it("answers a client as the document shows it", () => {
    const { status, body } = ask("client1", instance, "Metadata: true");
    const { compute, network } = JSON.parse(body) as { compute: object; network: object };
    assert.equal(status, 200);
    assert.deepEqual(compute, {
      location: "westus2",
      name: "wp35723900-vmss_1",
      offer: "WindowsServerSemiAnnual",
      osType: "Windows",
      platformFaultDomain: "1",
      platformUpdateDomain: "1",
      publisher: "MicrosoftWindowsServer",
      sku: "Datacenter-Core-1709-with-Containers-smalldisk",
      version: "1709.0.20171219",
      vmId: "a7c7a8a7-7cdb-4c49-a3a5-d67dc6aa2050",
      vmSize: "Standard_D2s_v3",
    });
    assert.match(JSON.stringify(network), /"privateIpAddress":"10\.0\.0\.5"/);
  });

  it("runs programs that pass their own tests, and nothing as root", () => {
    const folder = mkdtempSync(join(tmpdir(), "container-network-labs-"));
    try {
      const loopback = { network: { subnet: "127.0.0.0/24" }, identity: { clients: ["client1"] } };
      writeFileSync(join(folder, "Caddyfile"), caddyfile(settings.parse(loopback), "linux"));
      const volumes = { imds: [], proxy: ["--volume", `${join(folder, "Caddyfile")}:/etc/caddy/Caddyfile:ro`] };
      for (const [name, more] of Object.entries(volumes)) {
        const image = docker("container", "inspect", "--format", "{{.Image}}", `${prefix}${name}`);
        const test = ["--volume", `${join(imagesFolder, name)}:/tests:ro`, "--workdir", "/tests", ...more];
        const command = ["python3", "-m", "unittest", name === "imds" ? "test_server" : "test_proxy"];
        const run = spawnSync("docker", ["run", "--rm", "--network", "none", ...test, image, ...command], {
          encoding: "utf8",
        });
        assert.equal(run.status, 0, run.stderr);
        assert.match(run.stderr, /^Ran \d\d tests in/m);
        assert.notEqual(docker("run", "--rm", "--network", "none", image, "id", "-u"), "0");
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("mends a client and the proxy that were restarted, and tells before that they do not work", () => {
    docker("restart", "--time", "1", `${prefix}client1`, `${prefix}proxy`);
    // Nothing is wired now: a question to the metadata address goes wherever the network lets it.
    assert.equal(ask("client1", instance, "Metadata: true").status, 0);
    const failed = failing();
    assert.ok(failed.includes(`${prefix}client1 gets the metadata`), failed.join("\n"));
    up();
    proved();
  });

  it("mends stacks whose rules were flushed, and tells before which do not work", () => {
    inside("client2", "nft", "flush", "ruleset");
    inside("imds", "nft", "flush", "ruleset");
    const failed = failing();
    assert.ok(failed.includes(`${prefix}client2 gets the metadata`), failed.join("\n"));
    assert.ok(!failed.includes(`${prefix}client1 gets the metadata`), failed.join("\n"));
    assert.ok(failed.includes(`${prefix}outsider does not reach ${prefix}imds`), failed.join("\n"));
    up();
    proved();
  });

  it("mends a proxy that was removed", () => {
    docker("rm", "--force", `${prefix}proxy`);
    assert.ok(failing().includes(`${prefix}client1 gets the metadata`));
    up();
    proved();
  });

  it("gives tokens to the one client that is named", () => {
    settle({ identity: { clients: [`${prefix}client2`] } });
    up();
    proved();
    assert.equal(ask("client1", token, "Metadata: true").status, 403);
    assert.match(ask("client2", token, "Metadata: true").body, /not-a-token/);
    assert.equal(ask("client2", token).status, 400);
  });

  it("forgets a client that is taken away, and serves the others", () => {
    assert.match(inside("proxy", "nft", "list", "ruleset"), /10\.212\.9\.5\b/);
    settle({ clients: { ...lab.clients, count: 1 } });
    up();
    proved();
    assert.doesNotMatch(inside("proxy", "nft", "list", "ruleset"), /10\.212\.9\.5\b/);
    assert.match(inside("proxy", "nft", "list", "ruleset"), /10\.212\.9\.4\b/);
    assert.equal(docker("ps", "--all", "--quiet", "--filter", `name=^${prefix}client2$`), "");
  });

  it("has sent nothing to the metadata address by any way but its own bridge", () => {
    const controls = watch.seen("control");
    inStack("host", ["curl", "--silent", `http://${at(2)}:8080/`]);
    assert.ok(watch.seen("control") > controls, "the control was not counted");
    assert.equal(watch.seen("left"), 0);
  });

  it("works with the address at the proxy, and clients that have only a route", () => {
    settle({ mode: "proxy-owns-address" });
    up();
    proved();
    assert.doesNotMatch(inside("client1", "ip", "address"), /169\.254\.169\.254/);
    assert.match(inside("proxy", "ip", "address"), /169\.254\.169\.254/);
    succeed(env.pulumi("preview", "--stack", env.name, "--expect-no-changes", "--non-interactive"));
    assert.equal(watch.seen("left"), 0);
  });

  it("leaves nothing after destroy", () => {
    watch.stop();
    succeed(env.run("destroy"));
    assert.deepEqual(env.left(), []);
  });
});
