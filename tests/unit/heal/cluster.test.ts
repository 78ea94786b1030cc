import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SwarmData } from "../../../components/cluster/data";
import { plannedMembers } from "../../../components/cluster/plan";
import { mendCluster, recordedSwarm } from "../../../tools/heal/cluster";
import type { RecordedResource, StackState } from "../../../tools/stack";
import { applySwarm } from "../../../tools/swarm/apply";
import type { Progress } from "../../../tools/terminal/progress";
import { fakeEngines, KEY } from "../cluster/fake-swarm";

const names = ["one", "two", "three"];

describe("mending a cluster before an update", () => {
  let engines: Awaited<ReturnType<typeof fakeEngines>>;
  let folder: string;

  before(function () {
    if (process.platform === "win32") {
      this.skip();
    }
  });
  beforeEach(async () => {
    engines = await fakeEngines(...names);
    folder = mkdtempSync(join(tmpdir(), "mend-"));
    await applySwarm(data());
  });
  afterEach(() => {
    engines.close();
    rmSync(folder, { recursive: true });
  });

  function data(): SwarmData {
    const members = plannedMembers(names.map((name) => ({ name }))).map((member) => ({
      ...{ ...member, engine: engines.at(member.name).address, address: `10.0.0.${member.name.length}` },
    }));
    return { stack: "unit", members, addresses: "10.213.128.0/17" };
  }

  const command = (name: string, more: Partial<RecordedResource>): RecordedResource => ({
    urn: `urn:pulumi:unit::labs::container-network-labs:cluster:Swarm$command:local:Command::cluster-${name}`,
    type: "command:local:Command",
    ...more,
  });
  const state = (key: object): StackState => ({
    version: 3,
    deployment: {
      resources: [
        command("members", { inputs: { stdin: JSON.stringify(data()) } }),
        command("key", { outputs: { stdout: key } }),
      ],
    },
  });

  /** Mends by what a state records, and tells the steps that this took with how they ended. */
  async function mended(recorded: StackState | undefined): Promise<string[]> {
    const steps: string[] = [];
    const progress: Progress = {
      async step(title, work) {
        let end = "done";
        const result = await work({ log: "", detail: () => undefined, outcome: (text) => (end = text) });
        steps.push(`${title}: ${end}`);
        return result;
      },
      line: () => undefined,
    };
    // What Pulumi prints where secrets are asked for; without that, a state has them encrypted.
    const pulumi = join(folder, "pulumi");
    const clear = JSON.stringify(state({ plaintext: JSON.stringify(`${KEY}\n`) }));
    writeFileSync(
      pulumi,
      `#!/bin/sh\n[ "$*" = "stack export --show-secrets --stack unit" ] && cat <<'END'\n${clear}\nEND\n`,
      {
        mode: 0o700,
      },
    );
    const was = await mendCluster({ environment: "unit", toolchain: { pulumi, env: {} }, progress }, recorded);
    assert.equal(was, steps.length > 0, "it tells whether there was something to mend");
    return steps;
  }

  const recorded = (): StackState => state({ ciphertext: "v1:planted" });
  const rejoined = (name: string): boolean => engines.at(name).swarm?.id === "swarm-of-one";

  it("changes nothing where all are members", async () => {
    const calls = () => names.map((name) => engines.at(name).calls.length);
    const before = calls();
    assert.deepEqual(await mended(recorded()), []);
    assert.deepEqual(calls(), before);
  });

  it("has a host join again that lost its part", async () => {
    engines.at("three").swarm = undefined;
    const [step, ...none] = await mended(recorded());
    assert.match(step, /^Mend the cluster: three joined as manager/);
    assert.deepEqual([none, rejoined("three")], [[], true]);
  });

  it("unlocks all of them with the key that the state keeps as a secret", async () => {
    names.forEach((name) => (engines.at(name).locked = true));
    const [step] = await mended(recorded());
    assert.ok(names.every((name) => step.includes(`${name} is unlocked`) && !engines.at(name).locked));
    assert.ok(!step.includes(KEY));
  });

  it("mends what answers, and takes nobody out who does not", async () => {
    engines.at("two").close();
    engines.at("three").swarm = undefined;
    const [step] = await mended(recorded());
    assert.match(step, /three joined/);
    const nodes = [...engines.at("one").swarm!.nodes.values()].map(({ Description }) => Description?.Hostname);
    assert.ok(nodes.includes("two"));
  });

  it("knows of no cluster where a state has none", async () => {
    assert.equal(recordedSwarm({ version: 3, deployment: {} }), undefined);
    assert.deepEqual(await mended(undefined), []);
  });
});
