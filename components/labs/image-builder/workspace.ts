import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import ignore from "@balena/dockerignore";

/** A file, a folder or a symbolic link of a workspace. */
export interface WorkspaceEntry {
  /** Below the workspace, with / between its parts. */
  readonly path: string;
  readonly type: "file" | "directory" | "symlink";
  /** Whether its owner may execute it: all of its mode that counts. */
  readonly executable: boolean;
  /** In bytes; 0 but for files. */
  readonly size: number;
  /** SHA-256 of a file, the target of a link, and nothing of a folder. */
  readonly content: string;
}

/** What a build sees of a workspace, both below it. */
export interface Source {
  readonly context: string;
  readonly dockerfile: string;
}

/** What was read before is not read again as long as the program runs. */
export class Workspace {
  private readonly entries = new Map<string, WorkspaceEntry>();

  constructor(readonly folder: string) {}

  /**
   * What a build sees: its context without what .dockerignore takes out of it, and its Dockerfile. As with Docker, the
   * Dockerfile and .dockerignore themselves are always taken, and a <name of the Dockerfile>.dockerignore comes first.
   * Sorted by path.
   */
  seenBy({ context, dockerfile }: Source): WorkspaceEntry[] {
    const own = `${dockerfile}.dockerignore`;
    const shared = posix.join(context, ".dockerignore");
    const rules = [own, shared].filter((path) => existsSync(this.at(path)));
    const text = rules.length === 0 ? "" : readFileSync(this.at(rules[0]), "utf8").replace(/^\uFEFF/, "");
    const ignored = ignore({ ignorecase: false }).add(text);
    // With an exception, something below a folder that is ignored may be wanted.
    const exceptions = /^\s*!/m.test(text);
    const found: string[] = [];
    const walk = (folder: string): void => {
      for (const item of readdirSync(this.at(posix.join(context, folder)), { withFileTypes: true })) {
        const path = posix.join(folder, item.name);
        const isOut = ignored.ignores(path);
        if (!isOut) {
          found.push(posix.join(context, path));
        }
        if (item.isDirectory() && (!isOut || exceptions)) {
          walk(path);
        }
      }
    };
    walk("");
    return [...new Set([...found, dockerfile, ...rules])].sort(byCodeUnits).flatMap((path) => this.entry(path) ?? []);
  }

  /** All that any of the builds sees. Sorted by path. */
  seenByAny(sources: readonly Source[]): WorkspaceEntry[] {
    const all = new Map(sources.flatMap((source) => this.seenBy(source)).map((entry) => [entry.path, entry]));
    return [...all.values()].sort((a, b) => byCodeUnits(a.path, b.path));
  }

  private at(path: string): string {
    return join(this.folder, path);
  }

  /** Undefined for a socket, a pipe or a device, which no archive holds. */
  private entry(path: string): WorkspaceEntry | undefined {
    const known = this.entries.get(path) ?? this.read(path);
    if (known !== undefined) {
      this.entries.set(path, known);
    }
    return known;
  }

  private read(path: string): WorkspaceEntry | undefined {
    const at = this.at(path);
    const stats = statSync(at, { throwIfNoEntry: false });
    const target = linkAt(at);
    if (target !== undefined) {
      return { path, type: "symlink", executable: false, size: 0, content: target };
    }
    if (stats?.isDirectory()) {
      return { path, type: "directory", executable: true, size: 0, content: "" };
    }
    if (!stats?.isFile()) {
      return undefined;
    }
    const bytes = readFileSync(at);
    const content = createHash("sha256").update(bytes).digest("hex");
    return { path, type: "file", executable: (stats.mode & 0o100) !== 0, size: bytes.length, content };
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** The order of bytes, which no language's rules change. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A hash of what entries are: the same on every machine, whatever the dates of the files are there. */
export function hashOf(entries: readonly WorkspaceEntry[]): string {
  const hash = createHash("sha256");
  for (const { path, type, executable, content } of entries) {
    hash.update(JSON.stringify([path, type, executable, content]));
  }
  return hash.digest("hex");
}
