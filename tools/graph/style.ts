/**
 * Colours and fonts of the picture, in a light and a dark scheme. Everything is below the picture's own class, because
 * in the page the style sheet of an inline SVG is the whole page's.
 */
const light = {
  paper: "#ffffff",
  ink: "#1b2430",
  muted: "#5d6b7c",
  host: "#f4f6f9",
  "host-line": "#c3ccd8",
  network: "#e9f1fb",
  "network-line": "#9dbde4",
  box: "#ffffff",
  "box-line": "#93a1b3",
  port: "#fff4d6",
  "port-line": "#d5a52c",
  must: "#2f6fbd",
  "must-not": "#c5303a",
  pass: "#1d8348",
  fail: "#c5303a",
  error: "#a86400",
  "on-mark": "#ffffff",
};

const dark: typeof light = {
  paper: "#0f141b",
  ink: "#e6ebf2",
  muted: "#9aa8b9",
  host: "#161d27",
  "host-line": "#364354",
  network: "#16263c",
  "network-line": "#35578a",
  box: "#1e2936",
  "box-line": "#5c6b7e",
  port: "#3a2f12",
  "port-line": "#b98f2a",
  must: "#78aef0",
  "must-not": "#ff7b82",
  pass: "#4cc27d",
  fail: "#ff7b82",
  error: "#f0ad4e",
  "on-mark": "#0f141b",
};

const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif';
const MONO = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

function variables(colours: typeof light): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");
}

/** Colours as CSS variables of what the selector names, for either scheme. */
export function schemes(selector: string): string {
  return `${selector}{${variables(light)}}@media(prefers-color-scheme:dark){${selector}{${variables(dark)}}}`;
}

export const fonts = { sans: SANS, mono: MONO } as const;
