import { distinct, type Figure, figureOf } from "./figure";

/** A page with what is between `<!-- name -->` and `<!-- /name -->` rewritten. Throws an Error where it has no such place. */
export function withSection(page: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(`the page has no lines ${start} and ${end}`);
  }
  return `${page.slice(0, from)}${start}\n\n${content.trim()}\n\n${page.slice(to)}`;
}

/** Rows as a Markdown table, the first one its head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows;
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The figures as a Markdown table: a line for each size and phase, and three columns of numbers for each tool. */
export function figuresTable(figures: readonly Figure[], phases: Readonly<Record<string, string>>): string {
  const tools = distinct(figures.map(({ tool }) => tool));
  const rows = distinct(figures.map(({ n }) => n)).flatMap((n) =>
    Object.entries(phases).map(([phase, words]) => {
      const cells = tools.map((tool) => cell(figureOf(figures, tool, n, phase)));
      return [String(n), words, ...cells];
    }),
  );
  return markdownTable([["N", "Phase", ...tools], ...rows]);
}

function cell(figure: Figure | undefined): string {
  return figure === undefined
    ? "–"
    : `**${digits(figure.seconds)} s**, ${digits(figure.cpuSeconds)} s CPU, ${Math.round(figure.peakMiB)} MiB`;
}

/** With as many digits as a measurement is worth. */
function digits(seconds: number): string {
  return seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1);
}
