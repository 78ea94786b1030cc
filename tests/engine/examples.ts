import { escape } from "./labs-beside";

/** Commands of a page, and what it says that they print. */
export interface Example {
  readonly commands: string;
  readonly expected: readonly string[];
}

/** A page's commands with what it says they print: each `sh` block and the `text` block after it. */
export function examplesOf(page: string): Example[] {
  const blocks = /```sh\n([^`]*)```\s+```text\n([^`]*)```/g;
  return [...page.matchAll(blocks)].map(([, commands, expected]) => ({
    commands,
    expected: expected.split("\n").filter((line) => line.trim() !== ""),
  }));
}

/** White space is as it falls, and `…` stands for anything. */
export function patternOf(line: string): RegExp {
  const parts = line.split("…").map((part) => part.trim().split(/\s+/).map(escape).join("\\s+"));
  return new RegExp(parts.join(".*"), "m");
}
