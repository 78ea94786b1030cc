import { colours } from "../terminal/colours";

/** What one look found. */
export interface Finding {
  /** What was looked at: "Docker client". */
  readonly name: string;
  readonly status:
    | "pass"
    | "fail"
    /** It could not be looked at, or is not there yet and would be brought. */
    | "untested"
    /** There was no need to look. */
    | "skipped";
  /** What was found, in one line, or in several. */
  readonly detail: string;
  /** What to do, for all but `pass`. */
  readonly cure?: string;
}

/** A machine and what was found on it, in the order in which one thing needs the other. */
export interface Section {
  readonly name: string;
  readonly findings: readonly Finding[];
}

export function pass(name: string, detail: string): Finding {
  return { name, status: "pass", detail };
}

export function fail(name: string, detail: string, cure: string): Finding {
  return { name, status: "fail", detail, cure };
}

export function untested(name: string, detail: string, cure?: string): Finding {
  return { name, status: "untested", detail, ...(cure === undefined ? {} : { cure }) };
}

export function skipped(name: string, detail: string): Finding {
  return { name, status: "skipped", detail };
}

/** 0 if nothing is wrong, 1 if something is, 2 if something could not be looked at: as `verify` has it. */
export function exitCode(sections: readonly Section[]): 0 | 1 | 2 {
  const statuses = sections.flatMap(({ findings }) => findings.map(({ status }) => status));
  return statuses.includes("fail") ? 1 : statuses.includes("untested") || !statuses.includes("pass") ? 2 : 0;
}

const marks = { pass: "✓", fail: "✗", untested: "–", skipped: "–" } as const;

/** The findings as people read them: a line each, and below what is not well what to do. */
export function formatFindings(sections: readonly Section[], stream: { isTTY?: boolean }): string {
  const { red, green, yellow, dim, bold } = colours(stream);
  const paints = { pass: green, fail: red, untested: yellow, skipped: dim };
  const width = Math.max(...sections.flatMap(({ findings }) => findings.map(({ name }) => name.length)));
  const indent = " ".repeat(width + "  ✓    ".length);
  const lines = sections.flatMap(({ name, findings }) => [
    bold(name),
    ...findings.flatMap((each) => {
      const [first, ...more] = each.detail.split("\n");
      return [
        `  ${paints[each.status](marks[each.status])}  ${each.name.padEnd(width)}  ${first}`,
        ...more.map((line) => `${indent}${line}`),
        ...(each.cure === undefined ? [] : each.cure.split("\n").map((line) => `${indent}${yellow(`→ ${line}`)}`)),
      ];
    }),
    "",
  ]);
  return [...lines, summary(sections)].join("\n");
}

function summary(sections: readonly Section[]): string {
  const count = (...wanted: Finding["status"][]): number =>
    sections.flatMap(({ findings }) => findings).filter(({ status }) => wanted.includes(status)).length;
  const parts = [
    `${count("pass")} fine`,
    ...(count("fail") > 0 ? [`${count("fail")} wrong`] : []),
    ...(count("untested") > 0 ? [`${count("untested")} not tested`] : []),
  ];
  return parts.join(", ");
}
