import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Progress } from "../terminal/progress";
import { ensureBaseImage } from "./base-image";
import { ensureEngine, type Engine } from "./engine";
import { type Machine, thisMachine } from "./machine";
import { allEnded, SideBySide } from "./side-by-side";
import { ensureToolchain, type Toolchain } from "./toolchain";

export interface SetUp {
  readonly toolchain: Toolchain;
  readonly engine: Engine;
  /** Reference of the image that the labs' images start from. */
  readonly baseImage: string;
}

export interface SetUpOptions {
  /** The environment that is going to be worked with; `local` unless said otherwise. */
  readonly environment?: string;
  readonly machine?: Machine;
}

/**
 * Everything that an `up` needs: Pulumi, a Docker engine, an image to build from. What is there is used; the rest is
 * brought, side by side, with progress. What was taken is told when it is not what it was last time.
 */
export async function setUp(progress: Progress, options: SetUpOptions = {}): Promise<SetUp> {
  const { environment, machine: whole = thisMachine() } = options;
  const together = new SideBySide(whole.signal);
  const machine = { ...whole, signal: together.signal };
  const [toolchain, { engine, baseImage }] = await allEnded([
    together.part(ensureToolchain(progress, { machine, environment })),
    together.part(ensureEngineAndImage(progress, machine)),
  ]);
  const result = { toolchain, engine, baseImage };
  tellOnce(progress, machine, summary(result));
  return result;
}

async function ensureEngineAndImage(
  progress: Progress,
  machine: Machine,
): Promise<{ engine: Engine; baseImage: string }> {
  const engine = await ensureEngine(progress, machine);
  return { engine, baseImage: await ensureBaseImage(progress, engine, machine) };
}

/** What was taken for each part, as a table. */
export function summary({ toolchain, engine, baseImage }: SetUp): string {
  const rows = [
    ...Object.entries(toolchain.origin).map(([part, { source, says }]) => [part, `${source}: ${says}`]),
    ["Pulumi state", toolchain.login],
    ["Docker engine", engine.origin],
    ["Base image", baseImage],
  ] as const;
  const width = Math.max(...rows.map(([part]) => part.length));
  return rows.map(([part, text]) => `  ${part.padEnd(width)}  ${text}`).join("\n");
}

function tellOnce(progress: Progress, { state }: Machine, text: string): void {
  const told = join(state, "taken.txt");
  if (existsSync(told) && readFileSync(told, "utf8") === text) {
    return;
  }
  progress.line(`Set up with:\n${text}`);
  mkdirSync(dirname(told), { recursive: true, mode: 0o700 });
  writeFileSync(told, text);
}
