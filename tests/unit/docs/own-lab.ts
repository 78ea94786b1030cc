import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(__dirname, "..", "..", "..");

/** The page by which somebody writes a lab of their own. */
export const page = readFileSync(join(root, "docs", "write-your-own-lab.md"), "utf8");

/** The page's only block in a language. */
function block(language: string): string {
  const found = [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(([, text]) => text);
  assert.equal(found.length, 1, `blocks in ${language}`);
  return found[0];
}

/** What the page has written: the lab's one file, the change of the registry, and an environment's settings. */
export const written = { lab: block("ts"), registry: block("diff"), environment: block("yaml") };

/** Lines of TypeScript that somebody writes for the lab. */
export function linesWritten(): number {
  const added = written.registry.split("\n").filter((line) => line.startsWith("+"));
  return written.lab.trimEnd().split("\n").length + added.length;
}

/** Does to a copy of the program what the page says, but for the environment. */
export function writeLab(project: string): void {
  const file = join(project, "components", "labs", "dmz", "index.ts");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, written.lab);
  const registry = join(project, "components", "labs", "index.ts");
  writeFileSync(registry, applied(readFileSync(registry, "utf8"), written.registry));
}

/** A text with what a diff adds, each line behind the one that comes before it in the diff. */
function applied(text: string, diff: string): string {
  const lines = diff.trimEnd().split("\n");
  return lines.reduce((result, line, i) => {
    const before = `${lines[i - 1]?.slice(1)}\n`;
    assert.ok(!line.startsWith("+") || result.split(before).length === 2, `once in the file: ${before}`);
    return line.startsWith("+") ? result.replace(before, `${before}${line.slice(1)}\n`) : result;
  }, text);
}
