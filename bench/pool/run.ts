import type { Figure, Use } from "../../tools/bench/figure";
import { measured } from "../../tools/bench/measure";
import { run } from "../../tools/processes";
import type { Progress } from "../../tools/terminal/progress";
import type { BenchEngine } from "./engine";
import { growth, type Phase, type Pool, type PoolTool } from "./pool";

export interface Rounds {
  readonly tools: readonly PoolTool[];
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly engine: BenchEngine;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** The pool apart from its size. */
  readonly template: Omit<Pool, "count">;
}

export interface Result {
  readonly figures: readonly Figure[];
  /** The tools that failed, and at what. They were left out from there on. */
  readonly failed: readonly string[];
}

/** Measures the tools one after the other, in each size and as often as asked for, with nothing left in between. */
export async function measureAll(rounds: Rounds): Promise<Result> {
  const figures: Figure[] = [];
  const failed = new Map<PoolTool, string>();
  for (const n of rounds.sizes) {
    for (let round = 0; round < rounds.rounds; round++) {
      for (const tool of rounds.tools.filter((each) => !failed.has(each))) {
        try {
          await measureOne(rounds, tool, n, (figure) => figures.push(figure));
        } catch (error) {
          rounds.signal.throwIfAborted();
          failed.set(tool, `${tool.name}, ${n}: ${(error as Error).message}`);
          rounds.progress.line(`${tool.name} failed and is left out from here on: ${(error as Error).message}`);
          await rounds.engine.sweep();
        }
      }
    }
  }
  return { figures, failed: [...failed.values()] };
}

async function measureOne(rounds: Rounds, tool: PoolTool, n: number, add: (figure: Figure) => void): Promise<void> {
  const { from, to } = growth(n);
  const step = async (phase: Phase, count: number) =>
    add({ tool: tool.name, n, phase, ...(await perform(rounds, tool, phase, count, `${tool.name} ${n} ${phase}`)) });
  await step("up", n);
  await step("again", n);
  if (from < n) {
    await perform(rounds, tool, "up", from, `${tool.name} ${n} before growth`);
  }
  await step("grow", to);
  await step("down", to);
}

/** Has the tool do what a phase asks for, and the engine say whether it is done. */
async function perform(
  { engine, progress, signal, template }: Rounds,
  tool: PoolTool,
  phase: Phase,
  count: number,
  title: string,
): Promise<Use> {
  const pool = { ...template, count };
  tool.declare(pool);
  const [program, ...args] = tool[phase === "grow" ? "up" : phase];
  return progress.step(title, async ({ log, outcome }) => {
    const use = await measured(() => run(program, args, { cwd: tool.folder, env: tool.env, log }));
    signal.throwIfAborted();
    if (phase === "down") {
      const left = await engine.left();
      if (left.length > 0) {
        throw new Error(`${left.length} left after its teardown: ${left.slice(0, 5).join(", ")}`);
      }
    } else {
      await engine.check(pool);
    }
    outcome(`${use.seconds} s, ${use.cpuSeconds} s CPU, ${use.peakMiB} MiB; checked`);
    return use;
  });
}

/** One instance up and down: brings in what a first run has to load. `between` is called while it is up. */
export async function warmUp(
  rounds: Pick<Rounds, "progress" | "signal">,
  tool: PoolTool,
  template: Rounds["template"],
  between: () => Promise<void> = async () => undefined,
): Promise<void> {
  const pool = { ...template, count: 1 };
  await rounds.progress.step(`${tool.name}: warm up`, async ({ log }) => {
    for (const operation of ["up", "again", "down"] as const) {
      tool.declare(pool);
      const [program, ...args] = tool[operation];
      await run(program, args, { cwd: tool.folder, env: tool.env, log });
      rounds.signal.throwIfAborted();
      if (operation === "up") {
        await between();
      }
    }
  });
}
