import { execFile } from "node:child_process";

/** How a call of the Docker client ended. */
export interface DockerResult {
  readonly stdout: string;
  readonly stderr: string;
  /** What went wrong, in one line; undefined if the client ended with status 0. */
  readonly problem: string | undefined;
  readonly ms: number;
}

export interface DockerOptions {
  /** Text for the command's standard input. */
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** Whether it will mostly wait, and use little of the machine. */
  readonly waits?: boolean;
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
 * those that only wait for something that is out of reach.
 */
const lanes = { brisk: new Lanes(3), waiting: new Lanes(8) };

/**
 * Calls the Docker client for an engine. It never rejects: what goes wrong is part of the evidence.
 *
 * By Node's own means, as loading a library for processes takes longer than most of the calls that are made here.
 */
export async function docker(
  engine: string,
  args: readonly string[],
  { input = "", signal, waits = false }: DockerOptions = {},
): Promise<DockerResult> {
  return lanes[waits ? "waiting" : "brisk"].run(() => call(engine, args, input, signal));
}

function call(engine: string, args: readonly string[], input: string, signal?: AbortSignal): Promise<DockerResult> {
  const start = performance.now();
  const env = { ...process.env, DOCKER_HOST: engine };
  const limits = { timeout: TIMEOUT, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    const child = execFile("docker", args, { ...limits, env, signal }, (error, stdout, stderr) => {
      const problem = error === null ? undefined : explain(error, stdout, stderr, `docker ${args[0]}`);
      resolve({ stdout, stderr, problem, ms: Math.round(performance.now() - start) });
    });
    // A client that ends without reading is told by its status.
    child.stdin?.on("error", () => undefined).end(input);
  });
}

type ExecError = Error & { killed?: boolean; code?: unknown };

function explain(error: ExecError, stdout: string, stderr: string, command: string): string {
  if (error.killed === true && error.code !== "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return `${command} did not end within ${TIMEOUT / 1000} s`;
  }
  // `docker exec` writes on stdout that a program is missing, with the status that a shell has for it.
  const output = stderr.trim() === "" && (error.code === 126 || error.code === 127) ? stdout : stderr;
  const words = lastLine(output).replace(/^Error( response from daemon)?: /, "");
  if (typeof error.code === "number") {
    return words === "" ? `${command} ended with status ${error.code}` : words;
  }
  return error.code === "ENOENT" ? "there is no docker command on the PATH" : `${command}: ${error.message}`;
}

function lastLine(text: string): string {
  return text.trimEnd().split(/\r?\n/).at(-1)!.trim();
}
