import assert from "node:assert/strict";
import { figuresTable, withSection } from "../../../tools/bench/page";

const phases = { up: "up", down: "all down" };
const use = { seconds: 12.345, cpuSeconds: 0.456, peakMiB: 210.4 };

describe("the page of a benchmark", () => {
  it("gets a section rewritten, and nothing else", () => {
    const page = "# Page\n\n<!-- a -->\n\nold\n\n<!-- /a -->\n\n<!-- b -->\n\nkept\n\n<!-- /b -->\nend\n";
    const rewritten = withSection(page, "a", "new\n");
    assert.equal(rewritten, page.replace("old", "new"));
    assert.equal(withSection(rewritten, "a", "new"), rewritten);
  });

  it("is refused where it has no place for the section", () => {
    assert.throws(() => withSection("# Page\n", "a", "new"), /<!-- a -->/);
    assert.throws(() => withSection("<!-- /a -->\n<!-- a -->\n", "a", "new"), /<!-- \/a -->/);
  });

  it("has a line for each size and phase and a column for each tool, and a dash for what was not measured", () => {
    const figures = [
      { tool: "ours", n: 50, phase: "up", ...use },
      { tool: "compose", n: 50, phase: "up", ...use, seconds: 1.5 },
      { tool: "ours", n: 50, phase: "down", ...use },
    ];
    assert.equal(
      figuresTable(figures, phases),
      [
        "| N | Phase | ours | compose |",
        "| --- | --- | --- | --- |",
        "| 50 | up | **12.3 s**, 0.46 s CPU, 210 MiB | **1.50 s**, 0.46 s CPU, 210 MiB |",
        "| 50 | all down | **12.3 s**, 0.46 s CPU, 210 MiB | – |",
      ].join("\n"),
    );
  });
});
