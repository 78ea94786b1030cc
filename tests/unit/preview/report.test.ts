import assert from "node:assert/strict";
import { COMMENT_LIMIT, refusalMarkdown, toMarkdown } from "../../../tools/preview/markdown";
import { reviewOf } from "../../../tools/preview/review";
import { headline, type Section, sectionsOf } from "../../../tools/preview/sections";
import { toText } from "../../../tools/preview/text";
import { hostileNames, hostileSample, range } from "../graph/support";
import { markdown, plan, review, up } from "./support";

const lines = (count: number, mark = "opens") =>
  range(count).map((n) => ({ mark, text: `client-${n} → server: tcp ${n}` }));
const block = (size: number) => ({ summary: "Show", language: "mermaid", text: "x".repeat(size) });

/** A pool of 900 that all comes anew, with ports of its own: more than any comment has room for. */
const crowded = () =>
  plan({
    hosts: { kind: "local" },
    labs: { "app-pool": { ports: "20000-20899", network: { subnet: "10.90.0.0/22" } } },
  });

describe("the report of a preview", () => {
  it("keeps a comment's size, the most important first, and says what is missing", () => {
    const sections: Section[] = [
      { title: "Risks", lines: lines(3, "open-administration") },
      { title: "Connectivity", lines: lines(5_000) },
      { title: "Before and after", lines: [], block: block(30_000) },
    ];
    const text = toMarkdown("local", "All of it.", sections);
    assert.ok(text.length <= COMMENT_LIMIT && text.length > COMMENT_LIMIT - 200, String(text.length));
    assert.equal(text.match(/open-administration/g)?.length, 3);
    const kept = text.match(/\*\*opens\*\*/g)!.length;
    assert.ok(text.includes(`_and ${5_000 - kept} more, cut for their length_`));
    assert.match(text, /### Before and after\n\n_Left out/);
  });

  it("leaves a picture out before it cuts a list, and nothing where all has room", () => {
    const sections: Section[] = [
      { title: "Connectivity", lines: lines(100) },
      { title: "Before and after", lines: [], block: block(COMMENT_LIMIT) },
    ];
    const text = toMarkdown("local", "All of it.", sections);
    assert.equal(text.match(/\*\*opens\*\*/g)?.length, 100);
    assert.doesNotMatch(text, /cut for their length|xxx/);
    const small = toMarkdown("local", "All of it.", [sections[0], { title: "P", lines: [], block: block(100) }]);
    assert.doesNotMatch(small, /Left out|cut for/);
  });

  it("of 900 new instances is within it, too, and quick", () => {
    const started = Date.now();
    const reviewed = review(undefined, crowded());
    assert.equal(reviewed.entries.length, 900);
    assert.ok(markdown(reviewed).length <= COMMENT_LIMIT);
    assert.ok(Date.now() - started < 15_000, `${Date.now() - started} ms`);
  });

  it("takes no name for markup, and none out of its line", () => {
    const sample = { ...hostileSample(), openings: [] };
    const reviewed = reviewOf({ environment: hostileNames[0], comparedWith: "nothing", after: sample });
    const text = toMarkdown(hostileNames[0], headline(reviewed), sectionsOf(reviewed));
    const [report, picture] = text.split("```mermaid");
    assert.ok(picture.length > 100);
    assert.doesNotMatch(report.slice(report.indexOf("##")), /<(?!details|summary|\/summary)/);
    assert.doesNotMatch(report, /[^\\]`tick`|\n {0,3}break/);
    assert.equal(toMarkdown("e", "h", [{ title: "t", lines: [{ mark: "m", text: "@all #1" }] }]).match(/[@#]\w/), null);
  });

  it("fences what may hold a fence", () => {
    assert.ok(refusalMarkdown("local", "a ```` b").includes("`````text\na ```` b\n`````\n"));
  });

  it("for a terminal has the same lines without Markdown, and colours for terminals only", () => {
    const sections: Section[] = [
      { title: "Connectivity", lines: [{ mark: "opens", text: "a_b → c: `verify`" }] },
      { title: "Before and after", lines: [], block: block(10) },
    ];
    const stream = (isTTY: boolean) => ({ isTTY }) as NodeJS.WriteStream;
    const plain = "Preview of local\nAll of it.\n\nConnectivity\n  opens  a_b → c: verify\n";
    assert.equal(toText("local", "All of it.", sections, stream(false)), plain);
    const previous = process.env.NO_COLOR;
    delete process.env.NO_COLOR;
    try {
      assert.match(toText("local", "All of it.", sections, stream(true)), /\u001b\[1mConnectivity/);
    } finally {
      if (previous !== undefined) {
        process.env.NO_COLOR = previous;
      }
    }
  });

  it("has nothing secret of the settings, in no format", () => {
    const secret = "hunter2-of-the-registry";
    const registry = { address: "registry.example.com", username: "lab", password: secret };
    const after = plan({ hosts: { kind: "local" }, labs: { "image-builder": { registry } } });
    const before = plan({ hosts: { kind: "local" }, labs: { "image-builder": {} } });
    const reviewed = reviewOf({ environment: "local", comparedWith: "what is up", before: up(before), after });
    assert.ok(reviewed.expectations.added.length > 0);
    assert.ok(!JSON.stringify(reviewed).includes(secret));
    assert.ok(!markdown(reviewed).includes(secret));
  });
});
