import type { Line, Section } from "./sections";

/** What a pull request comment may have, in characters: GitHub takes 65,536, and this leaves room for a footer. */
export const COMMENT_LIMIT = 64_000;

/** By which a workflow finds the comment that it is to edit. */
export function commentMark(environment: string): string {
  return `<!-- container-network-labs preview of ${environment} -->`;
}

/**
 * The report as GitHub shows it, kept below a size: what comes last is of the least importance, and is the first to be cut
 * or left out, which is said in its place.
 */
export function toMarkdown(
  environment: string,
  headline: string,
  sections: readonly Section[],
  limit = COMMENT_LIMIT,
): string {
  const head = `${title(environment)}${inText(headline)}\n`;
  const notes = sections.map((section) => `\n### ${escaped(section.title)}\n\n_${LEFT_OUT}_\n`);
  let left = limit - head.length - notes.reduce((sum, note) => sum + note.length, 0);
  const parts = sections.map((section, i) => {
    const part = fitting(section, left + notes[i].length) ?? notes[i];
    left -= part.length - notes[i].length;
    return part;
  });
  return head + parts.join("");
}

/** The report on settings that are refused, with what the program says of them. */
export function refusalMarkdown(environment: string, message: string, limit = COMMENT_LIMIT): string {
  const head = `${title(environment)}The settings are refused, so nothing can be brought about.\n\n`;
  return head + fenced("text", message.slice(0, limit - head.length - 100));
}

function title(environment: string): string {
  return `${commentMark(environment)}\n\n## Preview of ${escaped(environment)}\n\n`;
}

const LEFT_OUT = "Left out: there is no room for it in a comment.";

function fitting({ title: name, lines, block }: Section, room: number): string | undefined {
  const heading = `\n### ${escaped(name)}\n\n`;
  if (block !== undefined) {
    const whole = `${heading}<details><summary>${escaped(block.summary)}</summary>\n\n${fenced(block.language, block.text)}\n</details>\n`;
    return whole.length <= room ? whole : undefined;
  }
  const items = lines.map(item);
  const whole = heading + items.join("");
  if (whole.length <= room) {
    return whole;
  }
  const cut = (kept: number): string =>
    `${heading}${items.slice(0, kept).join("")}- _and ${items.length - kept} more, cut for their length_\n`;
  let kept = 0;
  let size = cut(items.length).length - items.join("").length + 10;
  while (kept < items.length && size + items[kept].length <= room) {
    size += items[kept++].length;
  }
  return kept === 0 ? undefined : cut(kept);
}

function item({ mark, text }: Line): string {
  return `- **${escaped(mark)}** ${inText(text)}\n`;
}

/** A fence that nothing in the text can close. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}\n`;
}

/** Names may hold what means something to Markdown. A command between backticks is the report's own. */
function inText(text: string): string {
  return text
    .split(/(`verify`)/)
    .map((part) => (part === "`verify`" ? part : escaped(part)))
    .join("");
}

/** Neither Markdown nor HTML, no mention of a person or an issue, and on one line. */
function escaped(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\`*_[\]|~]/g, "\\$&")
    .replace(/[@#](?=\w)/g, "$&\u200b");
}
