import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "../../../tools/commands/destroy";
import type { RecordedResource, StackState } from "../../../tools/stack";
import { tearDown, type TeardownOptions } from "../../../tools/teardown";
import { createProgress } from "../../../tools/terminal/progress";
import { programsOfEachTest } from "../programs";

const urn = (type: string, name: string): string => `urn:pulumi:test::p::${type}::${name}`;
const stack: RecordedResource = { urn: urn("pulumi:pulumi:Stack", "p-test"), type: "pulumi:pulumi:Stack" };

const refusal = 'echo "network docker_gwbridge id b1 has active endpoints" >&2; exit 1';

function on(host: string): RecordedResource[] {
  const provider = urn("pulumi:providers:docker", `${host}-docker`);
  const inputs = { host: `ssh://${host}.test`, sshOpts: '["-F","out/test/ssh/config"]' };
  const type = "docker:index/container:Container";
  return [
    { urn: provider, type: "pulumi:providers:docker", custom: true, id: "1", inputs },
    { urn: urn(type, `on-${host}`), type, custom: true, id: `c-${host}`, provider: `${provider}::1` },
  ];
}

describe("a teardown", () => {
  const programs = programsOfEachTest();
  const lines: string[] = [];
  beforeEach(() => {
    lines.splice(0);
    const state = join(programs().folder, "state.json");
    record({ version: 3, deployment: { resources: [stack, ...on("one"), ...on("two")] } });
    programs().add("pulumi", `case "$*" in "stack export"*) cat ${state} ;; "stack import"*) cat > ${state} ;; esac`);
    engines("two");
  });

  const record = (state: StackState): void => void programs().file("state.json", JSON.stringify(state));
  const names = (): (string | undefined)[] => {
    const { deployment } = JSON.parse(readFileSync(join(programs().folder, "state.json"), "utf8")) as StackState;
    return deployment.resources!.map((each) => each.urn.split("::").at(-1));
  };
  /** Engines, of which some do not answer. */
  const engines = (...silent: string[]): void => {
    const dead = silent.map((host) => `*${host}.test) echo "stderr=ssh: ${host} refused" >&2; exit 1 ;;`);
    programs().add("docker", `case "$DOCKER_HOST" in ${dead.join(" ")} *none*) ;; esac`);
  };
  const options = (more: Partial<TeardownOptions> = {}): TeardownOptions => ({
    environment: "teardown-test",
    toolchain: { pulumi: "pulumi", env: {}, origin: {}, login: "", backend: undefined },
    engine: undefined,
    progress: { ...createProgress(), line: (text) => void lines.push(text) },
    takeOver: false,
    forget: [],
    yes: false,
    ...more,
  });
  const destroyed = (): string | undefined =>
    programs()
      .calls()
      .find((call) => call.startsWith("pulumi destroy"));

  it("leaves alone what is on a host that does not answer, goes on after a failure, and says what is left", async () => {
    assert.deepEqual(await tearDown(options()), {
      exitCode: 0,
      left: [],
      kept: [],
      silent: [{ host: "two", reason: "ssh: two refused", resources: 1 }],
      engines: ["ssh://one.test"],
      groups: [],
    });
    const call = destroyed();
    assert.match(call!, / --continue-on-error --exclude urn:\S+::on-two$/);
    assert.deepEqual(names(), ["p-test", "one-docker", "on-one", "two-docker", "on-two"]);
  });

  it("forgets a host that is gone, and takes down the rest", async () => {
    const { silent, engines: asked } = await tearDown(options({ forget: ["two"] }));
    assert.deepEqual([silent, asked], [[], ["ssh://one.test"]]);
    assert.deepEqual(names(), ["p-test", "one-docker", "on-one"]);
    assert.match(lines[0], /^Gone: on-one/);
    assert.match(
      lines[1],
      /^Forgotten, and not removed, as host two is gone: 2 resources\n {2}two-docker \(.*\)\n {2}on-two \(/,
    );
    assert.match(destroyed()!, / --continue-on-error$/);
  });

  it("forgets no host that is unknown, and says which there are", async () => {
    await assert.rejects(
      tearDown(options({ forget: ["twoo"] })),
      /There is no host "twoo" in "teardown-test"\. Did you mean "two"\? There are: one, two\. Nothing was changed\./,
    );
    assert.equal(destroyed(), undefined);
    assert.equal(names().length, 5);
  });

  it("forgets no host that answers, unless it is told to", async () => {
    await assert.rejects(
      tearDown(options({ forget: ["one"] })),
      /"one" answers, so it is not gone[^]*--forget one --yes$/,
    );
    assert.equal(names().length, 5);
    engines();
    const { left, silent } = await tearDown(options({ forget: ["one"], yes: true }));
    assert.deepEqual([left, silent], [[], []]);
    assert.deepEqual(names(), ["p-test", "two-docker", "on-two"]);
  });

  it("asks nothing of a cloud's machines, nor of the cluster that they are, as these go with it", async () => {
    const server = { name: "labs-1" };
    const host: RecordedResource = {
      urn: urn("container-network-labs:hosts:ScaleSetHost", "labs-1"),
      type: "container-network-labs:hosts:ScaleSetHost",
      outputs: { recorded: { server } },
    };
    const [provider] = on("labs-1");
    const cluster = { ...provider, urn: urn("x:cluster:Swarm$pulumi:providers:docker", "cluster-docker") };
    record({ version: 3, deployment: { resources: [stack, host, provider, cluster] } });
    engines("labs-1");
    const { exitCode, silent, left } = await tearDown(options());
    assert.deepEqual({ exitCode, silent, left }, { exitCode: 0, silent: [], left: [] });
    assert.doesNotMatch(destroyed()!, /--exclude/);
    assert.deepEqual(names(), ["p-test", "labs-1", "labs-1-docker", "cluster-docker"]);
  });

  for (const [does, answer, kept] of [
    ["removes Swarm's bridge where nothing is on it", ":", []],
    ["tells of Swarm's bridge where its engine keeps it", refusal, ["network docker_gwbridge on ssh://one.test"]],
  ] as const) {
    it(does, async () => {
      record({ version: 3, deployment: { resources: [stack, ...on("one")] } });
      programs().add(
        "docker",
        `case "$*" in
          "network ls"*) echo "b1 docker_gwbridge" ;;
          "info"*) echo inactive ;;
          "network inspect"*b1) echo 0 ;;
          "network rm b1") ${answer} ;;
        esac`,
      );
      const { left, kept: told, exitCode } = await tearDown(options());
      assert.deepEqual({ left, kept: told, exitCode }, { left: [], kept, exitCode: 0 });
      assert.ok(programs().calls().includes("docker network rm b1"));
    });
  }

  it("has nothing to do where nothing is recorded", async () => {
    record({ version: 3, deployment: { resources: [stack] } });
    const nothing = { exitCode: 0, left: [], kept: [], silent: [], engines: [], groups: [] };
    assert.deepEqual(await tearDown(options()), nothing);
    assert.equal(destroyed(), undefined);
  });

  it("is a command that takes several hosts to forget", () => {
    const { forget } = command.options as { forget: { type: string; multiple: boolean } };
    assert.deepEqual(forget, { type: "string", multiple: true, default: [] });
  });
});
