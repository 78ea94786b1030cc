import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../command";
import { run } from "../processes";
import type { StepReport } from "../terminal/progress";
import { isAlive } from "./cache";
import type { Machine } from "./machine";

/** How long an engine has to start or stop, in ms. */
const LIMIT_MS = 60_000;

/** An engine that this program started, as its record in the state folder has it. */
interface StartedEngine {
  /** Process of the engine; undefined where systemd looks after it. */
  readonly pid?: number;
  /** Time of the machine's start, as the kernel says it: a process id means nothing after the next one. */
  readonly boot: string;
}

function recordFile({ state }: Machine): string {
  return join(state, "engine.json");
}

/** The engine that this program started, if it still runs. */
export function startedEngine(machine: Machine): StartedEngine | undefined {
  const file = recordFile(machine);
  if (!existsSync(file)) {
    return undefined;
  }
  const record = JSON.parse(readFileSync(file, "utf8")) as StartedEngine;
  const runs = record.boot === boot() && (record.pid === undefined || isEngine(record.pid));
  return runs ? record : undefined;
}

function boot(): string {
  return /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? "";
}

function isEngine(pid: number): boolean {
  return isAlive(pid) && readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "dockerd";
}

/** Starts the engine that is installed, and waits until it answers. It outlives this program. */
export async function startEngine(machine: Machine, report: StepReport, answers: () => Promise<boolean>): Promise<void> {
  mkdirSync(machine.state, { recursive: true, mode: 0o700 });
  const pid = hasSystemd() ? await startService(report) : startDaemon(machine, report);
  writeFileSync(recordFile(machine), JSON.stringify({ pid, boot: boot() } satisfies StartedEngine));
  const deadline = Date.now() + LIMIT_MS;
  while (!(await answers())) {
    if (pid !== undefined && !isAlive(pid)) {
      throw new UserError("The Docker engine ended while it started.");
    }
    if (Date.now() > deadline) {
      throw new UserError(`The Docker engine did not answer within ${LIMIT_MS / 1000} s.`);
    }
    await sleep(250, undefined, { signal: machine.signal });
  }
}

function hasSystemd(): boolean {
  return existsSync("/run/systemd/system");
}

async function startService({ log }: StepReport): Promise<undefined> {
  await run("systemctl", ["start", "docker"], { log });
}

function startDaemon(machine: Machine, { log }: StepReport): number {
  // What a killed engine leaves behind keeps the next one from starting, where process ids are used again soon.
  rmSync("/var/run/docker.pid", { force: true });
  const output = openSync(log, "a");
  const daemon = spawn("dockerd", [], { detached: true, stdio: ["ignore", output, output], env: machine.env });
  daemon.on("error", () => undefined);
  daemon.unref();
  if (daemon.pid === undefined) {
    throw new UserError("dockerd could not be started: it is not on PATH.");
  }
  return daemon.pid;
}

/** Stops the engine if this program started it. Returns what it did, in a line. */
export async function stopEngine(machine: Machine, report: StepReport): Promise<string> {
  const engine = startedEngine(machine);
  if (engine === undefined) {
    return "No Docker engine runs that this program started; one of yours is left alone.";
  }
  if (engine.pid === undefined) {
    await run("systemctl", ["stop", "docker.socket", "docker"], { log: report.log });
  } else {
    process.kill(engine.pid, "SIGTERM");
    const deadline = Date.now() + LIMIT_MS;
    while (isAlive(engine.pid)) {
      if (Date.now() > deadline) {
        throw new UserError(`The Docker engine (process ${engine.pid}) has not stopped within ${LIMIT_MS / 1000} s.`);
      }
      await sleep(250, undefined, { signal: machine.signal });
    }
  }
  rmSync(recordFile(machine), { force: true });
  return "The Docker engine that this program started has stopped.";
}
