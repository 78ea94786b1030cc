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
import type { Picture } from "./picture";
import { fit, LINE_HEIGHT, type Line, lineWidth, MARK_WIDTH } from "./text";

/** Between a box's border and what is written in it, in pixels. */
export const PADDING = 12;

/** Between the end of an edge's label and the edge. */
const LABEL_PADDING = 6;

const NARROWEST = 150;
const WIDEST = 340;
const WIDEST_HEADER = 420;

/** What is written, each line short enough, and the room that it takes, in pixels. */
export interface Sized {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
}

/** The room for each box and label, by id. Containers are of one width, so that their columns align. */
export function sizesOf({ cloud, hosts, outside, edges }: Picture): ReadonlyMap<string, Sized> {
  const networks = hosts.flatMap((host) => host.networks);
  const stacks = [...hosts, ...networks].flatMap((each) => each.stacks);
  const headers = networks.map((network) => [network.id, sized(networkLines(network), WIDEST_HEADER)] as const);
  // As wide as what is written above the first column, so that edges beside that cross no text.
  const column = Math.min(WIDEST, Math.max(NARROWEST, ...headers.map(([, { width }]) => width - PADDING)));
  return new Map([
    ...(cloud === undefined ? [] : sizesOfCloud(cloud)),
    ...ofOneWidth(
      stacks.flatMap(({ containers }) => containers).map((box) => [box.id, containerLines(box)]),
      column,
    ),
    ...ofOneWidth(
      outside.map((box) => [box.id, outsideLines(box)]),
      NARROWEST,
    ),
    ...hosts.flatMap(({ ports }) => ports).map((port) => [port.id, sized(portLines(port), WIDEST)] as const),
    ...hosts.map((host) => [host.id, sized(hostLines(host), WIDEST_HEADER)] as const),
    ...headers,
    ...edges.map((edge) => [edge.id, sized(edgeLines(edge), WIDEST, LABEL_PADDING)] as const),
  ]);
}

function sizesOfCloud(cloud: CloudBox): (readonly [string, Sized])[] {
  const { id, balancer } = cloud;
  return [
    [id, sized(cloudLines(cloud), WIDEST_HEADER)],
    [balancer.id, sized(balancerLines(balancer), WIDEST_HEADER)],
    ...balancer.endpoints.map((endpoint) => [endpoint.id, sized(endpointLines(endpoint), WIDEST)] as const),
  ];
}

function ofOneWidth(boxes: readonly (readonly [string, readonly Line[]])[], narrowest: number): [string, Sized][] {
  const sizes = boxes.map(([id, lines]) => [id, sized(lines, WIDEST)] as const);
  const width = Math.max(narrowest, ...sizes.map(([, size]) => size.width));
  return sizes.map(([id, size]) => [id, { ...size, width }]);
}

function sized(lines: readonly Line[], widest: number, padding = PADDING): Sized {
  const room = widest - 2 * padding;
  const fitting = lines.map((line) => ({
    ...line,
    text: fit(line.text, line.style, room - (line.status === undefined ? 0 : MARK_WIDTH)),
  }));
  return {
    width: Math.ceil(Math.max(0, ...fitting.map(lineWidth))) + 2 * padding,
    height: fitting.length * LINE_HEIGHT + 2 * (padding - 3),
    lines: fitting,
  };
}
