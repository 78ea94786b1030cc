import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * A hash of a folder's files: their paths, whether they are executable, and what they hold. The same on every machine,
 * whatever the order or the dates of the files are there.
 */
export function contentHash(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
  for (const path of files) {
    const stats = statSync(join(folder, path));
    if (stats.isFile()) {
      const content = readFileSync(join(folder, path));
      hash.update(`${path}\0${(stats.mode & 0o100) !== 0}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}
