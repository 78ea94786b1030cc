import { deepEqual, ok } from "node:assert/strict";
import type { PlacedExpectation } from "../../../components/checks/expectation";
import { type Laid, layOut } from "../../../tools/graph/layout";
import { pictureOf } from "../../../tools/graph/picture";
import { containerSpec, networkSpec, range, type Sample } from "./support";

/** Networks of peers, each of which must, or must not, reach each so-many-eth other, wherever that is. */
function crossedSample(networks: number, peers: number, step: number): Sample {
  const specs = range(networks).map((n) => networkSpec(`mesh${n}`, `10.0.${n}`));
  const containers = specs.flatMap(({ name }, n) =>
    range(peers).map((c) => containerSpec("peer", name, `10.0.${n}.${c + 1}`, c)),
  );
  const expectations = containers.flatMap(({ name: from }, i) =>
    range(Math.ceil(containers.length / step) - 1).map((times): PlacedExpectation => {
      const other = i + (times + 1) * step;
      const { name, endpoints } = containers[other % containers.length];
      const to = { host: endpoints[0].address, port: 80 };
      const stated = { lab: "many", at: "local", name: `${from} to ${name}`, from, to };
      return other % 2 === 0 ? { ...stated, kind: "reach" } : { ...stated, kind: "no-reach", control: to };
    }),
  );
  const labs = [{ lab: "many", networks: specs, containers }];
  return {
    topology: { environment: "crossed", hosts: [{ name: "local", kind: "local", os: "linux", labs }] },
    expectations,
  };
}

function overlap(a: Laid, b: Laid): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe("the layout", () => {
  for (const [networks, peers, step] of [
    [3, 2, 3],
    [3, 3, 1],
    [2, 6, 2],
  ] as const) {
    it(`keeps labels off each other and off containers: ${networks} networks of ${peers}, each to each ${step}.`, async () => {
      const { topology, expectations } = crossedSample(networks, peers, step);
      const picture = pictureOf({ topology, expectations });
      const { boxes, edges } = await layOut(picture);
      const labels = [...edges].flatMap(([id, { label }]) => (label === undefined ? [] : [[id, label] as const]));
      const containers = picture.hosts[0].networks
        .flatMap(({ stacks }) => stacks)
        .flatMap((stack) => stack.containers)
        .map(({ id }) => [id, boxes.get(id)!] as const);
      ok(labels.length >= 6 && containers.length === networks * peers);
      const covered = labels.flatMap(([id, label], i) =>
        [...labels.slice(0, i), ...containers]
          .filter(([, other]) => overlap(label, other))
          .map(([other]) => `${id} ${other}`),
      );
      deepEqual(covered, []);
    });
  }

  it("gives a host and a network room though nothing is in them", async () => {
    const empty = { name: "empty", kind: "local", os: "linux", labs: [] } as const;
    const lab = { lab: "many", networks: [networkSpec("alone", "10.0.0")], containers: [] };
    const picture = pictureOf({
      topology: { environment: "bare", hosts: [empty, { ...empty, name: "next", labs: [lab] }] },
      expectations: [],
    });
    const { boxes } = await layOut(picture);
    const [first, next] = picture.hosts.map(({ id }) => boxes.get(id)!);
    const alone = boxes.get(picture.hosts[1].networks[0].id)!;
    for (const { width, height } of [first, next, alone]) {
      ok(width > 100 && height > 30, `${width} × ${height}`);
    }
    ok(!overlap(first, next));
  });
});
