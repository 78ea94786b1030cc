import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 5;

/** Runs `work` while no other process, and nothing else in this one, holds the same lock file. */
export async function withLock<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  await acquire(file);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

async function acquire(file: string): Promise<void> {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    }
    breakOrphan(file);
    await sleep(POLL_MS);
  }
}

/** Takes the lock of a process that was killed out of the way. */
function breakOrphan(file: string): void {
  const owner = ownerOf(file);
  if (owner === undefined || isAlive(owner)) {
    return;
  }
  const broken = `${file}.${process.pid}`;
  try {
    renameSync(file, broken);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return;
    }
    throw error;
  }
  // Another process may have broken it first, and what was renamed is its new, living lock.
  if (ownerOf(broken) === owner) {
    rmSync(broken, { force: true });
  } else {
    renameSync(broken, file);
  }
}

function ownerOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Writes a file whole or not at all, for its owner's eyes only. */
export function writeAtomically(file: string, text: string): void {
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, text, { mode: 0o600 });
  renameSync(partial, file);
}
