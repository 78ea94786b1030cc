import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { callOf, commandHelp, commandList } from "./help";
import { type Command, UserError } from "./command";
import { createProgress } from "./terminal/progress";
import { forwardSignal, interrupt, interrupted } from "./processes";

const folder = join(__dirname, "commands");
const EXIT_INTERRUPTED = 130;

/** npm and the terminal may both pass one Ctrl-C on. Signals this close together are one. */
const ONE_CTRL_C_MS = 500;

/** Runs the command that the arguments name and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  let hint: string | undefined;
  watchSignals(() => hint);
  const exitCode = await execute(argv, (text) => (hint = text)).catch((error: unknown) => {
    // What was stopped has its errors, too; they are no news.
    return interrupted.aborted ? EXIT_INTERRUPTED : report(error);
  });
  process.exitCode = interrupted.aborted ? sayInterrupted(hint) : exitCode;
  // A command is over when its work is. An idle connection or a child left running on purpose must not hold the shell.
  process.stdout.write("", () => process.exit());
}

async function execute(argv: readonly string[], hint: (text: string) => void): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "help" || name === "--help") {
    process.stdout.write(commandList(commandsOf()));
    return name === undefined ? 2 : 0;
  }
  const command = load(name);
  hint(command.afterInterrupt ?? callOf(name));
  const { values, positionals } = parse(name, command, rest);
  if (values.help === true) {
    process.stdout.write(commandHelp(name, command));
    return 0;
  }
  return command.run({
    environment: values.environment,
    values,
    positionals,
    progress: createProgress({ signal: interrupted }),
    signal: interrupted,
  });
}

function load(name: string): Command {
  const file = join(folder, `${name}.ts`);
  if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
    throw new UserError(`There is no command "${name}". There are: ${names().join(", ")}.`);
  }
  return (require(file) as { command: Command }).command;
}

/** The commands that people call; the program itself calls others. */
export function commandsOf(): [name: string, command: Command][] {
  const all = names().map((name): [string, Command] => [name, load(name)]);
  return all.filter(([, { summary }]) => !/for the program itself/.test(summary));
}

function names(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));
}

/** A command line in its parts. Throws a UserError that says what is wrong with it. */
export function parse(
  name: string,
  { options: own, allowPositionals = false, passesOn = false }: Command,
  all: string[],
) {
  const options = { ...own, ...commonOptions };
  try {
    const [args, handedOver] = passesOn ? cut(all, options) : [all, []];
    const { values, positionals } = parseArgs({ args, options, allowPositionals });
    return { values, positionals: [...positionals, ...handedOver] };
  } catch (error) {
    // The first sentence says what is wrong; the rest is about parseArgs itself.
    throw new UserError(`${name}: ${(error as Error).message.split(/\.\s/)[0]}.`, 2, { cause: error });
  }
}

const commonOptions = {
  environment: { type: "string", short: "e", default: "local" },
  help: { type: "boolean", short: "h" },
} as const;

/** What is read here, and what is handed over: npm takes away a `--`, and does not where it is called with two. */
function cut(args: string[], options: NonNullable<Command["options"]>): [string[], string[]] {
  const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true });
  const [, second] = tokens.filter(({ kind }) => kind === "positional");
  const first = tokens.find((token) => token.kind === "option-terminator" || token === second);
  const from = first === undefined ? args.length : first.index;
  return [args.slice(0, from), args.slice(first?.kind === "option-terminator" ? from + 1 : from)];
}

function report(error: unknown): number {
  // Pulumi's RunError marks an error of the same kind: the program's own refusals are such.
  const forUser = error instanceof UserError || (error instanceof Error && "__pulumiRunError" in error);
  process.stderr.write(`${forUser ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  return error instanceof UserError ? error.exitCode : forUser ? 2 : 1;
}

function sayInterrupted(hint: string | undefined): number {
  process.stderr.write(`Interrupted.${hint === undefined ? "" : ` To go on: ${hint}`}\n`);
  return EXIT_INTERRUPTED;
}

/** The first signal asks what runs to end, and waits for it. A second one, from a person who will not wait, ends this. */
function watchSignals(hint: () => string | undefined): void {
  let first: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = Date.now();
        interrupt(signal);
      } else if (Date.now() - first > ONE_CTRL_C_MS) {
        forwardSignal("SIGKILL");
        process.exit(sayInterrupted(hint()));
      }
    });
  }
}
