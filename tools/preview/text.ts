import { colours } from "../terminal/colours";
import type { Section } from "./sections";

/** The report for a terminal. What a reader would have to render is left to the other formats. */
export function toText(
  environment: string,
  headline: string,
  sections: readonly Section[],
  stream: NodeJS.WriteStream = process.stdout,
): string {
  const { bold } = colours(stream);
  const parts = sections
    .filter(({ block }) => block === undefined)
    .map(({ title, lines }) => {
      const width = Math.max(...lines.map(({ mark }) => mark.length));
      const rows = lines.map(({ mark, text }) => `  ${mark.padEnd(width)}  ${text.replaceAll("`", "")}\n`);
      return `\n${bold(title)}\n${rows.join("")}`;
    });
  return `${bold(`Preview of ${environment}`)}\n${headline.replaceAll("`", "")}\n${parts.join("")}`;
}
