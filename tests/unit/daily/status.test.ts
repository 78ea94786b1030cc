import assert from "node:assert/strict";
import type { Check, CheckStatus } from "../../../components/checks/expectation";
import { statusLines } from "../../../tools/daily/status";
import type { KnownStack } from "../../../tools/expiry/stacks";
import type { StackState } from "../../../tools/stack";
import { stateOf } from "../expiry/states";

const now = Date.parse("2026-05-03T00:00:00Z");
const topology = {
  environment: "one",
  hosts: [
    { name: "labs-1", kind: "scale-set", os: "linux", labs: [{ lab: "imds-proxy" }, { lab: "app-pool" }] },
    { name: "labs-2", kind: "scale-set", os: "linux", labs: [] },
  ],
};

/** A state whose environment declares this, last written at that time. */
function declaring(time: string): StackState {
  const { version, deployment } = stateOf({});
  const resources = deployment.resources!.map((each) =>
    each.type.endsWith(":Environment")
      ? { ...each, outputs: { ...each.outputs, declared: JSON.stringify({ topology }) } }
      : each,
  );
  return { version, deployment: { resources, manifest: { time } } };
}

function check(status: CheckStatus): Check {
  return { ...{ lab: "l", at: "h", name: "n", kind: "reach", from: "a", to: "b" }, status, detail: "", ms: 1 };
}

const up: KnownStack = {
  ...{ name: "one", state: declaring("2026-05-02T20:00:00Z"), resources: 9 },
  ...{ born: new Date("2026-05-01T00:00:00Z"), end: new Date("2026-05-03T02:30:00Z"), hourly: 0.62 },
};

function verified(at: string, ...statuses: CheckStatus[]) {
  return () => ({ report: { environment: "one", checks: statuses.map(check) }, at: new Date(at) });
}

describe("the status of all environments", () => {
  it("tells of each that is up its hosts, labs, checks, cost and end, and names the others", () => {
    const others: KnownStack[] = [
      { name: "empty", state: { version: 3, deployment: {} }, resources: 0 },
      { name: "gone", state: undefined, broken: "half a file", resources: 0 },
    ];
    const lines = statusLines([up, ...others], ["one", "empty", "never"], verified("2026-05-02T23:00:00Z", "pass"), {
      now,
    });
    assert.deepEqual(lines, [
      "one",
      "  up      for 2 d; ends in 2 h 30 min, 2026-05-03 02:30Z; $0.62/h, $29.76 so far",
      "  host    labs-1 (scale-set): imds-proxy, app-pool",
      "  host    labs-2 (scale-set): no lab",
      "  checks  1 of 1 hold; 1 h ago",
      "",
      "gone (its settings are gone)",
      "  state  its state can't be read: half a file",
      "",
      "Not up: empty, never",
    ]);
  });

  it("tells what did not hold, and that the environment was updated since", () => {
    const lines = statusLines([up], ["one"], verified("2026-05-02T19:00:00Z", "pass", "fail", "error", "pass"), {
      now,
    });
    assert.equal(
      lines.at(-2),
      "  checks  2 of 4 hold, 1 do not, 1 could not be tested; 5 h ago, before the last update",
    );
  });

  it("tells that nothing was proved, and that a first update did not get through", () => {
    const half = { ...up, state: { version: 3, deployment: { resources: [] } }, end: undefined, hourly: undefined };
    assert.deepEqual(
      statusLines([half], ["one"], () => undefined, { now }),
      [
        "one",
        "  up      for 2 d; no end",
        "  labs    unknown: no update has got through; npm run up mends it",
        "  checks  never proved here: npm run verify",
        "",
      ],
    );
  });
});
