import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { createInterface } from "node:readline";
import { clientEnvironment } from "../../components/hosts/engine-address";
import type { MachineData } from "../../components/labs/image-builder/data";
import { UserError } from "../command";

/** How a piece of work on a machine is followed and stopped. */
export interface Following {
  /** Is told each line of what the work writes to standard error, as it comes. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Lines of what was written that an error repeats: what matters of a build stands at its end. */
const SHOWN = 50;

/** What OpenSSH's client ends with where it is the connection that failed, and not the command. */
const CONNECTION_LOST = 255;

/** A command on a machine that did not end well. */
export class MachineError extends UserError {
  constructor(
    message: string,
    /** The command's own exit code; undefined if it was killed or could not be started. */
    readonly status: number | undefined,
    /** The end of what it wrote. */
    readonly lines: readonly string[],
  ) {
    super(message, status ?? 1);
    this.name = "MachineError";
  }
}

/** A command that runs on a machine. */
export interface Session {
  readonly process: ChildProcessWithoutNullStreams;
  /** Rejects with a MachineError unless it ends with status 0. */
  readonly ended: Promise<void>;
}

/** Starts a command on a machine: here, or over the one connection to it. Words are no shell's: nothing in them expands. */
export function start(machine: MachineData, words: readonly string[], { say, signal }: Following): Session {
  signal?.throwIfAborted();
  const [program, ...args] = onMachine(machine, words);
  const env = { ...process.env, ...clientEnvironment(machine) };
  const child = spawn(program, args, { env: machine.alias === undefined ? env : process.env, signal, stdio: "pipe" });
  const lines: string[] = [];
  const written = createInterface({ input: child.stderr });
  written.on("line", (line) => {
    lines.push(line);
    lines.splice(0, lines.length - SHOWN);
    say(line);
  });
  const read = new Promise<void>((resolve) => written.once("close", resolve));
  const ended = new Promise<number | Error>((resolve) => {
    child.once("error", resolve);
    child.once("close", (code, killed) => resolve(code ?? new Error(`ended by ${killed}`)));
  });
  return { process: child, ended: outcome(machine, ended, read, { lines, signal }) };
}

/** Runs a command on a machine and returns what it wrote to standard output. Throws a MachineError as {@link start} tells. */
export async function ask(
  machine: MachineData,
  words: readonly string[],
  { input = "", ...following }: Following & { readonly input?: string },
): Promise<string> {
  const { process: child, ended } = start(machine, words, following);
  // A command that ends without reading is told by its status.
  child.stdin.on("error", () => undefined).end(input);
  const [written] = await Promise.all([text(child.stdout), ended]);
  return written;
}

async function outcome(
  { host, alias }: MachineData,
  ended: Promise<number | Error>,
  read: Promise<void>,
  { lines, signal }: { readonly lines: readonly string[]; readonly signal?: AbortSignal },
): Promise<void> {
  const code = await ended;
  signal?.throwIfAborted();
  if (code instanceof Error && "code" in code) {
    throw new MachineError(`A command for host "${host}" could not be started: ${code.message}`, undefined, lines);
  }
  await read;
  if (code !== 0) {
    const status = typeof code === "number" ? code : undefined;
    const lost = alias !== undefined && status === CONNECTION_LOST;
    const how = typeof code === "number" ? `exit code ${code}` : code.message;
    const what = lost ? `The connection to host "${host}" was lost or could not be made` : `Failed on host "${host}"`;
    throw new MachineError(`${what}: ${how}.${quoted(lines)}`, status, lines);
  }
}

/** The last lines of what was written, where there are any. */
function quoted(lines: readonly string[]): string {
  return lines.length === 0 ? "" : ` It ended with:\n${lines.map((line) => `    ${line}`).join("\n")}`;
}

function onMachine({ alias, sshConfig, os }: MachineData, words: readonly string[]): readonly string[] {
  if (alias === undefined) {
    return words;
  }
  // A server's shell reads the line: POSIX needs quotes, and cmd.exe is only given words that need none.
  const line = os === "windows" ? words.join(" ") : words.map(quote).join(" ");
  // One that opened the connection for all others would not end before these.
  const config = sshConfig === undefined ? [] : ["-F", sshConfig];
  return ["ssh", ...config, "-o", "ControlMaster=no", "-T", alias, line];
}

/** A word as a POSIX shell takes it for itself. */
export function quote(word: string): string {
  return /^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
