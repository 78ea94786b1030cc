import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BuilderData } from "../../../components/labs/image-builder/data";

/** Files by path: text, `{ link }` for a symbolic link, `{ run }` for an executable. */
export type Files = Readonly<Record<string, string | { link: string } | { run: string }>>;

/** A folder of a test's own, removed with {@link removeFolders}. */
export function folderWith(files: Files = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "image-builder-"));
  made.push(folder);
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof content === "object" && "link" in content) {
      symlinkSync(content.link, file);
    } else {
      writeFileSync(file, typeof content === "string" ? content : content.run);
      chmodSync(file, typeof content === "string" ? 0o640 : 0o750);
    }
  }
  return folder;
}

const made: string[] = [];

export function removeFolders(): void {
  made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));
}

/** What every program of the lab reads, on this machine. */
export const here: BuilderData = {
  stack: "unit",
  component: "image-builder",
  machine: { host: "here", os: "linux", engine: "unix:///none.sock" },
};
