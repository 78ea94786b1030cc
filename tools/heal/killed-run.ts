import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../command";

/** An environment variable that marks Pulumi's processes as this program's and tells for which stack they work. */
export const marker = "CONTAINER_NETWORK_LABS_RUN";

interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/**
 * Whether an update of the stack was killed and left its lock behind. Looks at the lock files of a file backend, where
 * nobody but the killed run would take them away; other backends let go of a lock by themselves.
 * @throws UserError if the run that holds the lock is still going on, or may be: on another machine.
 */
export function lockLeftBehind(stack: string, backend: string | undefined): boolean {
  const locks = backend?.startsWith("file://") === true ? locksIn(fileURLToPath(backend), stack) : [];
  for (const { pid, username, hostname: machine, timestamp } of locks) {
    if (machine !== hostname() || isRunning(pid)) {
      throw new UserError(
        `Another update of stack "${stack}" is going on: process ${pid} of ${username} on ${machine}, since ${timestamp}.\n` +
          `Wait for it to end. If it is not there any more: pulumi cancel --stack ${stack}`,
      );
    }
  }
  return locks.length > 0;
}

function locksIn(backend: string, stack: string): Lock[] {
  const folder = join(backend, ".pulumi", "locks");
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json") && path.split(/[\\/]/).at(-2) === stack)
    .map((path) => JSON.parse(readFileSync(join(folder, path), "utf8")) as Lock);
}

/** A process that has ended and was not collected by its parent still has a number; it runs nothing. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, "utf8"));
}

/**
 * Ends the plugins and language hosts that a killed run left: they are in process groups of their own, outlive it for
 * minutes, and may still finish what they had begun. Linux only; elsewhere they end by themselves.
 */
export function endOrphans(stack: string): number {
  const mark = `${marker}=${stack}`;
  const orphans = readdirSync("/proc", { encoding: "utf8" })
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => environmentOf(pid).includes(mark));
  for (const pid of orphans) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended by itself in the meantime.
    }
  }
  return orphans.length;
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
