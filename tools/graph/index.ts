import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlacedExpectation, Report } from "../../components/checks/expectation";
import type { Topology } from "../../components/network/topology";

/** Writes the topology's picture as topology.mmd, topology.svg and topology.html into a folder; returns their paths. */
export async function writePictures(
  folder: string,
  topology: Topology,
  _expectations: readonly PlacedExpectation[],
  _report?: Report,
): Promise<{ mermaid: string; svg: string; html: string }> {
  mkdirSync(folder, { recursive: true });
  const paths = {
    mermaid: join(folder, "topology.mmd"),
    svg: join(folder, "topology.svg"),
    html: join(folder, "topology.html"),
  };
  Object.values(paths).forEach((path) => writeFileSync(path, topology.environment));
  return paths;
}
