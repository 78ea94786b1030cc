import assert from "node:assert/strict";
import * as fc from "fast-check";
import { SaxesParser } from "saxes";
import type { Check, Report } from "../../../components/checks/expectation";
import { exitCode, formatTable, toJUnit } from "../../../components/checks/report";

const check = (over: Partial<Check> = {}): Check => ({
  lab: "docker-networks",
  at: "local",
  name: "Alice reaches the chat server",
  kind: "reach",
  from: "alice",
  to: "192.168.1.1:5000",
  status: "pass",
  detail: "connected",
  ms: 3,
  ...over,
});
const report = (...checks: Check[]): Report => ({ environment: "local", checks });
const pass = check();
const fail = check({ status: "fail", detail: "connection refused", ms: 1250 });
const error = check({
  status: "error",
  detail: "no such container",
  kind: "no-reach",
  name: "Bob stays out",
  from: "bob",
});

describe("exitCode", () => {
  const cases: [string, Check[], number][] = [
    ["all hold", [pass, pass], 0],
    ["one does not", [pass, fail], 1],
    ["one could not be tested", [pass, error], 2],
    ["one does not and one could not be tested", [error, fail, pass], 1],
    ["there was nothing to test", [], 2],
  ];
  for (const [what, checks, code] of cases) {
    it(`is ${code} if ${what}`, () => assert.equal(exitCode(report(...checks)), code));
  }
});

describe("formatTable", () => {
  it("shows labs, checks, evidence for what does not pass, and a summary", () => {
    const other = check({ lab: "other", name: "the log is right", kind: "log", from: "carol", to: "" });
    assert.equal(
      formatTable(report(pass, fail, error, other), { colour: false }),
      [
        "docker-networks",
        "  ✓  Alice reaches the chat server  alice → 192.168.1.1:5000     3 ms",
        "  ✗  Alice reaches the chat server  alice → 192.168.1.1:5000  1250 ms",
        "       does not hold: connection refused",
        "  ?  Bob stays out                  bob → 192.168.1.1:5000       3 ms",
        "       could not be tested: no such container",
        "",
        "other",
        "  ✓  the log is right               carol                        3 ms",
        "",
        "4 checks: 2 pass, 1 fail, 1 error",
      ].join("\n"),
    );
  });

  it("has a section for each lab on each host where there are several", () => {
    const there = check({ at: "two" });
    const silent = [1, 2].map((n) =>
      check({ at: "two", name: `check ${n}`, status: "error", detail: "host two does not answer: refused" }),
    );
    assert.equal(
      formatTable(report(pass, there, ...silent), { colour: false }),
      [
        "docker-networks on local",
        "  ✓  Alice reaches the chat server  alice → 192.168.1.1:5000  3 ms",
        "",
        "docker-networks on two",
        "  ✓  Alice reaches the chat server  alice → 192.168.1.1:5000  3 ms",
        "  ?  check 1                        alice → 192.168.1.1:5000  3 ms",
        "  ?  check 2                        alice → 192.168.1.1:5000  3 ms",
        "       could not be tested: host two does not answer: refused",
        "",
        "4 checks: 2 pass, 2 error",
      ].join("\n"),
    );
  });

  it("tells the same reason of two failures twice: they have nothing in common but the words", () => {
    assert.equal(formatTable(report(fail, fail), { colour: false }).match(/does not hold/g)?.length, 2);
  });

  it("says so if nothing was tested", () => {
    assert.equal(formatTable(report(), { colour: false }), "0 checks: nothing was tested");
  });

  it("has colours only when asked, and the same text with them", () => {
    const plain = formatTable(report(pass, fail, error), { colour: false });
    const coloured = formatTable(report(pass, fail, error), { colour: true });
    assert.doesNotMatch(plain, /\u001b/);
    assert.match(coloured, /\u001b\[32m✓.*\u001b\[31m✗.*\u001b\[33m\?/s);
    assert.equal(coloured.replace(/\u001b\[\d+m/g, ""), plain);
  });

  it("keeps the lines of passing checks within the terminal", () => {
    const long = check({ name: "n".repeat(90), to: "t".repeat(90) });
    for (const width of [60, 80, 120]) {
      const lines = formatTable(report(long, pass), { colour: false, width }).split("\n");
      assert.ok(
        lines.every(({ length }) => length <= width),
        `${width}: ${lines.join("\n")}`,
      );
      assert.match(lines[1], /n…  alice → t+…  3 ms$/);
    }
  });

  it("lets no control character of the evidence through", () => {
    const nasty = check({ status: "fail", detail: "a\u001b[2J\u0007b\nc" });
    assert.match(formatTable(report(nasty), { colour: false }), /does not hold: a \[2J b c\n/);
  });
});

interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

/** A strict parser's view of the document; it throws at anything XML does not allow. */
function parse(xml: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const parser = new SaxesParser();
  parser.on("error", (problem) => {
    throw problem;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes: { ...(attributes as Record<string, string>) }, children: [], text: "" };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => (open.at(-1)!.text += text));
  parser.on("closetag", () => open.pop());
  parser.write(xml).close();
  return root.children[0];
}

describe("toJUnit", () => {
  it("has a suite for each lab and a test case for each check", () => {
    const root = parse(toJUnit(report(pass, fail, error, check({ lab: "other" }))));
    assert.deepEqual(root.attributes, { name: "local", tests: "4", failures: "1", errors: "1", time: "1.259" });
    assert.deepEqual(
      root.children.map(({ name, attributes }) => [name, attributes.name, attributes.tests]),
      [
        ["testsuite", "docker-networks", "3"],
        ["testsuite", "other", "1"],
      ],
    );
    const cases = root.children[0].children;
    assert.deepEqual(cases[1].attributes, {
      classname: "local.docker-networks.reach",
      name: "Alice reaches the chat server",
      time: "1.250",
    });
    assert.deepEqual(
      cases.map(({ children }) => children.map(({ name, attributes }) => [name, attributes.message])),
      [
        [["system-out", undefined]],
        [
          ["failure", "connection refused"],
          ["system-out", undefined],
        ],
        [
          ["error", "no such container"],
          ["system-out", undefined],
        ],
      ],
    );
    assert.equal(cases[1].children[1].text, "alice → 192.168.1.1:5000: connection refused");
  });

  it("has a suite for each lab on each host where there are several", () => {
    const { children } = parse(toJUnit(report(pass, check({ at: "two" }))));
    assert.deepEqual(
      children.map(({ attributes }) => attributes.name),
      ["docker-networks on local", "docker-networks on two"],
    );
    assert.equal(children[1].children[0].attributes.classname, "local.docker-networks on two.reach");
  });

  it("is well-formed without any check", () => {
    assert.deepEqual(parse(toJUnit(report())).children, []);
  });

  it("is well-formed whatever the texts hold, and keeps what XML can hold", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    const nasty = fc.oneof(
      text,
      fc.constantFrom("]]>", "<!--", "&amp;", "\ud800", "\u0000\u001b[31m", "\ufffe", "a\r\nb"),
    );
    fc.assert(
      fc.property(nasty, nasty, (name, detail) => {
        const root = parse(toJUnit(report(check({ name, detail, status: "fail" }))));
        assert.equal(root.children[0].children.length, 1);
      }),
    );
    const kept = `"quoted" <tags> & 'more' é 😀`;
    const [testCase] = parse(toJUnit(report(check({ name: kept, detail: kept, status: "fail" })))).children[0].children;
    assert.equal(testCase.attributes.name, kept);
    assert.equal(testCase.children[0].attributes.message, kept);
  });
});
