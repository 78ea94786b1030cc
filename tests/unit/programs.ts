import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Stand-ins for programs that are first on the PATH until they are removed: short shell scripts that note their calls. */
export class FakePrograms {
  readonly folder = mkdtempSync(join(tmpdir(), "container-network-labs-programs-"));
  private readonly environment = { ...process.env };

  constructor() {
    process.env.PATH = `${this.folder}${delimiter}${process.env.PATH}`;
  }

  /** A program whose script finds its arguments in `$*`, and its standard input where it has always been. */
  add(name: string, script: string): void {
    const file = join(this.folder, name);
    const note = `printf '%s %s\\n' ${name} "$*" >> "${this.folder}/calls"`;
    writeFileSync(file, `#!/bin/sh\n${note}\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** A file of theirs. */
  file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** What was called, in order, since this was last asked. */
  calls(): string[] {
    return takenCalls(join(this.folder, "calls"));
  }

  remove(): void {
    process.env = this.environment;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Stand-ins of its own for each test of the block that this is called in. Windows runs no such scripts, and there these
 * tests are skipped.
 * @param prepare Adds what every test needs.
 */
export function programsOfEachTest(prepare: (programs: FakePrograms) => void = () => undefined): () => FakePrograms {
  let programs: FakePrograms;
  before(function () {
    if (process.platform === "win32") {
      this.skip();
    }
  });
  beforeEach(() => prepare((programs = new FakePrograms())));
  afterEach(() => programs.remove());
  return () => programs;
}

/** The lines of a file that programs noted their calls in, which is gone then. */
export function takenCalls(file: string): string[] {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n");
  } catch {
    return [];
  } finally {
    rmSync(file, { force: true });
  }
}
