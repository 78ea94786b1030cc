import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A process of this machine, as proc_pid_cmdline(5) and proc_pid_environ(5) have it. */
export interface Process {
  readonly pid: number;
  readonly arguments: readonly string[];
  readonly environment: readonly string[];
}

/** The processes of this machine. One that ends meanwhile has neither arguments nor environment. */
export function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      pid: Number(pid),
      arguments: entriesOf(join("/proc", pid, "cmdline")),
      environment: entriesOf(join("/proc", pid, "environ")),
    }));
}

function entriesOf(file: string): string[] {
  try {
    return readFileSync(file, "latin1").split("\0");
  } catch {
    return [];
  }
}
