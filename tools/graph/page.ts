import { escapeXml } from "./escape";
import { signs, summary } from "./marks";
import type { CheckRow, Picture } from "./picture";
import { fonts, schemes } from "./style";

const columns = ["lab", "check", "kind", "from", "to", "status", "detail", "ms"] as const;

const style =
  schemes(":root") +
  ":root{color-scheme:light dark}" +
  `body{margin:0;padding:24px;background:var(--paper);color:var(--ink);font:14px/1.45 ${fonts.sans}}` +
  "main{max-width:1400px;margin:0 auto}" +
  ".unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}" +
  ".picture{overflow-x:auto;border:1px solid var(--host-line);border-radius:10px}" +
  ".picture svg{display:block;max-width:100%;height:auto;min-width:860px;margin:0 auto}" +
  "h2{font-size:17px;margin:28px 0 8px}" +
  ".table{overflow-x:auto}" +
  "table{border-collapse:collapse;width:100%}" +
  "th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid var(--host-line)}" +
  "th{color:var(--muted);font-weight:600}" +
  `td.from,td.to,td.ms{font:12.5px/1.6 ${fonts.mono}}` +
  "td.detail{overflow-wrap:anywhere;color:var(--muted)}" +
  ".ms{text-align:right;padding-right:0}" +
  ".lab,.kind,.from,.status{white-space:nowrap}" +
  ".status{font-weight:600}" +
  "td.pass{color:var(--pass)}td.fail{color:var(--fail)}td.error{color:var(--error)}";

/** Writes a page with the picture and the checks that works offline and without scripts. The SVG is {@link toSvg}'s. */
export function toPage(picture: Picture, svg: string): string {
  const title = `Environment ${picture.environment}`;
  return [
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n`,
    // Whatever a name may hold: nothing is loaded and nothing is run.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">\n`,
    `<link rel="icon" href="data:,">\n`,
    `<title>${escapeXml(title)}</title>\n<style>${style}</style>\n</head>\n<body>\n<main>\n`,
    // The picture shows both, and is no heading.
    `<h1 class="unseen">${escapeXml(title)}: ${escapeXml(summary(picture))}</h1>\n`,
    `<div class="picture">\n${svg}</div>\n`,
    `<h2>Checks</h2>\n<div class="table">\n<table>\n`,
    `<thead><tr>${columns.map((name) => `<th scope="col" class="${name}">${name}</th>`).join("")}</tr></thead>\n`,
    `<tbody>\n${picture.checks.map(row).join("")}</tbody>\n</table>\n</div>\n</main>\n</body>\n</html>\n`,
  ].join("");
}

function row({ lab, name, kind, from, to, status, detail, ms }: CheckRow): string {
  const cells = {
    lab,
    check: name,
    kind,
    from,
    to,
    status: "",
    detail,
    ms: ms === undefined ? "" : String(Math.round(ms)),
  };
  const shown = status === undefined ? "not proved" : `${signs[status]} ${status}`;
  const texts = { ...cells, status: shown };
  return `<tr>${columns
    .map((column) => {
      const kinds = column === "status" ? `status ${status ?? ""}`.trim() : column;
      return `<td class="${kinds}">${escapeXml(texts[column])}</td>`;
    })
    .join("")}</tr>\n`;
}
