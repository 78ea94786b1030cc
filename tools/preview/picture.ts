import type { PlacedExpectation } from "../../components/checks/expectation";
import type { HostTopology, Topology } from "../../components/network/topology";
import { toMermaid } from "../graph/mermaid";
import {
  type Edge,
  type HostBox,
  type NetworkBox,
  type OutsideBox,
  type Picture,
  pictureOf,
  type Stack,
} from "../graph/picture";

type Mark = "added" | "removed" | "changed";

/** As of the picture itself, colours for both of GitHub's backgrounds. */
const styles: Readonly<Record<Mark, string>> = {
  added: "stroke:#2da44e,stroke-width:4px",
  removed: "stroke:#cf222e,stroke-width:3px,stroke-dasharray:8 4",
  changed: "stroke:#bf8700,stroke-width:4px",
};

interface Declared {
  readonly topology: Topology;
  readonly expectations: readonly PlacedExpectation[];
}

/**
 * The labs that a change touches, before and after in one picture: what comes is green and has a +, what goes is red and
 * has a −. Undefined where nothing of what is drawn changes.
 */
export function toMarkedMermaid(before: Declared | undefined, after: Declared): string | undefined {
  const was = before ?? { topology: { ...after.topology, hosts: [] }, expectations: [] };
  const touched = touchedLabs(was, after);
  const { picture, marks, edgeMarks } = merged(pictureOf(only(was, touched)), pictureOf(only(after, touched)));
  if (marks.size === 0 && edgeMarks.every((mark) => mark === undefined)) {
    return undefined;
  }
  const of = (mark: Mark) => ({
    boxes: [...marks].filter(([, each]) => each === mark).map(([id]) => id),
    edges: edgeMarks.flatMap((each, i) => (each === mark ? [i] : [])),
  });
  const lines = (Object.keys(styles) as Mark[]).flatMap((mark) => {
    const { boxes, edges } = of(mark);
    return [
      ...(boxes.length === 0 ? [] : [`  classDef ${mark} ${styles[mark]}`, `  class ${boxes.join(",")} ${mark}`]),
      ...(edges.length === 0 ? [] : [`  linkStyle ${edges.join(",")} ${styles[mark]}`]),
    ];
  });
  return `${toMermaid(picture)}${lines.map((line) => `${line}\n`).join("")}`;
}

/** Labs that are not on a host what they were, as `host lab`. */
function touchedLabs(was: Declared, is: Declared): Set<string> {
  const known = (declared: Declared) =>
    new Map(
      declared.topology.hosts.flatMap((host) =>
        host.labs.map((lab): [string, string] => [
          keyOf(host, lab.lab),
          JSON.stringify([lab, declared.expectations.filter((each) => each.lab === lab.lab && each.at === host.name)]),
        ]),
      ),
    );
  const [a, b] = [known(was), known(is)];
  return new Set([...a.keys(), ...b.keys()].filter((key) => a.get(key) !== b.get(key)));
}

function only({ topology, expectations }: Declared, touched: ReadonlySet<string>): Declared {
  const hosts = topology.hosts
    .map((host) => ({ ...host, labs: host.labs.filter(({ lab }) => touched.has(keyOf(host, lab))) }))
    .filter(({ labs }) => labs.length > 0);
  return {
    topology: { ...topology, hosts },
    expectations: expectations.filter(({ lab, at }) => touched.has(keyOf({ name: at }, lab))),
  };
}

function keyOf({ name }: Pick<HostTopology, "name">, lab: string): string {
  return JSON.stringify([name, lab]);
}

interface Merged {
  readonly picture: Picture;
  /** Of boxes, by their id. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** In the order of the edges. */
  readonly edgeMarks: readonly (Mark | undefined)[];
}

/** Puts what is in one picture alone beside what is in both. Boxes are the same if their names and places are. */
function merged(was: Picture, is: Picture): Merged {
  const marks = new Map<string, Mark>();
  /** Ids of the picture before by those of the merged one. */
  const same = new Map<string, string>();

  const both = <T extends { readonly id: string }>(
    before: readonly T[],
    after: readonly T[],
    key: (box: T) => string,
    join: (before: T | undefined, after: T | undefined) => T,
  ): T[] => {
    const known = new Map(before.map((box) => [key(box), box]));
    const kept = new Set(after.map(key));
    const mark = (box: T, as: Mark): T => {
      marks.set(box.id, as);
      return box;
    };
    return [
      ...after.map((box) => {
        const earlier = known.get(key(box));
        if (earlier === undefined) {
          return mark(join(undefined, box), "added");
        }
        same.set(earlier.id, box.id);
        return join(earlier, box);
      }),
      ...before
        .filter((box) => !kept.has(key(box)))
        .map((box) => {
          const id = `was_${box.id}`;
          same.set(box.id, id);
          return mark({ ...join(box, undefined), id }, "removed");
        }),
    ];
  };
  const stacks = (before: readonly Stack[] = [], after: readonly Stack[] = []): Stack[] =>
    both(
      before,
      after,
      ({ containers }) => containers.map(({ name }) => name).join(),
      (a, b) => ({
        ...(b ?? a!),
        containers: both(
          a?.containers ?? [],
          b?.containers ?? [],
          ({ name }) => name,
          (one, other) => (one && other ? moved(one, other, "address") : (other ?? one!)),
        ),
      }),
    );
  const moved = <T extends { readonly id: string }>(a: T, b: T, ...keys: (keyof T)[]): T => {
    const changed = keys.filter((key) => a[key] !== b[key]);
    if (changed.length > 0) {
      marks.set(b.id, "changed");
    }
    return { ...b, ...Object.fromEntries(changed.map((key) => [key, `${String(a[key])} → ${String(b[key])}`])) };
  };
  const networks = (before: readonly NetworkBox[] = [], after: readonly NetworkBox[] = []): NetworkBox[] =>
    both(
      before,
      after,
      ({ name }) => name,
      (a, b) => ({
        ...(a && b ? moved(a, b, "subnet", "gateway", "ipRange", "bridge") : (b ?? a!)),
        stacks: stacks(a?.stacks, b?.stacks),
      }),
    );
  const hosts = both(
    was.hosts,
    is.hosts,
    ({ name }) => name,
    (a, b): HostBox => ({
      ...(b ?? a!),
      networks: networks(a?.networks, b?.networks),
      stacks: stacks(a?.stacks, b?.stacks),
      ports: both(
        a?.ports ?? [],
        b?.ports ?? [],
        ({ name }) => name,
        (one, other) => other ?? one!,
      ),
    }),
  );
  const outside = both(
    was.outside,
    is.outside,
    ({ name, inside }) => JSON.stringify([name, inside && (nameOf(was, is, inside) ?? inside)]),
    (a, b): OutsideBox => b ?? { ...a!, ...(a!.inside && { inside: same.get(a!.inside) ?? a!.inside }) },
  );
  // What is outside is there before and after, and a network stack of a single container is not drawn.
  const all = hosts.flatMap((host) => [...host.stacks, ...host.networks.flatMap((network) => network.stacks)]);
  const undrawn = [...outside, ...all.filter(({ containers }) => containers.length === 1)];
  undrawn.forEach(({ id }) => marks.delete(id));
  const edges = mergedEdges(
    was.edges.map((edge) => ({ ...edge, from: same.get(edge.from)!, to: same.get(edge.to)! })),
    is.edges,
  );
  return {
    picture: { ...is, hosts, outside, edges: edges.map(({ edge }) => edge), checks: [] },
    marks,
    edgeMarks: edges.map(({ mark }) => mark),
  };
}

function nameOf(was: Picture, is: Picture, host: string): string | undefined {
  return [...was.hosts, ...is.hosts].find(({ id }) => id === host)?.name;
}

function mergedEdges(before: readonly Edge[], after: readonly Edge[]): { edge: Edge; mark?: Mark }[] {
  const key = ({ from, to, kind }: Edge): string => JSON.stringify([from, to, kind]);
  const known = new Map(before.map((edge) => [key(edge), edge]));
  const kept = new Set(after.map(key));
  return [
    ...after.map((edge) => {
      const earlier = known.get(key(edge));
      if (earlier === undefined) {
        return { edge: signed(edge, "+"), mark: "added" as const };
      }
      const texts = (each: Edge): string[] => each.relations.map(({ text }) => text);
      const gained = edge.relations.filter(({ text }) => !texts(earlier).includes(text));
      const lost = earlier.relations.filter(({ text }) => !texts(edge).includes(text));
      const left = edge.relations.filter((relation) => !gained.includes(relation));
      const relations = [...left, ...signed({ ...edge, relations: gained }, "+").relations];
      const all = [...relations, ...signed({ ...edge, relations: lost }, "−").relations];
      return gained.length + lost.length === 0
        ? { edge }
        : { edge: { ...edge, relations: all }, mark: "changed" as const };
    }),
    ...before
      .filter((edge) => !kept.has(key(edge)))
      .map((edge) => ({ edge: signed(edge, "−"), mark: "removed" as const })),
  ];
}

function signed(edge: Edge, sign: "+" | "−"): Edge {
  return { ...edge, relations: edge.relations.map((relation) => ({ ...relation, text: `${sign} ${relation.text}` })) };
}
