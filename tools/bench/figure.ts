/** What a tool's own processes took for a piece of work. */
export interface Use {
  /** From start to end, in seconds. */
  readonly seconds: number;
  /** Time on a processor, in seconds. */
  readonly cpuSeconds: number;
  /** The most memory that was resident at one moment, in MiB. */
  readonly peakMiB: number;
}

/** One measurement of a benchmark that compares tools in sizes and phases. */
export interface Figure extends Use {
  readonly tool: string;
  /** Size of the work. */
  readonly n: number;
  readonly phase: string;
}

/** One figure for each tool, size and phase, in the order in which they first appear: the medians of the rounds'. */
export function medians(figures: readonly Figure[]): Figure[] {
  const groups = new Map<string, Figure[]>();
  for (const figure of figures) {
    const key = `${figure.tool} ${figure.n} ${figure.phase}`;
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  return [...groups.values()].map((group) => ({
    ...group[0],
    seconds: median(group.map(({ seconds }) => seconds)),
    cpuSeconds: median(group.map(({ cpuSeconds }) => cpuSeconds)),
    peakMiB: median(group.map(({ peakMiB }) => peakMiB)),
  }));
}

/** Of an even number the mean of the two in the middle. Throws a RangeError where there are none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) {
    throw new RangeError("no values have no median");
  }
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The figure of a tool in a size and phase, if there is one. */
export function figureOf(figures: readonly Figure[], tool: string, n: number, phase: string): Figure | undefined {
  return figures.find((figure) => figure.tool === tool && figure.n === n && figure.phase === phase);
}

export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
