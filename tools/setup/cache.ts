import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine";

/** Where an entry of the cache is, whether or not it is there yet. */
export function entryPath({ cache }: Machine, name: string): string {
  return join(cache, name);
}

/**
 * An entry of the cache: a folder that is there as a whole or not at all. `make` fills an empty folder, which then gets
 * the entry's name; what an interrupted run left half-made is thrown away by the next one.
 */
export async function cached(machine: Machine, name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const path = entryPath(machine, name);
  if (existsSync(path)) {
    return path;
  }
  mkdirSync(machine.cache, { recursive: true, mode: 0o700 });
  removeLeftovers(machine.cache);
  const folder = mkdtempSync(join(machine.cache, `.partial-${name}-${process.pid}-`));
  try {
    await make(folder);
    place(folder, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return path;
}

/** Gives a finished folder its name. Another run of this program may have been faster; then its result is as good. */
function place(folder: string, path: string): void {
  try {
    renameSync(folder, path);
  } catch (error) {
    if (!existsSync(path)) {
      throw error;
    }
  }
}

/** A half-made entry has the id of the process that was at it in its name. */
function removeLeftovers(cache: string): void {
  for (const name of readdirSync(cache)) {
    const owner = /^\.partial-.*-(\d+)-\w+$/.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) {
      rmSync(join(cache, name), { recursive: true, force: true });
    }
  }
}

/** Whether a process of this id runs, be it another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
