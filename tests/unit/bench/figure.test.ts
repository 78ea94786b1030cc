import assert from "node:assert/strict";
import { type Figure, figureOf, median, medians } from "../../../tools/bench/figure";

function figure(tool: string, n: number, phase: string, seconds: number): Figure {
  return { tool, n, phase, seconds, cpuSeconds: seconds / 2, peakMiB: seconds * 10 };
}

describe("figures of a benchmark", () => {
  it("have the median of an odd and of an even number of rounds", () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 2, 100]), 3);
    assert.equal(median([10, 9]), 9.5);
    assert.throws(() => median([]), RangeError);
  });

  it("are one for each tool, size and phase, in the order of the first round", () => {
    const rounds = [
      figure("ours", 50, "up", 3),
      figure("compose", 50, "up", 8),
      figure("ours", 50, "up", 1),
      figure("compose", 50, "up", 4),
      figure("ours", 50, "up", 2),
      figure("ours", 200, "up", 7),
    ];
    assert.deepEqual(medians(rounds), [
      figure("ours", 50, "up", 2),
      figure("compose", 50, "up", 6),
      figure("ours", 200, "up", 7),
    ]);
  });

  it("are found by tool, size and phase together", () => {
    const figures = [figure("ours", 50, "up", 1), figure("ours", 500, "up", 2), figure("ours", 50, "down", 3)];
    assert.equal(figureOf(figures, "ours", 50, "down")?.seconds, 3);
    assert.equal(figureOf(figures, "ours", 500, "down"), undefined);
  });
});
