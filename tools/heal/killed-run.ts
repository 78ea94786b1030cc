import { copyFileSync, existsSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../command";

/** An environment variable that marks Pulumi's processes as this program's and tells for which state they work. */
const marker = "CONTAINER_NETWORK_LABS_RUN";

/** A stack and the URL of the backend that holds its state, where that is known. */
export interface StatePlace {
  readonly stack: string;
  readonly backend: string | undefined;
}

/** The environment that marks the processes of a run. */
export function markOf({ stack, backend }: StatePlace): Record<string, string> {
  return { [marker]: `${stack} in ${backend ?? "an unknown backend"}` };
}

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
export function lockLeftBehind(place: StatePlace): boolean {
  const { stack } = place;
  const locks = jsonFiles(place, "locks", (path) => path.at(-2) === stack);
  // A lock that was cut short has no owner who could still be there.
  for (const { pid, username, hostname: machine, timestamp } of locks.filter(holdsJson).map(readLock)) {
    if (machine !== hostname() || isRunning(pid)) {
      throw new UserError(
        `Another update of stack "${stack}" is going on: process ${pid} of ${username} on ${machine}, since ${timestamp}.\n` +
          `Wait for it to end. If it is not there any more: pulumi cancel --stack ${stack}`,
      );
    }
  }
  return locks.length > 0;
}

/**
 * A file backend writes a stack's checkpoint in place, after copying the one before to `.bak`: a run that is killed
 * while it writes leaves half a file, or none of it. The copy still tells of everything that run had begun, so it is put
 * back; where there is none, the stack had not been made yet.
 */
export function restoreCheckpoint(place: StatePlace): boolean {
  const broken = jsonFiles(place, "stacks", (path) => path.at(-1) === `${place.stack}.json`).filter(
    (file) => !holdsJson(file),
  );
  for (const file of broken) {
    if (holdsJson(`${file}.bak`)) {
      copyFileSync(`${file}.bak`, `${file}.restored`);
      renameSync(`${file}.restored`, file);
    } else {
      rmSync(file);
    }
  }
  return broken.length > 0;
}

function holdsJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}

/** The JSON files of a file backend below one of its folders whose path, in parts, is wanted. */
function jsonFiles({ backend }: StatePlace, below: string, wanted: (path: string[]) => boolean): string[] {
  const folder = backend?.startsWith("file://") === true ? join(fileURLToPath(backend), ".pulumi", below) : "";
  return folder === "" || !existsSync(folder)
    ? []
    : readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".json") && wanted(path.split(/[\\/]/)))
        .map((path) => join(folder, path));
}

function readLock(file: string): Lock {
  return JSON.parse(readFileSync(file, "utf8")) as Lock;
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
 * minutes, and may still finish what they had begun. Linux only; elsewhere they end by themselves. Those of a
 * container are not this machine's, though this machine sees them.
 */
export function endOrphans(place: StatePlace): number {
  const [mark] = Object.entries(markOf(place)).map(([name, value]) => `${name}=${value}`);
  return endMarked(mark);
}

/** Ends all processes but this one that have a mark in their environment: `NAME=value`. Linux only, as above. */
export function endMarked(mark: string): number {
  const own = namespaceOf("self");
  const orphans = readdirSync("/proc", { encoding: "utf8" })
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => environmentOf(pid).includes(mark) && namespaceOf(pid) === own);
  for (const pid of orphans) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended by itself in the meantime.
    }
  }
  return orphans.length;
}

function namespaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
