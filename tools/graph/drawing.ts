import { escapeXml } from "./escape";
import type { Laid, LaidEdge } from "./layout";
import { drawMark } from "./marks";
import type { Edge, EdgeKind, Picture } from "./picture";
import type { Point } from "./splines";
import { textWidth } from "./text";

export const LEGEND_HEIGHT = 34;

/** Of the arrow and the cross at the end of an edge, in pixels. */
const ARROW = 9;
const CROSS = 4;

export function drawEdge({ kind, status, relations }: Edge, { points, tip }: LaidEdge): string {
  const [start, ...rest] = points;
  const curves = Array.from({ length: Math.floor(rest.length / 3) }, (_, i) => rest.slice(3 * i, 3 * i + 3));
  const path = `M${show(start)}${curves.map((curve) => `C${curve.map(show).join(" ")}`).join("")}`;
  const failed = status === "fail" ? " fail" : "";
  const says = relations.map(({ text }) => text).join("; ");
  return (
    `<g data-kind="${kind}">${says === "" ? "" : `<title>${escapeXml(says)}</title>`}` +
    `<path class="edge ${kind}${failed}" d="${path}"/>${end(kind, points.at(-1)!, tip, failed)}</g>`
  );
}

/** What is written on an edge, if anything is. */
export function drawLabel({ label }: LaidEdge, written: (label: Laid, ...padding: number[]) => string): string {
  if (label === undefined) {
    return "";
  }
  const { x, y, width, height } = label;
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return `<g class="label"><rect ${place} rx="6"/>${written(label, 3, 6)}</g>`;
}

/** An arrow for what must be, a cross for what must not, nothing where an edge only joins. */
function end(kind: EdgeKind, from: Point, tip: Point, failed = ""): string {
  const length = Math.hypot(tip.x - from.x, tip.y - from.y) || 1;
  const along = { x: (tip.x - from.x) / length, y: (tip.y - from.y) / length };
  const at = (back: number, aside: number): string =>
    show({ x: tip.x - along.x * back - along.y * aside, y: tip.y - along.y * back + along.x * aside });
  switch (kind) {
    case "must":
    case "port":
    case "forward":
      return `<path class="arrow ${kind}${failed}" d="M${at(0, 0)}L${at(ARROW, 3.8)}L${at(ARROW, -3.8)}Z"/>`;
    case "must-not":
      return `<path class="arrow must-not" d="M${at(9, CROSS)}L${at(1, -CROSS)}M${at(9, -CROSS)}L${at(1, CROSS)}"/>`;
    case "endpoint":
      return "";
  }
}

/** Explains the lines, and the marks where there are any. */
export function drawLegend(left: number, middle: number, { checks, edges }: Picture): string {
  let x = left;
  const item = (width: number, drawing: string, words: string): string => {
    const drawn = `${drawing}<text class="plain" x="${round(x + width)}" y="${middle + 4}">${words}</text>`;
    x += width + textWidth(words, "plain") + 18;
    return drawn;
  };
  const line = (kind: EdgeKind): string => {
    const [from, tip] = [
      { x: x + 24, y: middle },
      { x: x + 33, y: middle },
    ];
    return `<path class="edge ${kind}" d="M${round(x)} ${middle}H${round(from.x)}"/>${end(kind, from, tip)}`;
  };
  const status = (kind: "pass" | "fail" | "error"): string => drawMark(kind, round(x + 6), middle);
  const proved = checks.some((check) => check.status !== undefined);
  return [
    `<g class="legend">`,
    item(40, line("must"), "must reach"),
    item(40, line("must-not"), "must not reach"),
    item(40, line("port"), "published port"),
    ...(edges.some(({ kind }) => kind === "forward") ? [item(40, line("forward"), "port proxy or route")] : []),
    ...(proved
      ? [
          item(17, status("pass"), "holds"),
          item(17, status("fail"), "does not hold"),
          item(17, status("error"), "could not be tested"),
        ]
      : []),
    "</g>\n",
  ].join("");
}

function show({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}
