import { execFile, type ExecFileException } from "node:child_process";
import { promisify } from "node:util";
import type { ExecaError, ResultPromise } from "execa" with { "resolution-mode": "import" };
import { UserError } from "./command";

export interface RunOptions {
  readonly cwd?: string;
  /** What to add to the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** File that gets what the command writes, added to what is there. Without it the output is returned. */
  readonly log?: string;
  /** Text for the command's standard input. */
  readonly input?: string;
  /** Milliseconds after which the command is stopped. */
  readonly timeout?: number;
  /** Stops the command when aborted; then the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Lets the command finish in spite of Ctrl-C: for a package manager, which half-done leaves a system broken. */
  readonly unstoppable?: boolean;
}

/** A command that did not end well. Its message has what it wrote to standard error, unless that went to a log. */
export class CommandError extends UserError {
  constructor(
    message: string,
    /** Undefined if the command could not be started, or was killed. */
    readonly commandExitCode: number | undefined,
    options?: ErrorOptions,
  ) {
    super(message, 2, options);
    this.name = "CommandError";
  }
}

const execFileAsync = promisify(execFile);

/** Asks a command a quick question: returns its standard output. Throws a CommandError if it does not exit 0. */
export async function ask(
  command: string,
  args: readonly string[],
  options: Pick<RunOptions, "cwd" | "env" | "timeout" | "signal"> = {},
): Promise<string> {
  try {
    const env = { ...process.env, ...options.env };
    const { stdout } = await execFileAsync(command, args, { ...options, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { code, signal, stderr } = error as ExecFileException;
    const outcome = typeof code === "number" ? `exit code ${code}` : (code ?? signal ?? "failed");
    throw new CommandError(
      `${command} ${args[0] ?? ""}: ${stderr?.trim() || outcome}`,
      typeof code === "number" ? code : undefined,
      { cause: error },
    );
  }
}

const stoppable = new Set<ResultPromise>();

const interruption = new AbortController();

/** Aborted once a person pressed Ctrl-C, or this process was asked to end. */
export const interrupted: AbortSignal = interruption.signal;

/** Asks all that runs to end: passes the signal on, and aborts `interrupted`. */
export function interrupt(signal: "SIGINT" | "SIGTERM"): void {
  forwardSignal(signal);
  interruption.abort();
}

/** Runs a command without a shell and returns its standard output. Throws a CommandError if it does not exit 0. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  // Loaded when first needed, for that takes as long as all that a set-up with everything in place has to ask.
  const { execa } = await import("execa");
  const output = options.log === undefined ? "pipe" : ({ file: options.log, append: true } as const);
  const child = execa(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdout: output,
    stderr: output,
    ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
    timeout: options.timeout,
    // A process group of its own is what a terminal's Ctrl-C does not reach.
    ...(options.unstoppable === true ? { detached: true, cleanup: false } : { cancelSignal: options.signal }),
  });
  try {
    const { stdout } = await (options.unstoppable === true ? child : tracked(child));
    return stdout ?? "";
  } catch (error) {
    options.signal?.throwIfAborted();
    const { exitCode, signal, originalMessage, stderr } = error as ExecaError;
    const outcome = exitCode !== undefined ? `exit code ${exitCode}` : (signal ?? originalMessage ?? "failed");
    const words = typeof stderr === "string" && stderr !== "" ? `\n${stderr}` : "";
    throw new CommandError(`${command} ${args[0] ?? ""}: ${outcome}${words}`, exitCode, { cause: error });
  }
}

/** Runs a command on this terminal: it reads and writes what this process does. Returns its exit code. */
export async function runAttached(
  command: string,
  args: readonly string[],
  options: Pick<RunOptions, "cwd" | "env"> = {},
): Promise<number> {
  const { execa } = await import("execa");
  const child = execa(command, args, { ...options, stdio: "inherit", reject: false });
  const { exitCode, signal, cause } = await tracked(child);
  if (exitCode === undefined && signal === undefined) {
    throw cause;
  }
  return exitCode ?? 1;
}

/**
 * Passes a signal on to what runs. A terminal has done so itself with Ctrl-C, and a second one would make Pulumi stop
 * without waiting for the operations under way.
 */
export function forwardSignal(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
  if (signal === "SIGINT" && process.stdin.isTTY) {
    return;
  }
  for (const child of stoppable) {
    child.kill(signal);
  }
}

async function tracked<T extends ResultPromise>(child: T): Promise<Awaited<T>> {
  stoppable.add(child);
  try {
    return await child;
  } finally {
    stoppable.delete(child);
  }
}
