import assert from "node:assert/strict";
import { SaxesParser } from "saxes";
import { logLog, ticksAround } from "../../../tools/bench/log-log";

/** All tags of the picture with their attributes. Throws if it is no well-formed XML. */
function tags(svg: string): { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => found.push({ name, attributes: attributes }));
  parser.write(svg).close();
  return found;
}

function withClass(svg: string, name: string): Record<string, string>[] {
  return tags(svg)
    .map(({ attributes }) => attributes)
    .filter((attributes) => attributes.class === name);
}

/** The corners of each line, without those of the legend. */
function corners(svg: string): number[][][] {
  return withClass(svg, "line")
    .map(({ d }) => d)
    .filter((d) => !d.includes("H"))
    .map((d) => [...d.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]));
}

const frame = { title: "Time", xLabel: "N", yLabel: "s" };

describe("a log-log picture", () => {
  it("shows a power law as a straight line, whatever order its points come in", () => {
    const points = [100, 1, 10].map((x) => ({ x, y: 3 * x ** 2 }));
    const [[first, second, third]] = corners(logLog({ ...frame, panels: [{ title: "up", lines: { ours: points } }] }));
    assert.ok(first[0] < second[0] && second[0] < third[0]);
    assert.ok(Math.abs(second[0] - (first[0] + third[0]) / 2) < 0.2);
    assert.ok(Math.abs(second[1] - (first[1] + third[1]) / 2) < 0.2);
    assert.ok(third[1] < first[1], "more is higher up");
  });

  it("draws what takes longer above what takes less, and a missing line not at all", () => {
    const up = { title: "up", lines: { ours: [{ x: 50, y: 2 }], compose: [{ x: 50, y: 4 }] } };
    const down = { title: "down", lines: { compose: [{ x: 50, y: 4 }] } };
    const [[[, ours]], [[, compose]], none, [[x, y]]] = corners(logLog({ ...frame, panels: [up, down] }));
    assert.ok(compose < ours);
    assert.deepEqual(none, []);
    assert.ok(Number.isFinite(x) && Number.isFinite(y), "a single point has a place");
  });

  it("names every line once in the legend, told apart by colour and by mark", () => {
    const lines = Object.fromEntries(
      ["ours", "naive", "<terraform>", "compose"].map((name, i) => [name, [{ x: 1, y: i + 1 }]]),
    );
    const svg = logLog({ ...frame, panels: [{ title: "up", lines }] });
    const marks = new Set(withClass(svg, "mark").map(({ d }) => d));
    assert.equal(marks.size, 4);
    assert.equal(svg.match(/<text x="26"[^>]*>&lt;terraform&gt;</g)?.length, 1);
    assert.equal(new Set(svg.match(/--line-\d:#\w+/g)).size, 8, "four colours in each of two schemes");
  });

  it("has round values around all that is shown, and refuses what has no logarithm", () => {
    assert.deepEqual(ticksAround([0.13, 25.7]), [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]);
    assert.deepEqual(ticksAround([5, 5]), [5, 10]);
    assert.deepEqual(ticksAround([99, 100]), [50, 100]);
    assert.throws(() => ticksAround([0, 1]), RangeError);
    assert.throws(() => ticksAround([]), RangeError);
  });
});
