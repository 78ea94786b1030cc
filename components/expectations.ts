import { placedOpenings } from "./azure/openings";
import type { PlacedExpectation } from "./checks/expectation";
import { visitorExpectations } from "./checks/visitor";
import { labs } from "./labs";
import type { Settings } from "./settings";

/** Everything that must hold in an environment. Pure: the same settings give the same expectations. */
export function expectationsOf({ placed, hosts, topology }: Settings): PlacedExpectation[] {
  const stated = placed.flatMap(({ lab, settings, host: { name: at, os } }) =>
    labs[lab]
      .expectations(settings, os, { host: at, hosts: topology.hosts })
      .map((each): PlacedExpectation => ({ lab, at, ...each })),
  );
  if (hosts.kind !== "scale-set") {
    return stated;
  }
  return [...stated, ...visitorExpectations(stated, placedOpenings(placed, labs), hosts.rehearsed)];
}
