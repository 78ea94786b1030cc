import { equal, match, ok } from "node:assert/strict";
import { toPage } from "../../../tools/graph/page";
import { pictureOf } from "../../../tools/graph/picture";
import { toSvg } from "../../../tools/graph/svg";
import { dockerNetworksSample, hostileNames, hostileSample, reportOn } from "./support";

describe("page", () => {
  it("has a row for each check", () => {
    const sample = dockerNetworksSample();
    const page = toPage(pictureOf(sample, reportOn(sample)), "<svg></svg>");
    equal(page.match(/<tr><td/g)?.length, sample.expectations.length);
    equal(page.match(/✓ pass/g)?.length, sample.expectations.length);
    match(page, /<td class="check">Alice reaches the chat server<\/td><td class="kind">reach<\/td>/);
  });

  it("has the expectations where nothing was proved", () => {
    const { topology, expectations } = dockerNetworksSample();
    const page = toPage(pictureOf({ topology, expectations }), "<svg></svg>");
    equal(page.match(/not proved<\/td>/g)?.length, expectations.length);
  });

  it("lets no name or detail be more than text", async () => {
    const sample = hostileSample();
    const report = reportOn(sample);
    const detail = hostileNames.join(" ");
    const picture = pictureOf(sample, {
      ...report,
      checks: report.checks.map((check) => ({ ...check, detail, to: detail })),
    });
    const page = toPage(picture, await toSvg(picture));
    ok(!/<script|<img|<iframe/i.test(page));
    ok(!/<[^>]*\son\w+=/i.test(page.replace(/="[^"]*"/g, "=")));
    match(page, /&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;/);
    equal(page.match(/<\/style>/g)?.length, 2);
    ok(!/https?:\/\/(?!www\.w3\.org\/2000\/svg|10\.0\.0\.1)/.test(page));
  });
});
