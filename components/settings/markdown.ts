import { z } from "zod";
import { keyOf } from "./schema-faults";
import { elementsOf, objectsOf, unwrap, valuesOf } from "./schema-walk";

/** Between these two lines of a page, its table of settings is rewritten. */
export const markers = { start: "<!-- settings -->", end: "<!-- /settings -->" } as const;

interface Row {
  readonly key: string;
  readonly what: string;
  readonly fallback: string;
}

/**
 * A schema's settings as a Markdown table, one line for each that has no settings below it; with a depth, also for those
 * so many keys down, in place of what is below them. With a path, the schema is that of the settings below it.
 */
export function settingsTable(schema: z.ZodType, depth = Infinity, path: readonly string[] = []): string {
  const lines = rows(schema, path, depth).map(({ key, what, fallback }) => [`\`${key}\``, what, fallback]);
  return [["Setting", "What it is", "Default"], ["---", "---", "---"], ...lines]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

/** A page with its table of settings rewritten; the page itself where it has no place for one. */
export function withTable(page: string, table: string): string {
  const [before, rest] = split(page, markers.start);
  const [, after] = split(rest, markers.end);
  return rest === "" || after === "" ? page : `${before}${markers.start}\n\n${table.trim()}\n\n${markers.end}${after}`;
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + at.length)];
}

function rows(schema: z.ZodType, path: readonly string[], depth: number): Row[] {
  const { type, words, description = "", fallback, optional } = unwrap(schema);
  const elements = elementsOf(type);
  const inside = path.length < depth ? [...objectsOf(type), ...elements] : [];
  const all = inside.flatMap((object) => {
    const at = elements.includes(object) ? [...path.slice(0, -1), `${path.at(-1)}[]`] : path;
    const entries = Object.entries(object.shape);
    const told = words.each === undefined ? entries : entries.slice(0, 1);
    return told.flatMap(([key, property]) => rows(property as z.ZodType, [...at, words.each ?? key], depth));
  });
  const below = merged(all);
  // An object that is there or not, as a setting of its own, has a line beside those of its keys; so has a list.
  const own = below.length === 0 || elements.length > 0 || words.byDefault !== undefined;
  const values = valuesOf(type).map((value) => `\`${String(value)}\``);
  const choice = values.length > 1 ? ` One of ${values.join(", ")}.` : "";
  const standard = words.byDefault ?? (optional ? code(fallback) : "none, it must be said");
  return [...(own ? [{ key: keyOf(path), what: `${description}${choice}`, fallback: standard }] : []), ...below];
}

/** What several kinds of a thing have, such as the key that says which kind it is, has one line. */
function merged(rows: readonly Row[]): Row[] {
  return [...new Set(rows.map(({ key }) => key))].map((key) => {
    const same = rows.filter((row) => row.key === key);
    const all = (of: "what" | "fallback") => [...new Set(same.map((row) => row[of]))];
    return { key, what: all("what").join(" "), fallback: all("fallback").join(" or ") };
  });
}

function code(value: unknown): string {
  return value === undefined ? "none" : `\`${text(value)}\``;
}

/** A value as YAML has it on one line. */
function text(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(text).join(", ")}]`;
  }
  return typeof value === "object" && value !== null
    ? `{ ${Object.entries(value)
        .map(([key, each]) => `${key}: ${text(each)}`)
        .join(", ")} }`
    : String(value);
}
