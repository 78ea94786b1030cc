import type { Attributes, Edge as DotEdge, Graph, Node, Subgraph } from "@viz-js/viz" with {
  "resolution-mode": "import",
};
import type { CloudBox } from "./cloud";
import type { Edge, HostBox, NetworkBox, OutsideBox, Picture, PortBox, Stack } from "./picture";
import type { Sized } from "./sizes";

/** Of the line over containers that share a network stack, of the gap between them, and around them, in pixels. */
export const STACK_HEADER = 24;
export const STACK_GAP = 8;

/** Room that Graphviz leaves below a cluster's label of its own accord. */
const HEADER_SLACK = 22;

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
export function dotOf(picture: Picture, sizes: Sizes): Graph {
  const { cloud, hosts, outside, edges } = picture;
  const joined = new Set(edges.filter(({ kind }) => kind === "endpoint").map(({ to }) => to));
  const stacks = stacksOf(picture);
  const nodeOf = new Map(stacks.flatMap(({ id, containers }) => containers.map((container) => [container.id, id])));
  const cells = new Set(
    stacks
      .filter(({ containers }) => containers.length > 1)
      .flatMap(({ containers }) => containers.map(({ id }) => id)),
  );
  const starting = startingColumn(picture, (box) => nodeOf.get(box) ?? box);
  const beside = outside.filter(({ inside }) => inside === undefined);
  const others = (id: string): OutsideBox[] => outside.filter(({ inside }) => inside === id);
  const shut = others(cloud?.balancer.id ?? "").map(({ id }) => id);
  const columns = [cloud === undefined ? [] : [...balancerNodes(cloud), ...shut], askers(picture), starting].filter(
    (names) => names.length > 0,
  );
  const clusters = hosts.map((host) => hostCluster(host, sizes, joined, others(host.id)));
  return {
    graphAttributes: { rankdir: "LR", nodesep: 0.2, ranksep: 0.7, newrank: true, pad: 0, remincross: true },
    nodeAttributes: { shape: "box", fixedsize: true, label: "" },
    edgeAttributes: { arrowsize: 0.8 },
    nodes: beside.map(({ id }) => box(id, sizes)),
    subgraphs: [
      ...(cloud === undefined ? clusters : [cloudCluster(cloud, clusters, sizes, others(cloud.balancer.id))]),
      ...columns.map(column),
    ],
    edges: [
      ...oneAfterTheOther(
        beside.slice(0, 1).map(({ id }) => id),
        ...columns,
      ),
      ...bottomUp(picture).map((edge) => dotEdge(edge, sizes, nodeOf, cells)),
    ],
  };
}

/** The load balancer stands before what it leads to. */
function cloudCluster(
  { id, balancer }: CloudBox,
  hosts: readonly Subgraph[],
  sizes: Sizes,
  others: readonly OutsideBox[],
): Subgraph {
  const boxes = [...balancer.endpoints, ...others].map((each) => box(each.id, sizes));
  const nodes = [...(balancer.endpoints.length === 0 ? [socket(balancer.id)] : []), ...boxes];
  return cluster(id, sizes, 24, { subgraphs: [cluster(balancer.id, sizes, 16, { nodes }), ...hosts] });
}

function balancerNodes({ balancer }: CloudBox): string[] {
  const { id, endpoints } = balancer;
  return endpoints.length === 0 ? [socketOf(id)] : endpoints.map((endpoint) => endpoint.id);
}

function hostCluster(
  { id, networks, stacks, ports }: HostBox,
  sizes: Sizes,
  joined: ReadonlySet<string>,
  others: readonly OutsideBox[],
): Subgraph {
  const empty = networks.length + stacks.length + ports.length + others.length === 0;
  return cluster(id, sizes, 20, {
    nodes: [
      ...(empty ? [socket(id)] : []),
      ...[...ports, ...others].map((each) => box(each.id, sizes)),
      ...stacks.map((stack) => stackNode(stack, sizes)),
    ],
    subgraphs: networks.map((network) => networkCluster(network, sizes, joined.has(network.id))).reverse(),
  });
}

function networkCluster({ id, stacks }: NetworkBox, sizes: Sizes, joined: boolean): Subgraph {
  return cluster(id, sizes, 16, {
    nodes: [...(joined || stacks.length === 0 ? [socket(id)] : []), ...stacks.map((stack) => stackNode(stack, sizes))],
  });
}

/** Also what an empty box holds, for Graphviz leaves a cluster out that has nothing in it. */
function socket(id: string): Node {
  return fixed(socketOf(id), SOCKET, SOCKET);
}

function cluster(id: string, sizes: Sizes, margin: number, content: Subgraph): Subgraph {
  const { width, height } = sizes.get(id)!;
  return {
    name: `cluster_${id}`,
    graphAttributes: { label: spacer(width, height - HEADER_SLACK), labeljust: "l", margin },
    ...content,
  };
}

/** Containers that share a network stack are one node, whose edges go to the container that they mean. */
function stackNode({ id, containers }: Stack, sizes: Sizes): Node {
  const cells = containers.map((container) => ({ port: container.id, ...sizes.get(container.id)! }));
  const { width, height } = cells[0];
  if (cells.length === 1) {
    return fixed(id, width, height);
  }
  const gap = row(width, STACK_GAP);
  const rows = cells.map((cell) => row(width, cell.height, cell.port) + gap);
  const label = table(row(width, STACK_HEADER) + rows.join(""));
  return { name: id, attributes: { shape: "plain", fixedsize: false, label } };
}

function dotEdge(
  { id, from, to, kind }: Edge,
  sizes: Sizes,
  nodeOf: ReadonlyMap<string, string>,
  cells: ReadonlySet<string>,
): DotEdge {
  const { width, height, lines } = sizes.get(id)!;
  const attributes: Attributes = {
    id,
    ...(cells.has(from) ? { tailport: `${from}:_` } : {}),
    ...(cells.has(to) ? { headport: `${to}:_` } : {}),
    ...(lines.length === 0 ? {} : { label: spacer(width, height) }),
    // From its side it keeps clear of what is written above and below the box.
    ...(kind === "must-not" ? { weight: 0, tailport: cells.has(from) ? `${from}:e` : "e" } : {}),
  };
  const head = kind === "endpoint" ? socketOf(to) : (nodeOf.get(to) ?? to);
  return { tail: nodeOf.get(from) ?? from, head, attributes };
}

/** What is on a host, in no container, and asks. */
function askers({ outside, edges }: Picture): string[] {
  const asking = new Set(edges.map(({ from }) => from));
  return outside.flatMap(({ id, inside }) => (inside !== undefined && asking.has(id) ? [id] : []));
}

/** What nothing leads to but from outside, as declared; each published port before the network that it leads into. */
function startingColumn({ hosts, edges }: Picture, nodeOf: (box: string) => string): string[] {
  const led = new Set(edges.map(({ to }) => nodeOf(to)));
  const ids = (stacks: readonly Stack[]): string[] => stacks.map(({ id }) => id);
  const into = (port: PortBox, stacks: readonly Stack[]): boolean =>
    edges.some(({ from, to }) => from === port.id && ids(stacks).includes(nodeOf(to)));
  return hosts.flatMap(({ stacks, networks, ports }) =>
    [{ stacks }, ...networks].flatMap((area) => [
      ...ports.filter((port) => into(port, area.stacks)).map(({ id }) => id),
      ...ids(area.stacks).filter((id) => !led.has(id)),
    ]),
  );
}

/** Graphviz puts what it hears of first at the bottom, if nothing speaks against it. */
function bottomUp({ hosts, edges }: Picture): Edge[] {
  const boxes = hosts.flatMap(({ stacks, networks, ports }) => [
    ...ports.map(({ id }) => id),
    ...[{ stacks }, ...networks].flatMap((area) =>
      area.stacks.flatMap(({ containers }) => containers.map(({ id }) => id)),
    ),
  ]);
  const place = new Map(boxes.map((id, i) => [id, i]));
  const height = ({ from, to }: Edge): number => place.get(from) ?? place.get(to) ?? 0;
  return [...edges].sort((a, b) => height(b) - height(a));
}

function column(names: readonly string[]): Subgraph {
  return { graphAttributes: { rank: "same" }, nodes: names.map((name) => ({ name })) };
}

/** Lines that nobody sees, from the first of a column to each of the next. */
function oneAfterTheOther(...columns: readonly (readonly string[])[]): DotEdge[] {
  return columns
    .slice(1)
    .flatMap((names, i) => columns[i].slice(0, 1).flatMap((first) => names.map((name) => invisible(first, name))));
}

function invisible(tail: string, head: string): DotEdge {
  return { tail, head, attributes: { style: "invis", weight: 0 } };
}

function stacksOf({ hosts }: Picture): Stack[] {
  return hosts.flatMap(({ stacks, networks }) => [...stacks, ...networks.flatMap((network) => network.stacks)]);
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
  return table(row(width, height));
}

function table(rows: string): { html: string } {
  return { html: `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">${rows}</TABLE>` };
}

function row(width: number, height: number, port = ""): string {
  return `<TR><TD FIXEDSIZE="TRUE" WIDTH="${width}" HEIGHT="${height}" PORT="${port}"></TD></TR>`;
}
