import type { CheckStatus } from "../../components/checks/expectation";

export type LineStyle = "title" | "plain" | "mono" | "must-not";

/** A line of text in a box, in pixels. Text without a status has no mark. */
export interface Line {
  readonly text: string;
  readonly style: LineStyle;
  readonly status?: CheckStatus;
}

/** Of the letters, in pixels. */
export const fontSize: Readonly<Record<LineStyle, number>> = { title: 13, plain: 11.5, mono: 11, "must-not": 11.5 };

/** From one line to the next. */
export const LINE_HEIGHT = 17;

/** Of a mark with the space after it. */
export const MARK_WIDTH = 17;

const MONO = 0.61;
const BOLD = 1.12;

/**
 * Widths of a character as parts of the font's size, none below those of DejaVu Sans, the widest of the fonts that a
 * system may have for `system-ui`. Which font will be there can't be known, and the picture must be the same everywhere.
 */
const widths: readonly (readonly [RegExp, number])[] = [
  [/[ijlI'|.,: ;]/, 0.35],
  [/[-frt/\\()[\]!{}"`*]/, 0.46],
  [/[mwMW%@]/, 1],
  [/[A-Z&+<=>#~^]/, 0.84],

  [/[\u0000-\u007f]/, 0.64],
];

/** The most that a text takes up, in pixels. */
export function textWidth(text: string, style: LineStyle): number {
  const size = fontSize[style];
  if (style === "mono") {
    return size * [...text].reduce((sum, character) => sum + (character.charCodeAt(0) < 0x2100 ? MONO : 2 * MONO), 0);
  }
  const units = [...text].reduce(
    (sum, character) => sum + (widths.find(([set]) => set.test(character))?.[1] ?? 1.3),
    0,
  );
  return units * size * (style === "title" ? BOLD : 1);
}

export function lineWidth({ text, style, status }: Line): number {
  return textWidth(text, style) + (status === undefined ? 0 : MARK_WIDTH);
}

/** A text that is no wider than this many pixels: what is too much is left out of its middle. */
export function fit(text: string, style: LineStyle, width: number): string {
  if (textWidth(text, style) <= width) {
    return text;
  }
  const characters = [...text];
  let kept = characters.length - 1;
  const shortened = (): string =>
    `${characters.slice(0, Math.ceil(kept / 2)).join("")}…${characters.slice(characters.length - Math.floor(kept / 2)).join("")}`;
  while (kept > 2 && textWidth(shortened(), style) > width) {
    kept--;
  }
  return shortened();
}
