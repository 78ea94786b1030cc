import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import type { ClaimData, SwarmData } from "../../../components/cluster/data";
import { isSwarm } from "../../../components/cluster/is-swarm";
import { memberTable } from "../../../components/cluster/member-ports";
import { Swarm } from "../../../components/cluster/swarm";
import { accessTo } from "../../../components/hosts/access";
import { RemoteHost } from "../../../components/hosts/remote-host";
import { Network } from "../../../components/network/network";
import type { RemoteServer } from "../../../components/settings";
import { registered, type Registered } from "../components/mocks";

const stack = "unit";

function host(name: string): RemoteHost {
  const server: RemoteServer = {
    ...{ name, address: "192.0.2.1", port: 22, user: "me", os: "linux", docker: "ssh", privateKeyPath: "keys/user" },
    hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs",
  };
  return new RemoteHost(name, { server, environment: stack, baseImage: { BASE: "debian" }, lastStops: new Map() });
}

function swarm(encrypted = false): Swarm {
  return new Swarm("cluster", {
    members: ["one", "two", "three"].map((name, i) => ({ host: host(name), address: `10.0.0.${i + 1}` })),
    publish: "host",
    encrypted,
    addresses: { bridge: "10.213.0.0/20", overlays: "10.213.128.0/17" },
    overlays: ["10.1.0.0/24"],
    sources: ["10.0.0.1/32", "10.0.0.2/32", "10.0.0.3/32"],
  });
}

const spec = { name: "web", subnet: "10.1.0.0/24", gateway: "10.1.0.254", setting: "network" };

/** What is declared of a cluster, and of what a test puts on it. */
function declared(onIt: (cluster: Swarm) => void = () => undefined, encrypted = false): Promise<Registered[]> {
  const reportOf = () => ({ changed: true, done: [], swarm: "s1", members: [] });
  return registered(() => onIt(swarm(encrypted)), false, reportOf);
}

const commands = (found: readonly Registered[]) =>
  new Map(
    found
      .filter(({ type }) => type === "command:local:Command")
      .map(({ name, inputs, provider }): [string, Record<string, string>] => [
        name,
        { ...(inputs as Record<string, string>), provider: provider! },
      ]),
  );

describe("a swarm", () => {
  it("claims each host on the host itself, and has it leave when it is declared no more", async () => {
    const claim = commands(await declared()).get("cluster-two")!;
    assert.equal(claim.create, "node tools/run.js swarm claim");
    assert.equal(claim.delete, "node tools/run.js swarm leave");
    assert.deepEqual(JSON.parse(claim.stdin), {
      ...{ stack, member: "two", bridge: "10.213.0.0/20" },
    } satisfies ClaimData);
    assert.match(claim.provider, /::two-command::/);
  });

  it("says to one program who its members are, how they are reached, and who are managers", async () => {
    const applied = commands(await declared()).get("cluster-members")!;
    assert.match(applied.create, /^node tools\/run\.js swarm apply( --engine \S+){3}$/);
    assert.equal(applied.delete, undefined);
    const data = JSON.parse(applied.stdin) as SwarmData;
    assert.deepEqual(data.members[1], {
      ...{ name: "two", role: "manager", address: "10.0.0.2" },
      engine: { engine: "ssh://two.unit", sshConfig: "out/unit/ssh/config" },
    });
    assert.deepEqual([data.stack, data.addresses, data.members.length], [stack, "10.213.128.0/17", 3]);
    assert.match(applied.provider, /::cluster-command::/);
  });

  it("keeps the key that unlocks its managers as a secret, and what it says of its members as none", async () => {
    const secret: boolean[] = [];
    await declared((cluster) => {
      void Promise.all([pulumi.isSecret(cluster.unlockKey), pulumi.isSecret(cluster.engines)]).then((found) =>
        secret.push(...found),
      );
    });
    assert.deepEqual(secret, [true, false]);
  });

  it("makes what is on it on the first manager, once all are members", async () => {
    const found = await declared((cluster) => cluster.program("p", { create: "make it" }));
    const docker = found.find(({ name }) => name === "cluster-docker")!;
    assert.deepEqual(docker.inputs, { host: "ssh://one.unit", sshOpts: '["-F","out/unit/ssh/config"]' });
    const program = found.find(({ name }) => name === "p")!;
    assert.deepEqual(program.inputs.environment, {
      ...{ DOCKER_HOST: "ssh://one.unit", CONTAINER_NETWORK_LABS_SSH_CONFIG: "out/unit/ssh/config" },
    });
  });

  it("has overlays for networks, with their addressing, encrypted where that was found to be possible", async () => {
    for (const encrypted of [false, true]) {
      const found = await declared((cluster) => new Network("n", { lab: "lab", host: cluster, spec }), encrypted);
      const { inputs, provider } = found.find(
        ({ type, name }) => type === "docker:index/network:Network" && name === "n",
      )!;
      assert.deepEqual([inputs.driver, inputs.attachable], ["overlay", true]);
      assert.deepEqual(inputs.ipamConfigs, [{ subnet: "10.1.0.0/24", gateway: "10.1.0.254" }]);
      const options = inputs.options as Record<string, string> | undefined;
      assert.equal(options?.encrypted, encrypted ? "" : undefined);
      if (encrypted) {
        const id = Number(options!["com.docker.network.driver.overlay.vxlanid_list"]);
        assert.ok(id > 4096 && id < 2 ** 24, String(id));
      }
      assert.match(provider!, /::cluster-docker::/);
    }
  });

  it("is a host to all that goes by hosts, and tells who its members are", async () => {
    const access: object[] = [];
    await declared((cluster) => {
      assert.ok(isSwarm(cluster));
      assert.ok(!isSwarm(cluster.members[0]));
      pulumi.output(accessTo(cluster)).apply((told) => access.push(told));
    });
    const { name, kind, engine, members } = access[0] as Record<string, unknown>;
    assert.deepEqual(
      { name, kind, engine, members },
      { name: "cluster", kind: "cluster", engine: "ssh://one.unit", members: ["one", "two", "three"] },
    );
  });

  it("lets members in before they change, and keeps others out afterwards", async () => {
    const found = commands(await declared());
    const rulesetOf = (name: string) =>
      (JSON.parse(found.get(name)!.stdin) as { tables: { ruleset: string }[] }).tables[0].ruleset;
    assert.match(rulesetOf("cluster-one-ports-admit"), /^table ip lab_swarm_unit\nadd set/);
    assert.match(rulesetOf("cluster-one-ports-close"), /^table ip lab_swarm_unit\ndelete table ip lab_swarm_unit\n/);
    assert.match(found.get("cluster-one-ports-close")!.delete, /remove$/);
  });

  it("removes a host's table with one step after the other, as both would look for it first", async () => {
    const made = new Map<string, { readonly resource: unknown; readonly dependsOn: unknown }>();
    const note = ({ name, resource, opts: { dependsOn } }: pulumi.ResourceTransformationArgs): undefined =>
      void made.set(name, { resource, dependsOn });
    await registered(() => {
      pulumi.runtime.registerStackTransformation(note);
      swarm();
    });
    const { resource } = made.get("cluster-one-ports-admit")!;
    assert.ok([made.get("cluster-one-ports-close")!.dependsOn].flat().includes(resource));
  });

  it("drops what comes to its ports from others, and what one overlay sends to another", () => {
    const sources = ["10.0.0.1/32", "10.0.0.2/32"];
    const { ruleset, rules } = memberTable("unit", { sources, overlays: ["10.1.0.0/24"], address: "10.0.0.1" }, true);
    assert.deepEqual(rules, [
      "Overlays are apart",
      "Swarm managers on TCP/2377",
      "Swarm members on TCP/7946",
      "Swarm members on UDP/7946",
      "Swarm overlays on UDP/4789",
    ]);
    const dropped = ruleset.split("\n").filter((line) => line.includes(" drop "));
    assert.deepEqual(
      dropped.map((line) => line.replace(/^add rule ip lab_swarm_unit prerouting /, "").replace(/ comment .*/, "")),
      [
        'iifname "docker_gwbridge" ip daddr @overlays drop',
        "ip daddr 10.0.0.1 tcp dport 2377 ip saddr != @members drop",
        "ip daddr 10.0.0.1 tcp dport 7946 ip saddr != @members drop",
        "ip daddr 10.0.0.1 udp dport 7946 ip saddr != @members drop",
        "udp dport 4789 ip saddr != @members drop",
      ],
    );
    assert.match(ruleset, /add element ip lab_swarm_unit members \{ 10\.0\.0\.1\/32, 10\.0\.0\.2\/32 \}/);
    assert.doesNotMatch(memberTable("unit", { sources, overlays: [] }, false).ruleset, /add element .* overlays/);
  });
});
