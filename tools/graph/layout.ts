import { dotOf, STACK_GAP, STACK_HEADER } from "./dot";
import type { Picture, Stack } from "./picture";
import { type Sized, sizesOf } from "./sizes";
import { nearestTo, type Point, type Spline, spread } from "./splines";
import type { Line } from "./text";

/** A box or label: where it is, and what is written in it. */
export interface Laid extends Point {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
}

export interface LaidEdge extends Spline {
  readonly label?: Laid;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** By the id of the host, network, stack, container, port, or box outside. */
  readonly boxes: ReadonlyMap<string, Laid>;
  readonly edges: ReadonlyMap<string, LaidEdge>;
}

/** The parts of Graphviz's JSON that are of use here. Lengths are in points, or in inches where that is said. */
interface DotJson {
  readonly bb: string;
  readonly objects?: readonly { readonly name: string; readonly pos?: string; readonly bb?: string }[];
  readonly edges?: readonly { readonly id: string; readonly pos: string; readonly lp?: string }[];
}

/** Lays the picture out, by Graphviz. The same picture has the same layout on every machine. */
export async function layOut(picture: Picture): Promise<Layout> {
  // Only here, for it takes longer than all the rest.
  const { instance } = await import("@viz-js/viz");
  const sizes = sizesOf(picture);
  const viz = await instance();
  const { bb, objects = [], edges = [] } = viz.renderJSON(dotOf(picture, sizes), { yInvert: true }) as DotJson;
  const places = new Map(objects.map(({ name, pos, bb: area }) => [name, numbers(area ?? pos ?? "")]));
  const [x1, y1, x2, y2] = numbers(bb);
  const laid = new Map(boxes(picture, places, sizes));
  // Of a host or network, what is written at its top.
  const taken = [...laid].map(([id, box]) => ({ ...box, ...sizes.get(id) }));
  return {
    width: Math.abs(x2 - x1),
    height: Math.abs(y2 - y1),
    boxes: laid,
    edges: laidEdges(
      edges.filter(({ id }) => sizes.has(id)),
      sizes,
      taken,
    ),
  };
}

function* boxes(
  { cloud, hosts, outside }: Picture,
  places: ReadonlyMap<string, readonly number[]>,
  sizes: ReadonlyMap<string, Sized>,
): Generator<[string, Laid]> {
  const centred = (id: string): [string, Laid] => [id, around(centre(places.get(id)!), sizes.get(id)!)];
  const cluster = (id: string): [string, Laid] => {
    const [x1, y1, x2, y2] = places.get(`cluster_${id}`)! as [number, number, number, number];
    const [x, y] = [Math.min(x1, x2), Math.min(y1, y2)];
    return [id, { x, y, width: Math.abs(x2 - x1), height: Math.abs(y2 - y1), lines: sizes.get(id)!.lines }];
  };
  if (cloud !== undefined) {
    yield cluster(cloud.id);
    yield cluster(cloud.balancer.id);
    yield* cloud.balancer.endpoints.map(({ id }) => centred(id));
  }
  for (const { id, networks, stacks, ports } of hosts) {
    yield cluster(id);
    yield* networks.map((network) => cluster(network.id));
    yield* [...stacks, ...networks.flatMap((network) => network.stacks)].flatMap((stack) =>
      stackBoxes(stack, centre(places.get(stack.id)!), sizes),
    );
    yield* ports.map((port) => centred(port.id));
  }
  yield* outside.map(({ id }) => centred(id));
}

function stackBoxes({ id, containers }: Stack, place: Point, sizes: ReadonlyMap<string, Sized>): [string, Laid][] {
  const own = containers.map((container) => sizes.get(container.id)!);
  if (own.length === 1) {
    return [[containers[0].id, around(place, own[0])]];
  }
  const height = own.reduce((sum, size) => sum + size.height + STACK_GAP, STACK_HEADER);
  const text = containers.length === 2 ? "one network stack for both" : "one network stack for all";
  const lines: Line[] = [{ text, style: "plain" }];
  // Edges lead to the containers, so that what Graphviz knows of is without the frame's sides.
  const frame = around(place, { width: own[0].width + 2 * STACK_GAP, height, lines });
  let y = frame.y + STACK_HEADER;
  const inside = containers.map((container, i): [string, Laid] => {
    const laid = { ...own[i], x: frame.x + STACK_GAP, y };
    y += laid.height + STACK_GAP;
    return [container.id, laid];
  });
  return [[id, frame], ...inside];
}

/** Graphviz puts a label beside its edge. On it, it is plain whose it is; so it goes there if that place is free. */
function laidEdges(
  edges: NonNullable<DotJson["edges"]>,
  sizes: ReadonlyMap<string, Sized>,
  boxes: readonly Laid[],
): Map<string, LaidEdge> {
  const splines = spread(new Map(edges.map(({ id, pos }) => [id, splineOf(pos)])));
  const labels = new Map(
    edges.flatMap(({ id, lp }) => (lp === undefined ? [] : [[id, around(point(lp), sizes.get(id)!)] as const])),
  );
  for (const [id, label] of labels) {
    const moved = around(nearestTo(middle(label), splines.get(id)!), label);
    const taken = [...boxes, ...[...labels].flatMap(([other, each]) => (other === id ? [] : [each]))];
    if (!taken.some((each) => overlap(each, moved))) {
      labels.set(id, moved);
    }
  }
  return new Map(edges.map(({ id }) => [id, { ...splines.get(id)!, label: labels.get(id) }]));
}

function middle({ x, y, width, height }: Laid): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

function overlap(a: Laid, b: Laid): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Graphviz writes "e,x,y" for the arrow's tip, then the points. */
function splineOf(pos: string): Spline {
  const [tip, ...points] = pos.replace(/^e,/, "").trim().split(/\s+/).map(point);
  return { tip: tip, points };
}

function around({ x, y }: Point, size: Sized): Laid {
  return { ...size, x: x - size.width / 2, y: y - size.height / 2 };
}

function point(text: string): Point {
  return centre(numbers(text));
}

function centre([x, y]: readonly number[]): Point {
  return { x: x, y: y };
}

function numbers(text: string): number[] {
  return text.split(",").map(Number);
}
