import assert from "node:assert/strict";
import { LocalHost } from "../../../components/hosts/local-host";
import { FirewallRule } from "../../../components/network/firewall-rule";
import {
  linuxFirewallCommand,
  linuxFirewallRuleset,
  linuxFirewallTable,
} from "../../../components/network/linux/firewall";
import { namedRules, type Opening } from "../../../components/network/opening";
import { windowsFirewallCommand, windowsFirewallRules } from "../../../components/network/windows/firewall";
import { registered } from "../components/mocks";

const opening = (given: Partial<Opening> = {}): Opening => ({
  service: "HTTP",
  listen: "0.0.0.0",
  ports: [8090, 8091, 8092],
  sources: ["10.1.0.0/16", "192.0.2.7/32"],
  ...given,
});

describe("an opening", () => {
  it("is a rule for each row of ports, named as the document names them", () => {
    assert.deepEqual(namedRules(opening({ ports: [81] })), [
      { name: "TCP81", displayName: "HTTP on TCP/81", ports: "81", protocol: "TCP" },
    ]);
    const ports = namedRules(opening({ ports: [84, 80, 81, 83, 81, 90] })).map((rule) => rule.ports);
    assert.deepEqual(ports, ["80-81", "83-84", "90"]);
    assert.deepEqual(namedRules(opening({ ports: [] })), []);
    assert.deepEqual(namedRules(opening({ ports: [53], protocol: "udp" })), [
      { name: "UDP53", displayName: "HTTP on UDP/53", ports: "53", protocol: "UDP" },
    ]);
  });
});

describe("openings in nftables' words", () => {
  it("are one transaction that drops who is not among the sources, before Docker sends a packet on", () => {
    const front = opening({ listen: "192.0.2.1", ports: [8089], sources: ["10.2.0.0/16"] });
    assert.equal(
      linuxFirewallRuleset("lab_openings_local_app-pool", [opening({ ports: [8090, 8091, 8093] }), front]),
      `table ip lab_openings_local_app-pool
delete table ip lab_openings_local_app-pool
table ip lab_openings_local_app-pool {
  chain prerouting {
    type filter hook prerouting priority -150; policy accept;
    iifname "lo" accept
    fib daddr type != local accept
    ct direction reply accept
    tcp dport 8090-8091 ip saddr != { 10.1.0.0/16, 192.0.2.7/32 } drop comment "HTTP on TCP/8090-8091"
    tcp dport 8093 ip saddr != { 10.1.0.0/16, 192.0.2.7/32 } drop comment "HTTP on TCP/8093"
    ip daddr 192.0.2.1 tcp dport 8089 ip saddr != { 10.2.0.0/16 } drop comment "HTTP on TCP/8089"
  }
}
`,
    );
  });

  it("drop nobody where everybody may come in", () => {
    const everybody = opening({ sources: ["10.1.0.0/16", "0.0.0.0/0"] });
    assert.doesNotMatch(linuxFirewallRuleset("t", [everybody]), /drop/);
    const { stdin } = linuxFirewallCommand("t", [everybody]);
    assert.deepEqual((JSON.parse(stdin) as { tables: { rules: string[] }[] }).tables[0].rules, []);
  });

  it("have a table for each stack and lab, whose name nftables takes", () => {
    assert.equal(linuxFirewallTable("local", "app-pool"), "lab_openings_local_app-pool");
    assert.match(linuxFirewallTable("org/a stack;", "app-pool"), /^[A-Za-z0-9_.-]+$/);
  });

  it("are applied in the host's network namespace with NET_ADMIN alone, and no data is in the command", () => {
    const { stdin, lines } = linuxFirewallCommand("t", [opening()]);
    const { create, delete: remove } = lines("sha256:1");
    for (const command of [create, remove]) {
      assert.match(command, /docker run --rm .*--network host --cap-drop ALL --cap-add NET_ADMIN .*sha256:1 python3/);
      assert.doesNotMatch(command, /8090|10\.1\.0\.0/);
    }
    const [table] = (JSON.parse(stdin) as { tables: { family: string; name: string; rules: string[] }[] }).tables;
    assert.deepEqual([table.family, table.name, table.rules], ["ip", "t", ["HTTP on TCP/8090-8092"]]);
  });
});

describe("openings as rules of Windows' firewall", () => {
  it("have the words that New-NetFirewallRule takes", () => {
    const [some, all] = windowsFirewallRules([
      opening(),
      opening({ listen: "192.0.2.1", ports: [81], sources: ["0.0.0.0/0"] }),
    ]);
    assert.deepEqual(some, {
      name: "TCP8090-8092",
      displayName: "HTTP on TCP/8090-8092",
      ports: "8090-8092",
      protocol: "TCP",
      listen: "Any",
      sources: ["10.1.0.0/16", "192.0.2.7/32"],
    });
    assert.deepEqual([all.name, all.listen, all.sources], ["TCP81", "192.0.2.1", ["Any"]]);
  });

  it("are the data of a script, and in no command line", () => {
    const { lines, stdin } = windowsFirewallCommand("app-pool (local)", [opening()]);
    const programs = [lines.create, lines.delete].map((line) =>
      Buffer.from(line.split(" ").at(-1)!, "base64").toString("utf16le"),
    );
    assert.match(programs[0], /Sync-FirewallRule -Action apply/);
    assert.match(programs[1], /Sync-FirewallRule -Action remove/);
    const { data, scripts } = JSON.parse(stdin) as { data: { group: string; rules: object[] }; scripts: string[] };
    assert.deepEqual([data.group, data.rules.length], ["app-pool (local)", 1]);
    assert.match(scripts.join(), /function Sync-FirewallRule/);
  });
});

describe("a firewall rule", () => {
  const declared = async (os: "linux" | "windows", openings: Opening[], preview = false) => {
    const found = await registered(() => {
      const engine = { engine: "unix:///e.sock", baseImage: {}, lastStops: new Map<string, string>() };
      const host = new LocalHost("here", { hostName: "here", os, ...engine });
      new FirewallRule("a-lab-openings", { host, lab: "a-lab", openings });
    }, preview);
    return found.find(({ type }) => type === "command:local:Command")!.inputs as Record<string, string>;
  };

  it("is one command, updated with the openings and shown by a preview", async () => {
    const [one, other] = [await declared("linux", [opening()]), await declared("linux", [opening({ ports: [81] })])];
    assert.deepEqual([other.create, other.delete], [one.create, one.delete]);
    assert.match(one.create, /sha256:here-toolbox/);
    assert.match(one.stdin, /lab_openings_unit_a-lab/);
    assert.match(other.stdin, /tcp dport 81 /);
    assert.equal((await declared("linux", [opening()], true)).stdin, one.stdin);
  });

  it("is in a group of the stack's own on Windows", async () => {
    const { stdin } = await declared("windows", [opening()]);
    assert.equal((JSON.parse(stdin) as { data: { group: string } }).data.group, "a-lab (unit)");
  });
});
