import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../components/checks/expectation";
import { toMermaid } from "./mermaid";
import { toPage } from "./page";
import { type Drawable, type Picture, pictureOf } from "./picture";

/** To be raised when an SVG is drawn another way: those that were drawn before are then no longer good. */
const DRAWING = 2;

/** Paths of the files that hold the picture. */
export interface PictureFiles {
  readonly mermaid: string;
  readonly svg: string;
  readonly html: string;
}

/**
 * Writes the picture of what is declared, with the checks of a report where there is one, as topology.mmd, topology.svg
 * and topology.html into a folder. An SVG that shows the same already is kept: the layout is what takes time.
 */
export async function writePictures(folder: string, declared: Drawable, report?: Report): Promise<PictureFiles> {
  const file = (ending: string): string => join(folder, `topology.${ending}`);
  const files = { mermaid: file("mmd"), svg: file("svg"), html: file("html") };
  const picture = pictureOf(declared, report);
  // What is loaded for a drawing takes as long as the drawing.
  const draw = (): Promise<string> => (require("./svg") as typeof import("./svg")).toSvg(picture);
  const svg = await drawnAlready(files.svg, picture, draw);
  mkdirSync(folder, { recursive: true });
  writeFileSync(files.mermaid, toMermaid(picture));
  writeFileSync(files.svg, svg);
  writeFileSync(files.html, toPage(picture, svg));
  return files;
}

/** The SVG in the file if that was drawn from the same, which its last line tells; else a new one. */
async function drawnAlready(file: string, picture: Picture, draw: () => Promise<string>): Promise<string> {
  // Of the checks, an SVG shows no more than how many there are of each status.
  const shown = { ...picture, checks: picture.checks.map(({ status }) => status ?? "") };
  const digest = createHash("sha256")
    .update(JSON.stringify([DRAWING, shown]))
    .digest("hex");
  const mark = `<!-- drawn from ${digest} -->\n`;
  const before = read(file);
  return before.endsWith(mark) ? before : (await draw()) + mark;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
