import type { CloudBox } from "./cloud";
import {
  balancerLines,
  cloudLines,
  containerLines,
  edgeLines,
  endpointLines,
  hostLines,
  networkLines,
  outsideLines,
  portLines,
} from "./lines";
import { signs } from "./marks";
import type { Edge, EdgeKind, HostBox, NetworkBox, OutsideBox, Picture, Stack } from "./picture";
import type { Line } from "./text";

/** Colours that can be read on GitHub's light background and on its dark one. */
const styles: Readonly<Record<EdgeKind, string>> = {
  must: "stroke:#2f6fbd,stroke-width:2px",
  "must-not": "stroke:#d0454e,stroke-width:2px,stroke-dasharray:2 5",
  port: "stroke:#c7982a,stroke-width:2px",
  forward: "stroke:#7a4fb5,stroke-width:2px",
  endpoint: "stroke:#7d93b2,stroke-width:2px",
};

const arrows: Readonly<Record<EdgeKind, string>> = {
  must: "-->",
  "must-not": "-.-x",
  port: "-->",
  forward: "-.->",
  endpoint: "---",
};

/** Writes the picture as a Mermaid flowchart, as GitHub renders it. */
export function toMermaid({ cloud: around, hosts, outside, edges }: Picture): string {
  const inside = (id: string): OutsideBox[] => outside.filter((box) => box.inside === id);
  const boxes = hosts.flatMap((box) => host(box, inside(box.id)));
  const lines = [
    "flowchart LR",
    ...outside.filter((box) => box.inside === undefined).map((box) => `  ${outsideBox(box)}`),
    ...(around === undefined ? boxes : cloud(around, inside(around.balancer.id), boxes)),
    ...edges.map(edge),
    "  classDef facts stroke-dasharray:3 3",
    ...(Object.keys(styles) as EdgeKind[]).flatMap((kind) => linkStyle(kind, edges)),
  ];
  return `${lines.join("\n")}\n`;
}

/** As of a network, all but the title is a node. */
function cloud(box: CloudBox, others: readonly OutsideBox[], hosts: readonly string[]): string[] {
  const [title, ...facts] = cloudLines(box);
  const { id, endpoints } = box.balancer;
  const balancer = subgraph(id, balancerLines(box.balancer), [
    ...endpoints.map((endpoint) => `${endpoint.id}([${label(endpointLines(endpoint))}])`),
    ...others.map(outsideBox),
  ]);
  const first = [`${box.id}f[${label(facts)}]:::facts`, ...balancer];
  return [...subgraph(box.id, [title], first).slice(0, -1), ...hosts, "end"].map((line) => `  ${line}`);
}

function host(box: HostBox, others: readonly OutsideBox[]): string[] {
  return subgraph(box.id, hostLines(box), [
    ...others.map(outsideBox),
    ...box.ports.map((port) => `${port.id}([${label(portLines(port))}])`),
    ...box.networks.flatMap(network),
    ...box.stacks.flatMap(stack),
  ]).map((line) => `  ${line}`);
}

function outsideBox(box: OutsideBox): string {
  return `${box.id}[${label(outsideLines(box))}]`;
}

/** Mermaid keeps room for one line of a subgraph's title, and lets more lie on what is inside: the rest is a node. */
function network(box: NetworkBox): string[] {
  const [title, ...facts] = networkLines(box);
  return subgraph(box.id, [title], [`${box.id}f[${label(facts)}]:::facts`, ...box.stacks.flatMap(stack)]);
}

function stack({ id, containers }: Stack): string[] {
  const boxes = containers.map((box) => `${box.id}[${label(containerLines(box))}]`);
  return boxes.length === 1 ? boxes : subgraph(id, [{ text: "one network stack", style: "plain" }], boxes);
}

function subgraph(id: string, title: readonly Line[], content: readonly string[]): string[] {
  return [`subgraph ${id}[${label(title, " ")}]`, ...content.map((line) => `  ${line}`), "end"];
}

function edge({ from, to, kind, ...rest }: Edge): string {
  const lines = edgeLines({ from, to, kind, ...rest });
  return `  ${from} ${arrows[kind]}${lines.length === 0 ? "" : `|${label(lines)}|`} ${to}`;
}

function linkStyle(kind: EdgeKind, edges: readonly Edge[]): string[] {
  const links = edges.flatMap((each, i) => (each.kind === kind ? [i] : []));
  return links.length === 0 ? [] : [`  linkStyle ${links.join(",")} ${styles[kind]}`];
}

function label(lines: readonly Line[], between = "<br/>"): string {
  const texts = lines.map(({ text, style, status }) => {
    const mark = status === undefined ? "" : `${signs[status]} `;
    return style === "title" ? `<b>${mark}${escape(text)}</b>` : `${mark}${escape(text)}`;
  });
  return `"${texts.join(between)}"`;
}

/** By Mermaid's own entity codes. Whatever may mean something to Mermaid, to Markdown or to HTML is no longer itself. */
function escape(text: string): string {
  return [...text.replace(/\p{Surrogate}/gu, "\ufffd")]
    .map((character) => (/[\p{L}\p{N} .,:/()…×→_-]/u.test(character) ? character : `#${character.codePointAt(0)};`))
    .join("");
}
