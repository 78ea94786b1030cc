import type { CheckStatus } from "../../components/checks/expectation";
import type { Picture } from "./picture";

const says: Readonly<Record<CheckStatus, string>> = {
  pass: "holds",
  fail: "does not hold",
  error: "could not be tested",
};

/** The mark for a status in text. */
export const signs: Readonly<Record<CheckStatus, string>> = { pass: "✓", fail: "✗", error: "?" };

/** Drawn, because not every system's font has the signs. For a square of 12 pixels around the origin. */
const strokes: Readonly<Record<CheckStatus, string>> = {
  pass: "M-3 .2L-.9 2.4L3.1-2.2",
  fail: "M-2.5-2.5L2.5 2.5M2.5-2.5L-2.5 2.5",
  error: "M-1.9-1.7C-1.9-4.3 1.9-4.3 1.9-1.8C1.9-.3 0-.2 0 1.2M0 3.1V3.5",
};

/** A status as SVG, around a point. */
export function drawMark(status: CheckStatus, x: number, y: number): string {
  return (
    `<g class="mark ${status}" transform="translate(${x} ${y})" data-status="${status}"><title>${says[status]}</title>` +
    `<circle r="6"/><path d="${strokes[status]}"/></g>`
  );
}

/** What became of the checks, in a few words: `25 checks: 24 hold, 1 does not hold`. */
export function summary({ checks }: Picture): string {
  const count = (status?: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const total = `${checks.length} ${checks.length === 1 ? "check" : "checks"}`;
  if (checks.length === 0 || count(undefined) === checks.length) {
    return checks.length === 0 ? "nothing is expected" : `${total}, not proved yet`;
  }
  if (count("pass") === checks.length) {
    return checks.length === 1 ? "1 check holds" : `all ${total} hold`;
  }
  const parts = [
    [count("pass"), count("pass") === 1 ? "holds" : "hold"],
    [count("fail"), count("fail") === 1 ? "does not hold" : "do not hold"],
    [count("error"), "could not be tested"],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`);
  return `${total}: ${told.join(", ")}`;
}
