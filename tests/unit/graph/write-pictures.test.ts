import { equal, match, notEqual, ok } from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePictures } from "../../../tools/graph";
import { dockerNetworksSample, reportOn } from "./support";

describe("writePictures", () => {
  const sample = dockerNetworksSample();
  let parent: string;
  let folder: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "pictures-"));
    folder = join(parent, "local");
  });

  afterEach(() => rmSync(parent, { recursive: true }));

  it("writes three files into a folder that it makes", async () => {
    const files = await writePictures(folder, sample, reportOn(sample));
    equal(files.svg, join(folder, "topology.svg"));
    match(readFileSync(files.mermaid, "utf8"), /^flowchart LR\n/);
    const svg = readFileSync(files.svg, "utf8");
    match(svg, /^<svg /);
    ok(readFileSync(files.html, "utf8").includes(svg));
  });

  it("keeps an SVG that shows the same, however long the checks took", async () => {
    const { svg } = await writePictures(folder, sample, reportOn(sample));
    // A trace that only a new drawing would take away.
    writeFileSync(svg, readFileSync(svg, "utf8").replace("Environment local", "Environment kept"));
    const report = reportOn(sample);
    const slower = { ...report, checks: report.checks.map((check) => ({ ...check, ms: check.ms + 5 })) };
    const { html } = await writePictures(folder, sample, slower);
    match(readFileSync(svg, "utf8"), /Environment kept/);
    match(readFileSync(html, "utf8"), />17</);
  });

  it("draws anew what shows something else", async () => {
    const { svg } = await writePictures(folder, sample, reportOn(sample));
    const before = readFileSync(svg, "utf8");
    await writePictures(
      folder,
      sample,
      reportOn(sample, () => "fail"),
    );
    notEqual(readFileSync(svg, "utf8"), before);
    await writePictures(folder, sample, reportOn(sample));
    equal(readFileSync(svg, "utf8"), before);
  });
});
