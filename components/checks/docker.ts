import { execFile } from "node:child_process";
import { clientEnvironment, type EngineAddress } from "../hosts/engine-address";

/** How a call of a program ended. */
export interface CallResult {
  readonly stdout: string;
  readonly stderr: string;
  /** What went wrong, in one line; undefined if the program ended with status 0. */
  readonly problem: string | undefined;
  readonly ms: number;
}

export interface CallOptions {
  /** Text for the command's standard input. */
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** Whether it will mostly wait, and use little of the machine. */
  readonly waits?: boolean;
  /** Milliseconds that it may take; those after which an engine counts as one that does not answer, unless said. */
  readonly timeout?: number;
}

/** Milliseconds after which an engine counts as one that does not answer. */
const TIMEOUT = 10_000;

/** Lets so many pieces of work run at the same time; the others wait and are let in as they came. */
class Lanes {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) {
      this.free--;
    } else {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) {
        this.free++;
      } else {
        next();
      }
    }
  }
}

/**
 * A client and what it starts keep about one core busy. More of them at a time would slow each other down, and with them
 * those that only wait for something that is out of reach. Each engine has lanes of its own: one that hangs holds up no
 * other.
 */
const lanes = new Map<string, { readonly brisk: Lanes; readonly waiting: Lanes }>();

function lanesOf(engine: string): { readonly brisk: Lanes; readonly waiting: Lanes } {
  const own = lanes.get(engine) ?? { brisk: new Lanes(3), waiting: new Lanes(8) };
  lanes.set(engine, own);
  return own;
}

/** Calls the Docker client for an engine. It never rejects: what goes wrong is part of the evidence. */
export async function docker(
  address: EngineAddress,
  args: readonly string[],
  options: CallOptions = {},
): Promise<CallResult> {
  return call("docker", args, address, options);
}

/**
 * Calls a program with what a Docker client needs to reach the engine in its environment. It never rejects.
 *
 * By Node's own means, as loading a library for processes takes longer than most of the calls that are made here.
 */
export async function call(
  program: string,
  args: readonly string[],
  address: EngineAddress,
  options: CallOptions = {},
): Promise<CallResult> {
  const { brisk, waiting } = lanesOf(address.engine);
  return (options.waits === true ? waiting : brisk).run(() => started(program, args, address, options));
}

function started(
  program: string,
  args: readonly string[],
  address: EngineAddress,
  { input = "", signal, timeout = TIMEOUT }: CallOptions,
): Promise<CallResult> {
  const start = performance.now();
  const env = { ...process.env, ...clientEnvironment(address) };
  const limits = { timeout, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    const child = execFile(program, args, { ...limits, env, signal }, (error, stdout, stderr) => {
      const problem = error === null ? undefined : explain(error, stdout, stderr, named(program, args), timeout);
      resolve({ stdout, stderr, problem, ms: Math.round(performance.now() - start) });
    });
    // A client that ends without reading is told by its status.
    child.stdin?.on("error", () => undefined).end(input);
  });
}

/** `docker inspect`, `ssh`. */
function named(program: string, [first = "-"]: readonly string[]): string {
  return first.startsWith("-") ? program : `${program} ${first}`;
}

type ExecError = Error & { killed?: boolean; code?: unknown };

function explain(error: ExecError, stdout: string, stderr: string, command: string, timeout: number): string {
  if (error.killed === true && error.code !== "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return `${command} did not end within ${timeout / 1000} s`;
  }
  // `docker exec` writes on stdout that a program is missing, with the status that a shell has for it.
  const output = stderr.trim() === "" && (error.code === 126 || error.code === 127) ? stdout : stderr;
  const words = lastLine(wordsOfSsh(output) ?? output).replace(/^Error( response from daemon)?: /, "");
  if (typeof error.code === "number") {
    return words === "" ? `${command} ended with status ${error.code}` : words;
  }
  return error.code === "ENOENT"
    ? `there is no ${command.split(" ")[0]} command on the PATH`
    : `${command}: ${error.message}`;
}

/** What ssh said, where the Docker client quotes it behind a description of its own of what it had called. */
export function wordsOfSsh(text: string): string | undefined {
  return /\bstderr=([^]*\S)/.exec(text)?.[1];
}

function lastLine(text: string): string {
  return text.trimEnd().split(/\r?\n/).at(-1)!.trim();
}
