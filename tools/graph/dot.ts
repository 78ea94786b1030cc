import type { Attributes, Edge as DotEdge, Graph, Node, Subgraph } from "@viz-js/viz" with { "resolution-mode": "import" };
import type { Edge, HostBox, NetworkBox, Picture, Stack } from "./picture";
import type { Sized } from "./sizes";

/** Of the line over containers that share a network stack, of the gap between them, and around them, in pixels. */
export const STACK_HEADER = 24;
export const STACK_GAP = 8;

/** Graphviz's inch, in pixels. */
const INCH = 72;

/** Diameter of the dot by which a network is joined from outside its box. */
const SOCKET = 8;

type Sizes = ReadonlyMap<string, Sized>;

/** Name of the dot by which a network is joined from outside its box. */
export function socketOf(network: string): string {
  return `${network}-socket`;
}

/** What Graphviz is to lay out: boxes of a fixed size in clusters, from left to right. */
export function dotOf({ hosts, outside, edges }: Picture, sizes: Sizes): Graph {
  const joined = new Set(edges.filter(({ kind }) => kind === "endpoint").map(({ to }) => to));
  const nodeOf = new Map(
    [...hosts, ...hosts.flatMap(({ networks }) => networks)]
      .flatMap(({ stacks }) => stacks)
      .flatMap(({ id, containers }) => containers.map((container) => [container.id, id])),
  );
  return {
    graphAttributes: { rankdir: "LR", nodesep: 0.3, ranksep: 0.7, newrank: true, pad: 0, remincross: true },
    nodeAttributes: { shape: "box", fixedsize: true, label: "" },
    edgeAttributes: { arrowsize: 0.8 },
    nodes: outside.map(({ id }) => box(id, sizes)),
    subgraphs: hosts.map((host) => hostCluster(host, sizes, joined)),
    edges: edges.map((edge) => dotEdge(edge, sizes, nodeOf)),
  };
}

function hostCluster({ id, networks, stacks, ports }: HostBox, sizes: Sizes, joined: ReadonlySet<string>): Subgraph {
  return cluster(id, sizes, 20, {
    nodes: [...ports.map((port) => box(port.id, sizes)), ...stacks.map((stack) => stackNode(stack, sizes))],
    subgraphs: networks.map((network) => networkCluster(network, sizes, joined.has(network.id))),
  });
}

function networkCluster({ id, stacks }: NetworkBox, sizes: Sizes, joined: boolean): Subgraph {
  // Graphviz leaves a cluster out that has nothing in it.
  const socket = joined || stacks.length === 0;
  return cluster(id, sizes, 16, {
    nodes: [...(socket ? [fixed(socketOf(id), SOCKET, SOCKET)] : []), ...stacks.map((stack) => stackNode(stack, sizes))],
  });
}

function cluster(id: string, sizes: Sizes, margin: number, content: Subgraph): Subgraph {
  const { width, height } = sizes.get(id)!;
  return {
    name: `cluster_${id}`,
    graphAttributes: { label: spacer(width, height), labeljust: "l", margin },
    ...content,
  };
}

/** Containers that share a network stack are one node, whose edges go to the container that they mean. */
function stackNode({ id, containers }: Stack, sizes: Sizes): Node {
  if (containers.length === 1) {
    const { width, height } = sizes.get(containers[0]!.id)!;
    return fixed(id, width, height);
  }
  const { width } = sizes.get(containers[0]!.id)!;
  const row = (height: number, port = ""): string =>
    `<TR>${cell(STACK_GAP, height)}${cell(width, height, port)}${cell(STACK_GAP, height)}</TR>`;
  const rows = containers.map((container) => row(sizes.get(container.id)!.height, container.id) + row(STACK_GAP));
  return { name: id, attributes: { shape: "plain", fixedsize: false, label: table(row(STACK_HEADER) + rows.join("")) } };
}

function dotEdge({ id, from, to, kind }: Edge, sizes: Sizes, nodeOf: ReadonlyMap<string, string>): DotEdge {
  const { width, height, lines } = sizes.get(id)!;
  const attributes: Attributes = {
    id,
    ...(nodeOf.has(from) ? { tailport: from } : {}),
    ...(nodeOf.has(to) ? { headport: to } : {}),
    ...(lines.length === 0 ? {} : { label: spacer(width, height) }),
    // What must not be is no reason to stand in any order.
    ...(kind === "must-not" ? { constraint: false } : {}),
  };
  const head = kind === "endpoint" ? socketOf(to) : (nodeOf.get(to) ?? to);
  return { tail: nodeOf.get(from) ?? from, head, attributes };
}

function box(id: string, sizes: Sizes): Node {
  const { width, height } = sizes.get(id)!;
  return fixed(id, width, height);
}

function fixed(name: string, width: number, height: number): Node {
  return { name, attributes: { width: width / INCH, height: height / INCH } };
}

/** Keeps room free, in which Graphviz writes nothing: it would measure letters in fonts of its own. */
function spacer(width: number, height: number): { html: string } {
  return table(`<TR>${cell(width, height)}</TR>`);
}

function table(rows: string): { html: string } {
  return { html: `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">${rows}</TABLE>` };
}

function cell(width: number, height: number, port = ""): string {
  return `<TD FIXEDSIZE="TRUE" WIDTH="${width}" HEIGHT="${height}" PORT="${port}"></TD>`;
}
