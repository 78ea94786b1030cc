/** A place in the picture, in pixels from the top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An edge's line. */
export interface Spline {
  /** Of cubic Bézier curves, each of which begins where the one before ends. */
  readonly points: readonly Point[];
  /** What the arrow points at. */
  readonly tip: Point;
}

const STEPS = 24;

/** Between two arrows that would point at the same place, in pixels. */
const APART = 11;

/** The spline's point at about this place's height or side, where it has one near it. */
export function nearestTo({ x, y }: Point, { points }: Spline, reach = 20): Point {
  const along = Array.from({ length: Math.floor((points.length - 1) / 3) }, (_, i) =>
    points.slice(3 * i, 3 * i + 4),
  ).flatMap((curve) => Array.from({ length: STEPS + 1 }, (_, step) => bezier(curve, step / STEPS)));
  const distance = (point: Point): number => Math.abs(point.x - x);
  const nearest = along.reduce((best, each) => (distance(each) < distance(best) ? each : best));
  return distance(nearest) < reach ? nearest : { x, y };
}

function bezier([a, b, c, d]: readonly Point[], t: number): Point {
  const mix = (axis: "x" | "y"): number =>
    (1 - t) ** 3 * a[axis] + 3 * (1 - t) ** 2 * t * b[axis] + 3 * (1 - t) * t ** 2 * c[axis] + t ** 3 * d[axis];
  return { x: mix("x"), y: mix("y") };
}

/** Moves arrows apart that point at one place, each to the side that it comes from. */
export function spread(splines: ReadonlyMap<string, Spline>): ReadonlyMap<string, Spline> {
  const byTip = new Map<string, string[]>();
  for (const [id, { tip }] of splines) {
    const place = `${tip.x},${tip.y}`;
    byTip.set(place, [...(byTip.get(place) ?? []), id]);
  }
  const moved = new Map(splines);
  for (const ids of byTip.values()) {
    const comingFrom = (id: string): number => splines.get(id)!.points.at(-4)!.y;
    const sorted = [...ids].sort((a, b) => comingFrom(a) - comingFrom(b));
    sorted.forEach((id, i) => moved.set(id, shiftedEnd(splines.get(id)!, (i - (ids.length - 1) / 2) * APART)));
  }
  return moved;
}

function shiftedEnd({ points, tip }: Spline, by: number): Spline {
  const down = ({ x, y }: Point): Point => ({ x, y: y + by });
  return { points: [...points.slice(0, -2), ...points.slice(-2).map(down)], tip: down(tip) };
}
