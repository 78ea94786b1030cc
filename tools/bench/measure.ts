import type { Use } from "./figure";
import { ProcessTree, waitedForSeconds } from "./process-tree";

/** Milliseconds between two looks at the processes: more often in the first second, for some work is done in less. */
const LOOK_MS = { first: 10, later: 100 } as const;

/**
 * What the processes that `work` starts take: the command, and all that it starts in turn. What a server does for them,
 * as the Docker engine does, is not theirs. One piece of work at a time, for all below this process is counted.
 *
 * Linux counts exactly what processes that were waited for have taken; looking at the living also finds those that were
 * not, but misses the time since the last look. Neither can be too much, so the larger one is taken.
 */
export async function measured(work: () => Promise<unknown>): Promise<Use> {
  const tree = new ProcessTree();
  const waitedBefore = waitedForSeconds();
  const started = performance.now();
  let timer: NodeJS.Timeout;
  const look = () => {
    tree.look();
    timer = setTimeout(look, performance.now() - started < 1000 ? LOOK_MS.first : LOOK_MS.later);
  };
  look();
  try {
    await work();
  } finally {
    clearTimeout(timer!);
  }
  const seconds = (performance.now() - started) / 1000;
  return {
    seconds: rounded(seconds, 2),
    cpuSeconds: rounded(Math.max(tree.cpuSeconds, waitedForSeconds() - waitedBefore), 2),
    peakMiB: rounded(tree.peakMiB, 1),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
