import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { places } from "../setup/places";
import { colours } from "./colours";

/** A long step's way to say how it gets on. */
export interface StepReport {
  /** File for what the step's commands write; its end is shown if the step fails. */
  readonly log: string;
  /** Says what the step is doing just now. */
  detail(text: string): void;
  /** Says how the step ended, where that is not simply "done". */
  outcome(text: string): void;
}

/** Shows long steps, on stderr: a line that counts the seconds on a terminal, plain lines and a heartbeat elsewhere. */
export interface Progress {
  /** Runs a step under a title. Steps may run side by side. What the work returns or throws is handed on. */
  step<T>(title: string, work: (report: StepReport) => Promise<T>): Promise<T>;
  /** Writes a line, above the steps that are under way. */
  line(text: string): void;
}

export interface ProgressOptions {
  readonly stream?: NodeJS.WriteStream;
  /** Folder of the logs. */
  readonly logs?: string;
  /** Milliseconds between two signs of life where there is no terminal. */
  readonly heartbeat?: number;
  /** Once this is aborted, a step that ends with an error was stopped, not failed. */
  readonly signal?: AbortSignal;
}

interface Step {
  readonly title: string;
  readonly started: number;
  detail: string;
  outcome: string;
}

const FRAME_MS = 100;
const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const LOG_LINES = 15;

/** Steps are shown on `stream`, stderr unless said otherwise, so that a command's own output stays clean. */
export function createProgress(options: ProgressOptions = {}): Progress {
  const { stream = process.stderr, logs = join(places().state, "logs"), heartbeat = 15_000, signal } = options;
  const { red, green, dim } = colours(stream);
  const live = stream.isTTY === true;
  const active = new Set<Step>();
  // A step that is stopped because another one failed ends with that one's error.
  const shown = new Set<unknown>();
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;

  const erase = (): string => (drawn === 0 ? "" : `\u001b[${drawn}A\u001b[J`);

  const draw = (above = ""): void => {
    const spinner = SPINNER[Math.floor(Date.now() / FRAME_MS) % SPINNER.length];
    // A line that wraps would be two, and the next frame would erase the wrong ones.
    const lines = [...active].map((step) => `${spinner} ${describe(step)}`.slice(0, (stream.columns || 80) - 1));
    stream.write(erase() + above + lines.map((line) => `${line}\n`).join(""));
    drawn = lines.length;
  };

  const line = (text: string): void => {
    if (live) {
      draw(`${text}\n`);
    } else {
      stream.write(`${text}\n`);
    }
  };

  const beat = (): void => {
    if (live) {
      draw();
    } else {
      // A step that has only just begun has said so.
      const longer = [...active].filter((step) => Date.now() - step.started > heartbeat / 2);
      if (longer.length > 0) {
        line(longer.map(describe).join(", "));
      }
    }
  };

  const begin = (step: Step): void => {
    active.add(step);
    timer ??= setInterval(beat, live ? FRAME_MS : heartbeat).unref();
    if (live) {
      draw();
    } else {
      line(`${step.title}: started`);
    }
  };

  const end = (step: Step, text: string): void => {
    active.delete(step);
    if (active.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    line(text);
  };

  return {
    line,
    async step(title, work) {
      const step: Step = { title, started: Date.now(), detail: "", outcome: "done" };
      mkdirSync(logs, { recursive: true, mode: 0o700 });
      const log = join(logs, `${title.toLowerCase().replace(/[^a-z0-9.]+/g, "-")}.log`);
      rmSync(log, { force: true });
      begin(step);
      try {
        const result = await work({
          log,
          detail: (text) => void (step.detail = text),
          outcome: (text) => void (step.outcome = text),
        });
        const { outcome } = step;
        const what = live && outcome === "done" ? `${green("✓")} ${title}` : `${title}: ${outcome}`;
        end(step, live ? `${what} ${dim(elapsed(step))}` : `${what} in ${elapsed(step)}`);
        return result;
      } catch (error) {
        if (signal?.aborted === true || shown.has(error)) {
          end(step, `${title}: stopped after ${elapsed(step)}`);
        } else {
          shown.add(error);
          end(step, `${red("✗")} ${title}: failed after ${elapsed(step)}${endOf(log)}`);
        }
        throw error;
      }
    },
  };
}

function describe(step: Step): string {
  return `${step.title}: ${elapsed(step)}${step.detail === "" ? "" : ` (${step.detail})`}`;
}

function elapsed({ started }: Step): string {
  const seconds = (Date.now() - started) / 1000;
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function endOf(log: string): string {
  if (!existsSync(log)) {
    return "";
  }
  const lines = readFileSync(log, "utf8").trimEnd().split("\n").slice(-LOG_LINES);
  return [`, log in ${log}, which ends:`, ...lines.map((line) => `    ${line}`)].join("\n");
}
