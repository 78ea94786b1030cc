import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where a path of the settings leads: absolute, from the home folder with `~/`, or else from the project's folder. */
export function located(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(path);
}
