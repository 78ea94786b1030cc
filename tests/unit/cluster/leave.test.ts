import type Docker from "dockerode";
import assert from "node:assert/strict";
import { label } from "../../../components/labels";
import { removeBridge } from "../../../tools/swarm/leave";

/** An engine with Swarm's bridge, of which it is asked what is on it, and which it keeps as often as it says. */
function engineWith(stack: string, { refusals, containers = 0 }: { refusals: number; containers?: number }) {
  const seen = { asked: 0, gone: false };
  const network = {
    async remove() {
      if (++seen.asked <= refusals) {
        throw Object.assign(new Error("network docker_gwbridge id n1 has active endpoints"), { statusCode: 403 });
      }
      seen.gone = true;
    },
    inspect: async () => ({ Containers: Object.fromEntries(Array.from({ length: containers }, (_, i) => [i, {}])) }),
  };
  const docker = {
    listNetworks: async () => [{ Id: "n1", Name: "docker_gwbridge", Labels: { [label.stack]: stack } }],
    getNetwork: () => network,
  } as unknown as Docker;
  return { docker, seen };
}

describe("the bridge of an engine that has left its swarm", () => {
  const pace = { pause: 1, release: 100, empty: 20 };

  it("goes once the engine lets go of it", async () => {
    const { docker, seen } = engineWith("test", { refusals: 3 });
    assert.equal(await removeBridge(docker, "test", pace), true);
    assert.deepEqual(seen, { asked: 4, gone: true });
  });

  it("stays where nothing is on it for a while, and the engine says that there is", async () => {
    const { docker, seen } = engineWith("test", { refusals: Infinity });
    const start = Date.now();
    assert.equal(await removeBridge(docker, "test", { ...pace, release: 60_000 }), false);
    assert.equal(seen.gone, false);
    assert.ok(Date.now() - start >= pace.empty);
  });

  it("is a failure where something is on it for too long", async () => {
    const { docker } = engineWith("test", { refusals: Infinity, containers: 1 });
    await assert.rejects(
      removeBridge(docker, "test", pace),
      /docker_gwbridge can't be removed: .* has active endpoints/,
    );
  });

  it("is left alone if it is somebody else's", async () => {
    const { docker, seen } = engineWith("another", { refusals: 0 });
    await removeBridge(docker, "test", pace);
    assert.equal(seen.asked, 0);
  });
});
