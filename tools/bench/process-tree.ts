import { readdirSync, readFileSync } from "node:fs";

/** Ticks in a second of the times in /proc: the same on every architecture that Node runs on (proc_pid_stat(5)). */
const TICKS = 100;

/** The line of /proc/PID/stat, as far as it is needed here. */
export interface ProcessStat {
  /** When the process began. With the id it tells a process from a later one of the same id. */
  readonly started: string;
  /** Processor time of the process itself, in seconds. */
  readonly cpuSeconds: number;
  /** Processor time of the children that it has waited for, and of theirs, in seconds. */
  readonly waitedForSeconds: number;
}

/** Reads a line of /proc/PID/stat. The second field is the program's name in brackets, which may hold anything. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [user, system, waitedUser, waitedSystem] = fields.slice(11, 15).map((ticks) => Number(ticks) / TICKS);
  return { started: fields[19], cpuSeconds: user + system, waitedForSeconds: waitedUser + waitedSystem };
}

/** Resident memory in MiB from the text of /proc/PID/status; 0 for a process that has ended and was not waited for. */
export function parseResident(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}

/** All processes below this one that begin after the tree was made, looked at again and again: Linux only. */
export class ProcessTree {
  private readonly cpu = new Map<string, number>();
  /** An engine that the set-up has started is below this process, too, and with it what it does for everyone. */
  private readonly there = new Set(below(process.pid));
  private peak = 0;

  /** The most memory that was resident at a look, in MiB; pages that processes share count for each. */
  get peakMiB(): number {
    return this.peak;
  }

  /** Processor time of all processes seen, as of the last look at each, in seconds. */
  get cpuSeconds(): number {
    return [...this.cpu.values()].reduce((sum, seconds) => sum + seconds, 0);
  }

  look(): void {
    let resident = 0;
    for (const pid of below(process.pid, this.there)) {
      const stat = readProc(`${pid}/stat`);
      if (stat !== undefined) {
        const { started, cpuSeconds } = parseStat(stat);
        this.cpu.set(`${pid} ${started}`, cpuSeconds);
        resident += parseResident(readProc(`${pid}/status`) ?? "");
      }
    }
    this.peak = Math.max(this.peak, resident);
  }
}

/** Processor time of the processes that this one started and has waited for, and of those that they did, in seconds. */
export function waitedForSeconds(): number {
  return parseStat(readFileSync("/proc/self/stat", "utf8")).waitedForSeconds;
}

/** Only the tree is walked: a benchmark's containers are thousands of processes that would all have to be looked at. */
function below(pid: number, except: ReadonlySet<number> = new Set()): number[] {
  const children = threads(pid).flatMap((thread) =>
    (readProc(`${pid}/task/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number),
  );
  return children.filter((child) => !except.has(child)).flatMap((child) => [child, ...below(child, except)]);
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** A file of a process; undefined if the process is gone. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return undefined;
  }
}
