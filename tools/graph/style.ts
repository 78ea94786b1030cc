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
  forward: "#7a4fb5",
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
  forward: "#b794f0",
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

/** The style sheet of the picture. */
export const pictureStyle =
  schemes(".topology") +
  `.topology{font:11.5px ${fonts.sans};color-scheme:light dark}` +
  ".topology text{fill:var(--ink)}" +
  ".topology .title{font-weight:650;font-size:13px}" +
  ".topology .plain{fill:var(--muted)}" +
  `.topology .mono{font:11px ${fonts.mono}}` +
  ".topology .heading{font-weight:650;font-size:19px}" +
  ".topology text.must-not{fill:var(--must-not)}" +
  ".topology .paper{fill:var(--paper)}" +
  ".topology .host>rect{fill:var(--host);stroke:var(--host-line)}" +
  ".topology .network>rect{fill:var(--network);stroke:var(--network-line)}" +
  ".topology .header text{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}" +
  ".topology .host.header text{stroke:var(--host)}" +
  ".topology .network.header text{stroke:var(--network)}" +
  ".topology .stack>rect{fill:none;stroke:var(--box-line);stroke-dasharray:4 3}" +
  ".topology .container>rect,.topology .outside>rect{fill:var(--box);stroke:var(--box-line)}" +
  ".topology .container>.many{stroke-opacity:.55}" +
  ".topology .port>rect{fill:var(--port);stroke:var(--port-line)}" +
  ".topology .edge{fill:none;stroke-width:1.6;stroke-linecap:round}" +
  ".topology .edge.must{stroke:var(--must)}" +
  ".topology .edge.must-not{stroke:var(--must-not);stroke-dasharray:.1 5;stroke-width:2.2}" +
  ".topology .edge.port{stroke:var(--port-line)}" +
  ".topology .edge.forward{stroke:var(--forward);stroke-dasharray:7 4;stroke-width:2}" +
  ".topology .edge.endpoint{stroke:var(--network-line)}" +
  ".topology .edge.fail{stroke:var(--fail);stroke-width:3}" +
  ".topology .arrow.must{fill:var(--must)}" +
  ".topology .arrow.fail{fill:var(--fail)}" +
  ".topology .arrow.must-not{fill:none;stroke:var(--must-not);stroke-width:2.2;stroke-linecap:round}" +
  ".topology .arrow.port{fill:var(--port-line)}" +
  ".topology .arrow.forward{fill:var(--forward)}" +
  ".topology .socket{fill:var(--network-line)}" +
  ".topology .label>rect{fill:var(--paper)}" +
  ".topology .mark circle{fill:var(--pass)}" +
  ".topology .mark.fail circle{fill:var(--fail)}" +
  ".topology .mark.error circle{fill:var(--error)}" +
  ".topology .mark path{fill:none;stroke:var(--on-mark);stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}";

/** What is added to that for a cloud. */
export const cloudStyle =
  ".topology .cloud>rect{fill:none;stroke:var(--muted);stroke-dasharray:7 5}" +
  ".topology .cloud.header text{stroke:var(--paper)}" +
  ".topology .balancer>rect{fill:var(--host);stroke:var(--port-line)}" +
  ".topology .balancer.header text{stroke:var(--host)}";
