import { spawn, type SpawnOptions } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../command";
import { run } from "../processes";
import type { StepReport } from "../terminal/progress";
import { isAlive } from "./cache";
import { isProgram, type Machine, onPath } from "./machine";

/** How long an engine has to start or stop, in ms. */
const LIMIT_MS = 60_000;

const PID_FILE = "/var/run/docker.pid";

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

/**
 * How often an engine is started that cannot wait for its containerd. One start tidies up after some 500 containers that
 * were killed together with the engine before it, and what it has tidied stays so.
 */
const STARTS = 8;

/** What dockerd writes where its containerd took over 15 s: `startupTimeout` in moby's `libcontainerd/supervisor`. */
const CONTAINERD_LATE = "timeout waiting for containerd to start";

/** Starts the engine that is installed, and waits until it answers. It outlives this program. */
export async function startEngine(
  machine: Machine,
  report: StepReport,
  answers: () => Promise<boolean>,
): Promise<void> {
  mkdirSync(machine.state, { recursive: true, mode: 0o700 });
  for (let start = 1; !(await startOnce(machine, report, answers)); start += 1) {
    if (start === STARTS || !lastLineOf(report.log).includes(CONTAINERD_LATE)) {
      throw new UserError("The Docker engine ended while it started.");
    }
    report.detail("tidying up after containers that were killed");
  }
}

function lastLineOf(log: string): string {
  return readFileSync(log, "utf8").trimEnd().split("\n").at(-1) ?? "";
}

/** Whether the engine came to answer; not, if it ended before. */
async function startOnce(machine: Machine, report: StepReport, answers: () => Promise<boolean>): Promise<boolean> {
  const pid = machine.systemd ? await startService(machine, report) : startDaemon(machine, report);
  writeFileSync(recordFile(machine), JSON.stringify({ pid, boot: boot() } satisfies StartedEngine));
  const deadline = Date.now() + LIMIT_MS;
  while (!(await answers())) {
    if (pid !== undefined && !isAlive(pid)) {
      return false;
    }
    if (Date.now() > deadline) {
      throw new UserError(`The Docker engine did not answer within ${LIMIT_MS / 1000} s.`);
    }
    await sleep(250, undefined, { signal: machine.signal });
  }
  return true;
}

async function startService({ env }: Machine, { log }: StepReport): Promise<undefined> {
  await run("systemctl", ["start", "docker"], { env, log });
}

/** The engine's program, where packages put it: its folder is not always on PATH. */
export function engineProgram(machine: Machine): string | undefined {
  return [...onPath(machine, "dockerd"), "/usr/sbin/dockerd", "/usr/bin/dockerd"].find(isProgram);
}

function startDaemon(machine: Machine, { log }: StepReport): number {
  // A killed engine leaves its process id behind; if another program has that id now, the next engine would not start.
  const left = Number(existsSync(PID_FILE) ? readFileSync(PID_FILE, "utf8") : 0);
  if (left > 0 && !isEngine(left)) {
    rmSync(PID_FILE);
  }
  const output = openSync(log, "a");
  const options = { detached: true, stdio: ["ignore", output, output], env: machine.env } satisfies SpawnOptions;
  const daemon = spawn(engineProgram(machine) ?? "dockerd", [], options);
  daemon.on("error", () => undefined);
  daemon.unref();
  if (daemon.pid === undefined) {
    throw new UserError("dockerd could not be started: it is not on PATH.");
  }
  return daemon.pid;
}

/** Stops the engine that this program started, and waits until it has ended. Does nothing if there is none. */
export async function stopEngine(machine: Machine, report: StepReport): Promise<void> {
  const engine = startedEngine(machine);
  if (engine === undefined) {
    return;
  }
  if (engine.pid === undefined) {
    await run("systemctl", ["stop", "docker.socket", "docker"], { env: machine.env, log: report.log });
  } else {
    process.kill(engine.pid, "SIGTERM");
    await waitForEnd(engine.pid, machine);
  }
  rmSync(recordFile(machine), { force: true });
}

async function waitForEnd(pid: number, { signal }: Machine): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new UserError(`The Docker engine (process ${pid}) has not stopped within ${LIMIT_MS / 1000} s.`);
    }
    await sleep(250, undefined, { signal });
  }
}
