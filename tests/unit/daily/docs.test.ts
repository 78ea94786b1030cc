import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commandsOf } from "../../../tools/main";

const root = join(__dirname, "..", "..", "..");

/** All that the program can say. */
const sources = ["components", "tools"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  )
  .filter((file) => /\.(ts|js)$/.test(file))
  .map((file) => readFileSync(join(root, file), "utf8"))
  .join("\n");

function page(name: string): string {
  return readFileSync(join(root, "docs", name), "utf8");
}

/** The cells of the tables' first columns that are messages. */
const messages = [...page("troubleshooting.md").matchAll(/^\| `([^`]+)` +\|/gm)].map(([, message]) => message);

describe("the page of messages", () => {
  it("has some of every kind", () => assert.ok(messages.length >= 25, String(messages.length)));

  for (const message of messages) {
    it(`knows what is said: ${message}`, () => {
      const parts = message.split("…").filter((part) => /\w/.test(part));
      assert.ok(parts.length > 0);
      for (const part of parts) {
        // In the sources quotes may be escaped, and what the "…" stands for follows in braces.
        const text = part.replace(/^"/, "").trim();
        assert.ok(sources.includes(text) || sources.includes(text.replaceAll('"', '\\"')), part);
      }
    });
  }
});

describe("the page of every day", () => {
  const names = commandsOf().map(([name]) => name.replace("-", ":"));
  const called = [...page("daily.md").matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, name]) => name);

  it("calls commands that there are", () => {
    assert.ok(called.length > 10);
    assert.deepEqual(
      called.filter((name) => !names.includes(name)),
      [],
    );
  });
});
