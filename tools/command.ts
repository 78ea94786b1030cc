import type { ParseArgsConfig } from "node:util";
import type { Progress } from "./terminal/progress";

/** What a command gets to work with. */
export interface Call {
  /** The Pulumi stack, `--environment`; `local` unless said otherwise. */
  readonly environment: string;
  /** The command's own options as node:util's parseArgs gives them. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
  /** Long steps are shown through this, on stderr. */
  readonly progress: Progress;
  /** Aborted by Ctrl-C. What the command started is to be stopped or awaited; then `run` may end any way it likes. */
  readonly signal: AbortSignal;
}

/** A command behind an npm script: `tools/commands/<name>.ts` exports one as `command`. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly options?: NonNullable<ParseArgsConfig["options"]>;
  /** Whether words that are no options are allowed; they arrive as `positionals`. */
  readonly allowPositionals?: boolean;
  /** Whether all from the second word on is handed over as it is, be it an option or not: another command. */
  readonly passesOn?: boolean;
  /** Calls that `--help` shows, each with what it is for. */
  readonly examples?: readonly (readonly [call: string, purpose: string])[];
  /** What a person should run after Ctrl-C; the same command again unless said otherwise. */
  readonly afterInterrupt?: string;
  /** Does the work and returns the exit code. Throws a UserError for what the user can put right. */
  run(call: Call): Promise<number>;
}

/** An error for the user: shown as its message alone, which says what is wrong and what to do. */
export class UserError extends Error {
  constructor(
    message: string,
    /** The command's exit code. 2 is for what could not be tried. */
    readonly exitCode = 2,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "UserError";
  }
}
