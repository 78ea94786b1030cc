import { escapeXml } from "../graph/escape";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A picture of panels side by side, each with the same lines. Both axes are logarithmic. */
export interface LogLogPicture {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly panels: readonly { readonly title: string; readonly lines: Readonly<Record<string, readonly Point[]>> }[];
}

const panel = { width: 380, height: 270, left: 56, right: 18, top: 34, bottom: 42 } as const;
const HEAD = 70;
const COLUMNS = 2;

/** Told apart by people with any colour vision, and in grey by their marks (M. Okabe and K. Ito's palette). */
const looks = [
  { light: "#0072b2", dark: "#56b4e9", mark: "M-4.5-4.5h9v9h-9z" },
  { light: "#d55e00", dark: "#f08b4a", mark: "M0-5.5L5.5 4.5h-11z" },
  { light: "#007a57", dark: "#2fbf92", mark: "M0-6L6 0L0 6L-6 0z" },
  { light: "#a4437c", dark: "#e59cc4", mark: "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0" },
] as const;

/** Draws the picture as an SVG document, in a light and a dark scheme. Throws a RangeError for values that have no logarithm. */
export function logLog({ title, xLabel, yLabel, panels }: LogLogPicture): string {
  const names = [...new Set(panels.flatMap(({ lines }) => Object.keys(lines)))];
  const width = COLUMNS * panel.width;
  const height = HEAD + Math.ceil(panels.length / COLUMNS) * panel.height;
  const drawn = panels.map(({ title: heading, lines }, i) => {
    const at = `translate(${(i % COLUMNS) * panel.width} ${HEAD + Math.floor(i / COLUMNS) * panel.height})`;
    return `<g transform="${at}">${drawPanel(heading, lines, names, xLabel, yLabel)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="log-log" role="img" aria-labelledby="log-log-title" ` +
      `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title id="log-log-title">${escapeXml(title)}</title>`,
    `<style>${style(names.length)}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="10"/>`,
    `<text class="heading" x="20" y="30">${escapeXml(title)}</text>`,
    ...names.map((name, i) => legend(name, i)),
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function drawPanel(
  heading: string,
  lines: Readonly<Record<string, readonly Point[]>>,
  names: readonly string[],
  xLabel: string,
  yLabel: string,
): string {
  const points = Object.values(lines).flat();
  const sizes = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const ticks = ticksAround(points.map(({ y }) => y));
  const x = scale([sizes[0], sizes.at(-1)!], [panel.left + 14, panel.width - panel.right - 14]);
  const y = scale([ticks[0], ticks.at(-1)!], [panel.height - panel.bottom, panel.top]);
  const [left, right, bottom] = [panel.left, panel.width - panel.right, panel.height - panel.bottom];
  return [
    `<text class="title" x="${left}" y="20">${escapeXml(heading)}</text>`,
    ...ticks.map(
      (tick) =>
        `<path class="grid" d="M${left} ${y(tick)}H${right}"/>` +
        `<text class="end" x="${left - 7}" y="${y(tick) + 4}">${tick}</text>`,
    ),
    ...sizes.map((size) => `<text class="middle" x="${x(size)}" y="${bottom + 16}">${size}</text>`),
    `<text class="middle muted" x="${(left + right) / 2}" y="${bottom + 33}">${escapeXml(xLabel)}</text>`,
    `<text class="middle muted" transform="translate(13 ${(panel.top + bottom) / 2}) rotate(-90)">${escapeXml(yLabel)}</text>`,
    ...names.flatMap((name, i) => drawLine(name, i, lines[name] ?? [], x, y)),
  ].join("");
}

function drawLine(name: string, i: number, line: readonly Point[], x: Scale, y: Scale): string[] {
  const points = [...line].sort((a, b) => a.x - b.x);
  const path = points.map((point, at) => `${at === 0 ? "M" : "L"}${x(point.x)} ${y(point.y)}`).join("");
  const marks = points.map(
    (point) =>
      `<path class="mark" d="${looks[i % looks.length].mark}" transform="translate(${x(point.x)} ${y(point.y)})">` +
      `<title>${escapeXml(`${name}: ${point.x}, ${point.y}`)}</title></path>`,
  );
  return [`<g class="line-${i}"><path class="line" d="${path}"/>${marks.join("")}</g>`];
}

function legend(name: string, i: number): string {
  const { mark } = looks[i % looks.length];
  return (
    `<g class="line-${i}" transform="translate(${28 + i * 110} 50)"><path class="line" d="M-8 0H18"/>` +
    `<path class="mark" transform="translate(5 0)" d="${mark}"/><text x="26" y="4">${escapeXml(name)}</text></g>`
  );
}

type Scale = (value: number) => number;

/** A logarithmic scale, in pixels with one decimal. A range of one value is drawn in the middle. */
function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  return (value) => {
    const share = from === to ? 0.5 : Math.log(value / from) / Math.log(to / from);
    return Number((start + share * (end - start)).toFixed(1));
  };
}

/** Round values, 1, 2 or 5 times a power of ten, from the last one below the lowest value to the first above the highest. */
export function ticksAround(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!(low > 0) || !Number.isFinite(high)) {
    throw new RangeError(`a logarithmic axis has no place for ${low} to ${high}`);
  }
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    ticks.push(...[1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  }
  const first = ticks.filter((tick) => tick <= low).length - 1;
  const last = ticks.findIndex((tick, i) => tick >= high && i > first);
  return ticks.slice(first, last + 1);
}

function style(lines: number): string {
  const colours = (scheme: "light" | "dark") =>
    Array.from({ length: lines }, (_, i) => `--line-${i}:${looks[i % looks.length][scheme]}`).join(";");
  const own = Array.from(
    { length: lines },
    (_, i) => `.log-log .line-${i} .line{stroke:var(--line-${i})}.log-log .line-${i} .mark{fill:var(--line-${i})}`,
  );
  return [
    `.log-log{--paper:#fff;--ink:#1b2430;--muted:#5d6b7c;--grid:#dde3ea;${colours("light")};color-scheme:light dark;` +
      'font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",sans-serif}',
    `@media(prefers-color-scheme:dark){.log-log{--paper:#0f141b;--ink:#e6ebf2;--muted:#9aa8b9;--grid:#2a3442;${colours("dark")}}}`,
    ".log-log text{fill:var(--ink)}.log-log .muted{fill:var(--muted)}.log-log .paper{fill:var(--paper)}",
    ".log-log .heading{font-size:17px;font-weight:650}.log-log .title{font-size:13px;font-weight:650}",
    ".log-log .middle{text-anchor:middle}.log-log .end{text-anchor:end}",
    ".log-log .grid{stroke:var(--grid)}.log-log .line{fill:none;stroke-width:2;stroke-linejoin:round}",
    ...own,
  ].join("");
}
