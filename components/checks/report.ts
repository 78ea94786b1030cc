import { styleText } from "node:util";
import type { Check, CheckStatus, Report } from "./expectation";

export interface TableOptions {
  readonly colour: boolean;
  /** Columns of the terminal; without it lines are as long as they need to be. */
  readonly width?: number;
}

const statuses: readonly CheckStatus[] = ["pass", "fail", "error"];
const marks: Record<CheckStatus, string> = { pass: "✓", fail: "✗", error: "?" };
const styles = { pass: "green", fail: "red", error: "yellow" } as const;

/**
 * The report as people read it: a line a check, lab by lab and host by host, with what was seen below each that does
 * not pass.
 */
export function formatTable(report: Report, { colour, width = Infinity }: TableOptions): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const rows = report.checks.map((check) => ({ check, name: check.name, path: pathOf(check), ms: `${check.ms} ms` }));
  const msWidth = longest(rows.map(({ ms }) => ms));
  const nameWidth = Math.min(longest(rows.map(({ name }) => name)), Math.max(20, Math.floor(width * 0.5)));
  const room = width - nameWidth - msWidth - "  ✓    ".length - 2;
  const pathWidth = Math.min(longest(rows.map(({ path }) => path)), Math.max(10, room));
  const lines = placesOf(report).flatMap((place) => [
    paint("bold", place.name),
    ...rows
      .filter(({ check }) => place.has(check))
      .flatMap(({ check, name, path, ms }, i, all) => [
        [
          `  ${paint(styles[check.status], marks[check.status])}`,
          fit(name, nameWidth),
          paint("dim", fit(path, pathWidth)),
          paint("dim", ms.padStart(msWidth)),
        ].join("  "),
        ...(check.status === "pass" || saidBelow(check, all[i + 1]?.check)
          ? []
          : [`       ${paint(styles[check.status], explanation(check))}`]),
      ]),
    "",
  ]);
  return [...lines, summary(report, paint)].join("\n");
}

/** What keeps several checks in a row from being tested, a host that does not answer, is told once, below the last. */
function saidBelow({ status, detail }: Check, next?: Check): boolean {
  return status === "error" && next?.status === status && next.detail === detail;
}

function explanation({ status, detail }: Check): string {
  return `${status === "fail" ? "does not hold" : "could not be tested"}: ${printable(detail)}`;
}

function summary({ checks }: Report, paint: (style: "red" | "green" | "yellow", text: string) => string): string {
  if (checks.length === 0) {
    return paint("yellow", "0 checks: nothing was tested");
  }
  const counts = statuses
    .map((status) => ({ status, count: checks.filter((check) => check.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => paint(styles[status], `${count} ${status}`));
  return `${checks.length} ${checks.length === 1 ? "check" : "checks"}: ${counts.join(", ")}`;
}

function pathOf({ from, to }: Check): string {
  return to === "" ? from : `${from} → ${to}`;
}

interface Place {
  /** The lab, and its host where the report speaks of more than one. */
  readonly name: string;
  has(check: Check): boolean;
}

function placesOf({ checks }: Report): Place[] {
  const several = new Set(checks.map(({ at }) => at)).size > 1;
  const nameOf = ({ lab, at }: Check): string => (several ? `${lab} on ${at}` : lab);
  return [...new Set(checks.map(nameOf))].map((name) => ({ name, has: (check) => nameOf(check) === name }));
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

/** Evidence comes from containers: what it holds of control characters must not reach a terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

/** The report as JUnit XML, for CI systems: a suite for each lab on a host, a test case for each check. */
export function toJUnit(report: Report): string {
  const suites = placesOf(report).map((place) => suite(report, place));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(report.environment)}" ${totals(report.checks)}>`,
    ...suites.flat(),
    "</testsuites>",
    "",
  ].join("\n");
}

function suite({ environment, checks }: Report, { name, has }: Place): string[] {
  const own = checks.filter(has);
  return [
    `  <testsuite name="${xml(name)}" ${totals(own)}>`,
    ...own.flatMap((check) => testCase(check, `${environment}.${name}`)),
    "  </testsuite>",
  ];
}

function testCase(check: Check, group: string): string[] {
  const { name, kind, status, detail, ms } = check;
  const tag = status === "fail" ? "failure" : "error";
  return [
    `    <testcase classname="${xml(`${group}.${kind}`)}" name="${xml(name)}" time="${seconds(ms)}">`,
    ...(status === "pass" ? [] : [`      <${tag} type="${kind}" message="${xml(detail)}"/>`]),
    `      <system-out>${xml(`${pathOf(check)}: ${detail}`)}</system-out>`,
    "    </testcase>",
  ];
}

function totals(checks: readonly Check[]): string {
  const count = (wanted: CheckStatus): number => checks.filter(({ status }) => status === wanted).length;
  const time = seconds(checks.reduce((sum, { ms }) => sum + ms, 0));
  return `tests="${checks.length}" failures="${count("fail")}" errors="${count("error")}" time="${time}"`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** Text as XML 1.0 may hold it. What its production Char leaves out, no escape can bring in; it becomes U+FFFD. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>"']/g, (character) => entities[character]);
}

/** 0 if all hold, 1 if one does not, 2 if one could not be tested or there was none. */
export function exitCode({ checks }: Report): 0 | 1 | 2 {
  if (checks.some(({ status }) => status === "fail")) {
    return 1;
  }
  return checks.length > 0 && checks.every(({ status }) => status === "pass") ? 0 : 2;
}
