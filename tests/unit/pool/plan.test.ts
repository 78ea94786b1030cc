import assert from "node:assert/strict";
import { label } from "../../../components/labels";
import type { ContainerInfo } from "dockerode";
import { asContainers } from "../../../tools/pool/containers";
import type { WantedContainer } from "../../../tools/pool/create-options";
import { type Plan, planOf as planOfParts } from "../../../tools/pool/plan";
import { listed, wantedOf } from "./support";

const { nameOf } = asContainers;

function planOf(wanted: readonly WantedContainer[], found: readonly ContainerInfo[]) {
  return planOfParts(asContainers, wanted, found);
}

/** What is to be done, by container's name. */
function told({
  surplus,
  replace,
  start,
  create,
  keep,
}: Plan<WantedContainer, ContainerInfo>): Record<string, string[]> {
  return {
    surplus: surplus.map(nameOf),
    replace: replace.map(({ wanted: { name } }) => name),
    start: start.map(({ wanted: { name } }) => name),
    create: create.map(({ name }) => name),
    keep: keep.map(nameOf),
  };
}

const nothing = { surplus: [], replace: [], start: [], create: [], keep: [] };

describe("what is to be done about a pool", () => {
  const [one, two, three] = wantedOf(8090, 8091, 8092);

  it("is nothing where all is as declared", () => {
    assert.deepEqual(told(planOf([one, two], [listed(two), listed(one)])), {
      ...nothing,
      keep: ["app-8090", "app-8091"],
    });
  });

  it("is to make those that are new, and to leave the others", () => {
    assert.deepEqual(told(planOf([one, two, three], [listed(one)])), {
      ...nothing,
      create: ["app-8091", "app-8092"],
      keep: ["app-8090"],
    });
  });

  it("is to remove the one in the middle", () => {
    assert.deepEqual(
      told(
        planOf(
          [one, three],
          [one, two, three].map((each) => listed(each)),
        ),
      ),
      {
        ...nothing,
        surplus: ["app-8091"],
        keep: ["app-8090", "app-8092"],
      },
    );
  });

  it("is to replace what was made from something else", () => {
    const other = listed(one, "running", { Labels: { ...one.options.Labels, [label.spec]: "other" } });
    assert.deepEqual(told(planOf([one], [other])), { ...nothing, replace: ["app-8090"] });
  });

  it("is to start what is stopped or was never started", () => {
    for (const state of ["exited", "created"]) {
      assert.deepEqual(told(planOf([one], [listed(one, state)])), { ...nothing, start: ["app-8090"] });
    }
  });

  it("is to replace what neither runs nor can be started", () => {
    for (const state of ["paused", "restarting", "dead", "removing"]) {
      assert.deepEqual(told(planOf([one], [listed(one, state)])), { ...nothing, replace: ["app-8090"] });
    }
  });

  it("is to replace what a hand took off its network, moved, or put on another", () => {
    const on = (...networks: [string, string][]) =>
      listed(one, "running", {
        NetworkSettings: {
          Networks: Object.fromEntries(
            networks.map(([NetworkID, IPAddress]) => [NetworkID, { NetworkID, IPAddress }]),
          ) as never,
        },
      });
    for (const wrong of [
      on(),
      on(["n1", "10.0.0.91"]),
      on(["n2", "10.0.0.90"]),
      on(["n1", "10.0.0.90"], ["n2", "10.0.2.1"]),
    ]) {
      assert.deepEqual(told(planOf([one], [wrong])), { ...nothing, replace: ["app-8090"] });
    }
    assert.deepEqual(told(planOf([one], [on(["n1", "10.0.0.90"])])), { ...nothing, keep: ["app-8090"] });
  });
});
