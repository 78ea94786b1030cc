import { distinct, type Figure, figureOf } from "../../tools/bench/figure";
import { logLog } from "../../tools/bench/log-log";
import { figuresTable, markdownTable } from "../../tools/bench/page";
import type { BenchResult } from ".";
import { type Phase, phases } from "./pool";

const words: Readonly<Record<Phase, string>> = {
  up: "up",
  again: "again, no change",
  grow: "grow by 10 %",
  down: "down",
};

/**
 * The figures as they are shown on a page: a table of all, and one of what this program aims at, where there is
 * enough for it.
 */
export function tables(figures: readonly Figure[]): { readonly all: string; readonly aims: string | undefined } {
  const rows = aims(figures);
  return {
    all: figuresTable(figures, words),
    aims: rows.length === 0 ? undefined : markdownTable([["Aim", "At most", "Measured", ""], ...rows]),
  };
}

interface Aim {
  readonly what: string;
  readonly atMost: number;
  measure(seconds: (tool: string, n: number, phase: Phase) => number): number;
}

const theAims: readonly Aim[] = [
  versus("up", "terraform", 0.9),
  versus("up", "compose", 1.15),
  versus("again", "terraform", 0.5),
  versus("down", "compose", 1),
  {
    what: "up, from 200 to 1,000 instances, in ratio to five times",
    atMost: 1.15,
    measure: (seconds) => seconds("ours", 1000, "up") / seconds("ours", 200, "up") / 5,
  },
];

function versus(phase: Phase, tool: string, atMost: number): Aim {
  return {
    what: `${words[phase]}, 200 instances, in ratio to ${tool}`,
    atMost,
    measure: (seconds) => seconds("ours", 200, phase) / seconds(tool, 200, phase),
  };
}

/** A line for each aim that was measured: what it is, its limit, what was measured, and whether it is reached. */
function aims(figures: readonly Figure[]): string[][] {
  const seconds = (tool: string, n: number, phase: Phase) => figureOf(figures, tool, n, phase)?.seconds ?? NaN;
  return theAims
    .map((aim) => ({ ...aim, measured: aim.measure(seconds) }))
    .filter(({ measured }) => !Number.isNaN(measured))
    .map(({ what, atMost, measured }) => [
      what,
      String(atMost),
      measured.toFixed(2),
      measured <= atMost ? "reached" : "not reached",
    ]);
}

/** The seconds by size, a panel for each phase. */
export function picture(figures: readonly Figure[]): string {
  const tools = distinct(figures.map(({ tool }) => tool));
  const line = (tool: string, phase: Phase) =>
    figures
      .filter((each) => each.tool === tool && each.phase === phase)
      .map(({ n, seconds }) => ({ x: n, y: seconds }));
  return logLog({
    title: "Seconds for a pool of N containers",
    xLabel: "containers",
    yLabel: "seconds",
    panels: phases
      .filter((phase) => figures.some((each) => each.phase === phase))
      .map((phase) => ({
        title: words[phase],
        lines: Object.fromEntries(tools.map((tool) => [tool, line(tool, phase)])),
      })),
  });
}

/** What a run found out about one size, in which the tools took turns on one machine. */
export interface Recorded extends Pick<BenchResult, "figures" | "says" | "failed"> {
  readonly n: number;
  readonly machine: string;
}

/** A run's result, size by size. */
export function recorded({ figures, says, failed }: BenchResult, machine: string): Recorded[] {
  return distinct(figures.map(({ n }) => n)).map((n) => ({
    n,
    machine,
    says,
    figures: figures.filter((figure) => figure.n === n),
    failed: failed.filter((what) => what.includes(`, ${n}: `)),
  }));
}

/** What goes into the page: what was compared on what, the picture and the tables. */
export function section(records: readonly Recorded[]): string {
  const machines = distinct(records.map(({ machine }) => machine));
  const { all, aims: reached } = tables(records.flatMap(({ figures }) => figures));
  return [
    ...machines.map((machine) => {
      const sizes = records.filter((record) => record.machine === machine).map(({ n }) => n);
      return `Measured on ${machine}${machines.length > 1 ? `: ${sizes.join(" and ")} containers` : ""}.`;
    }),
    Object.entries(Object.assign({}, ...records.map(({ says }) => says)) as BenchResult["says"])
      .map(([tool, says]) => `- **${tool}**: ${says}`)
      .join("\n"),
    "![Seconds for a pool of N containers, by tool and phase](images/performance-pool.svg)",
    all,
    ...records.flatMap(({ failed }) => failed.map((what) => `Failed: ${what}`)),
    ...(reached === undefined ? [] : [reached]),
  ].join("\n\n");
}
