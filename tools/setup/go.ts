import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { UserError } from "../command";
import { ask, run, type RunOptions } from "../processes";
import type { StepReport } from "../terminal/progress";
import { cached, entryPath } from "./cache";
import { type Machine, onPath, programFile } from "./machine";

/** A program that is built from Go modules: a folder below tools/stand-ins with its go.mod, and how to build it. */
export interface GoProgram {
  /** Folder below tools/stand-ins, and the name in the cache. */
  readonly folder: string;
  readonly version: string;
  /** Name of the program's file, without an ending. */
  readonly program: string;
  /** The package to build: an import path, or `.` for the folder itself. */
  readonly package: string;
  /** The variable that holds the program's version, and its value there. */
  readonly versionVariable: readonly [name: string, value: string];
  readonly tags?: readonly string[];
  /** What it is made from besides the folder. */
  readonly from?: Readonly<Record<string, string>>;
  /** Fills what the folder lacks, before the build. */
  prepare?(source: string, go: Go): Promise<void>;
  /** Adds to what was built. */
  finish?(folder: string, go: Go): Promise<void>;
}

/** Runs the go command in a folder and returns what it printed. */
export type Go = (folder: string, ...args: string[]) => Promise<string>;

/** The first version of Go that fetches, when a module asks for a newer one, that version by itself. */
const OLDEST_GO = 21;

/** Name of a program's entry in the cache: its version, and a hash of all that it is built from. */
export function entryName(machine: Machine, program: GoProgram): string {
  const source = join(machine.project, "tools", "stand-ins", program.folder);
  const hash = createHash("sha256").update(JSON.stringify(program)).update(`${machine.platform} ${machine.arch}`);
  for (const file of sourceFiles(source)) {
    hash.update(relative(source, file)).update(readFileSync(file));
  }
  return `${program.folder}-${program.version}-${hash.digest("hex").slice(0, 12)}`;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith("_test.go"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Where a program is once it is built. */
export function builtProgram(machine: Machine, program: GoProgram): string {
  return join(entryPath(machine, entryName(machine, program)), programFile(machine, program.program));
}

/** Builds a program into the cache, unless it is there, with the go command. Go's own caches make a second try short. */
export async function build(
  machine: Machine,
  program: GoProgram,
  goProgram: string,
  report: StepReport,
): Promise<void> {
  await cached(machine, entryName(machine, program), async (folder) => {
    const go = goCommand(machine, goProgram, { log: report.log, signal: machine.signal });
    const source = join(folder, "source");
    cpSync(join(machine.project, "tools", "stand-ins", program.folder), source, { recursive: true });
    await program.prepare?.(source, go);
    const [variable, value] = program.versionVariable;
    await go(
      source,
      "build",
      "-trimpath",
      "-buildvcs=false",
      "-mod=readonly",
      ...["-tags", (program.tags ?? []).join(",")],
      ...["-ldflags", `-s -w -X ${variable}=${value}`],
      ...["-o", join(folder, programFile(machine, program.program))],
      program.package,
    );
    await program.finish?.(folder, (_, ...args) => go(source, ...args));
    rmSync(source, { recursive: true, force: true });
  });
}

function goCommand(machine: Machine, program: string, options: RunOptions): Go {
  // GOOS and its like would build for another machine; a workspace file would bring in modules of another project.
  const env = { ...machine.env, CGO_ENABLED: "0", GOOS: "", GOARCH: "", GOWORK: "off" };
  return (folder, ...args) =>
    run(program, args, { ...options, cwd: folder, env, log: keepsOutput(args) ? undefined : options.log });
}

function keepsOutput([command]: readonly string[]): boolean {
  return command === "mod" || command === "list";
}

/** The go command. Throws a UserError that says what to do, if there is none or one that cannot build these modules. */
export async function findGo(machine: Machine): Promise<string> {
  const advice =
    "The Pulumi CLI or its plugins are not on this machine, and their official downloads could not be reached. " +
    `They can be built with Go 1.${OLDEST_GO} or newer. Install Go (https://go.dev/dl) or Pulumi ` +
    "(https://www.pulumi.com/docs/install), and run the same command again.";
  const [program] = onPath(machine, "go");
  if (program === undefined) {
    throw new UserError(`There is no Go on PATH. ${advice}`);
  }
  const version = await ask(program, ["env", "GOVERSION"], { cwd: machine.home, env: machine.env, timeout: 60_000 });
  const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0);
  if (minor < OLDEST_GO) {
    throw new UserError(`${version.trim() || "The Go on PATH"} is too old. ${advice}`);
  }
  return program;
}
