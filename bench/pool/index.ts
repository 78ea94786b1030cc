import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../tools/command";
import { setUp } from "../../tools/setup";
import { isAlive } from "../../tools/setup/cache";
import { GoBuilds } from "../../tools/setup/go-builds";
import { thisMachine } from "../../tools/setup/machine";
import type { Progress } from "../../tools/terminal/progress";
import { compose } from "./compose";
import { BenchEngine } from "./engine";
import { naive } from "./naive";
import { ours } from "./ours";
import { place, type PoolTool } from "./pool";
import type { Preparation } from "./preparation";
import { measureAll, type Result, warmUp } from "./run";
import { terraform } from "./terraform";

const prepare: Readonly<Record<string, (preparation: Preparation) => Promise<PoolTool>>> = {
  ours,
  naive,
  terraform,
  compose,
};

/** The tools that can be compared. */
export const toolNames: readonly string[] = Object.keys(prepare);

export interface BenchOptions {
  readonly sizes: readonly number[];
  readonly tools: readonly string[];
  /** How often each figure is taken; the median counts. */
  readonly rounds: number;
  /** Image of the instances, in place of the one of the lab. */
  readonly image?: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface BenchResult extends Result {
  /** For each tool, its versions and where they are from. */
  readonly says: Readonly<Record<string, string>>;
  /** DOCKER_HOST of the engine that was used. */
  readonly engine: string;
}

/** Compares the tools. Whatever ends it, nothing is left on the engine: it is asked, and an Error says what is. */
export async function benchPool(options: BenchOptions): Promise<BenchResult> {
  const { progress } = options;
  const machine = thisMachine();
  if (machine.platform !== "linux") {
    throw new UserError("What processes take is read from /proc: this benchmark runs on Linux only.");
  }
  const { toolchain, engine } = await setUp(progress);
  const folder = join(machine.state, "bench-pool");
  own(folder);
  const asked = new BenchEngine(engine.dockerHost);
  try {
    await asked.sweep();
    const builds = new GoBuilds(machine, progress);
    const made = (name: string): Promise<PoolTool> => {
      const own = join(folder, name);
      mkdirSync(own);
      return prepare[name]({ folder: own, machine, progress, builds, toolchain, engine: engine.dockerHost });
    };
    const tools: PoolTool[] = [];
    for (const name of options.tools) {
      tools.push(await made(name));
      progress.line(`${name}: ${tools.at(-1)!.says}`);
    }
    const figures = await compare(options, tools, asked, () => made("ours"));
    return {
      ...figures,
      says: Object.fromEntries(tools.map((tool) => [tool.name, tool.says])),
      engine: engine.dockerHost,
    };
  } finally {
    await cleanUp(asked, progress);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(
  options: BenchOptions,
  tools: readonly PoolTool[],
  engine: BenchEngine,
  makeOurs: () => Promise<PoolTool>,
): Promise<Result> {
  const { image, sizes, rounds, progress, signal } = options;
  let made = image === undefined ? undefined : await engine.template(image);
  const nothing = { ...place, image: "", environment: [], command: [] };
  const own = tools.find(({ name }) => name === "ours") ?? (made === undefined ? await makeOurs() : undefined);
  if (own !== undefined) {
    // What the lab makes is what all others make, too; and its images stay in the engine's cache.
    await warmUp(options, own, nothing, async () => {
      made ??= await engine.template();
      await engine.keepImages();
    });
  }
  const template = { ...nothing, ...made };
  for (const tool of tools.filter((each) => each !== own)) {
    await warmUp(options, tool, template);
  }
  return measureAll({ tools, sizes, rounds, engine, progress, signal, template });
}

/** One run at a time: two would take each other's containers for leftovers. */
function own(folder: string): void {
  const file = join(folder, "pid");
  const owner = existsSync(file) ? Number(readFileSync(file, "utf8")) : undefined;
  if (owner !== undefined && isAlive(owner)) {
    throw new UserError(`This benchmark is under way already, as process ${owner}.`);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, String(process.pid));
}

async function cleanUp(engine: BenchEngine, progress: Progress): Promise<void> {
  await progress.step("Clean up", async ({ outcome }) => {
    await engine.sweep();
    await engine.removeImages();
    const left = [...(await engine.left()), ...(await engine.images()).map((image) => `image ${image}`)];
    if (left.length > 0) {
      throw new Error(`Left on the engine: ${left.join(", ")}`);
    }
    outcome("nothing is left, the engine was asked;");
  });
}
