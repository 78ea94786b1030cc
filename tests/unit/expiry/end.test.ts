import assert from "node:assert/strict";
import { bornAt, endOf, withEnd } from "../../../tools/expiry/end";
import { endText, spanText } from "../../../tools/expiry/words";
import type { StackState } from "../../../tools/stack";
import { stateOf } from "./states";

const end = new Date("2027-01-31T18:00:00.000Z");

describe("the end of an environment", () => {
  it("is what the state has of the resource that knows it, also if the first update did not get through", () => {
    assert.deepEqual(endOf(stateOf({ end: "2026-05-01T08:00:00.000Z" })), new Date("2026-05-01T08:00:00.000Z"));
    assert.equal(endOf(stateOf({})), undefined);
    assert.equal(endOf(undefined), undefined);
  });

  it("is counted from when its oldest thing was made", () => {
    assert.deepEqual(bornAt(stateOf({ born: "2026-05-01T08:00:00.5Z" })), new Date("2026-05-01T08:00:00.500Z"));
    assert.equal(bornAt({ version: 3, deployment: {} }), undefined);
  });

  it("moves in the resource and in the output, and nowhere else", () => {
    const before = stateOf({ end: "2026-05-01T08:00:00.000Z" });
    const copy = structuredClone(before);
    const after = withEnd(before, end, "test");
    assert.deepEqual(before, copy);
    assert.deepEqual(endOf(after), end);
    const text = JSON.stringify(before).replaceAll("2026-05-01T08:00:00.000Z", end.toISOString());
    assert.deepEqual(after, JSON.parse(text));
  });

  it("does not appear in the output of a first update that did not get through", () => {
    const before = stateOf({ end: "2026-05-01T08:00:00.000Z" });
    const [stack, ...rest] = before.deployment.resources!;
    const cut: StackState = { version: 3, deployment: { resources: [{ ...stack, outputs: {} }, ...rest] } };
    assert.deepEqual(withEnd(cut, end, "test").deployment.resources![0].outputs, {});
  });

  for (const [what, state, said] of [
    [
      "there is none",
      stateOf({}),
      /"test" has no end\. Set `container-network-labs:expires` in stacks\/Pulumi\.test\.yaml/,
    ],
    ["nothing is up", undefined, /has no end/],
    [
      "the settings name the time",
      stateOf({ end: "2026-05-01T08:00:00.000Z", setting: "2026-05-01T10:00:00+02:00" }),
      /ends at the time that its settings name, 2026-05-01T10:00:00\+02:00\. Set .* to 2027-01-31T18:00:00\.000Z or/,
    ],
  ] as const) {
    it(`is not moved where ${what}`, () => assert.throws(() => withEnd(state, end, "test"), said));
  }

  it("is told by the two largest units", () => {
    const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
    assert.deepEqual(
      [0, 20_000, minute, 59.6 * minute, hour, hour + minute, day - 1, day + minute, 3 * day + 4 * hour].map(spanText),
      [
        ...["less than a minute", "less than a minute", "1 min", "1 h", "1 h", "1 h 1 min"],
        ...["1 d", "1 d", "3 d 4 h"],
      ],
    );
    assert.equal(endText(end, end.getTime() - 90 * minute), "ends in 1 h 30 min, 2027-01-31 18:00Z");
    assert.equal(endText(end, end.getTime() + 90 * minute), "over for 1 h 30 min, 2027-01-31 18:00Z");
    assert.equal(endText(undefined), "no end");
  });
});
