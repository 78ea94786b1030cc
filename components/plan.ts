import { type Cost, costOf } from "./azure/costs";
import { placedOpenings, type PlacedOpening } from "./azure/openings";
import { pricedOf } from "./azure/priced";
import type { PlacedExpectation } from "./checks/expectation";
import { visitorExpectations } from "./checks/visitor";
import { labs } from "./labs";
import type { Topology } from "./network/topology";
import type { HostsSettings, Settings } from "./settings";

/** Who administers the hosts of a cloud: the sources that reach SSH and Docker on each of them. */
export interface Administration {
  /** Subnets in CIDR form. */
  readonly sources: readonly string[];
  readonly bastion: boolean;
}

/** What an environment's settings come to, before anything is asked or made. */
export interface Plan {
  readonly topology: Topology;
  /** In the order of the labs, and of each lab's hosts; then what visitors of a cloud find. */
  readonly expectations: readonly PlacedExpectation[];
  readonly openings: readonly PlacedOpening[];
  /** In a cloud only. */
  readonly administration?: Administration;
  /** What it is estimated to cost; in a cloud only. */
  readonly cost?: Cost;
}

/** Works out what settings come to. Pure: the same settings give the same plan. */
export function planOf(settings: Settings): Plan {
  const { hosts, placed, topology } = settings;
  const openings = placedOpenings(placed, labs);
  const stated = placed.flatMap(({ lab, settings, host: { name: at, os } }) =>
    labs[lab]
      .expectations(settings, os, { host: at, hosts: topology.hosts })
      .map((each): PlacedExpectation => ({ lab, at, ...each })),
  );
  return {
    topology,
    expectations: [...stated, ...visitorsOf(hosts, stated, openings)],
    openings,
    ...inCloud(hosts, openings),
  };
}

function visitorsOf(
  hosts: HostsSettings,
  stated: readonly PlacedExpectation[],
  openings: readonly PlacedOpening[],
): PlacedExpectation[] {
  return hosts.kind === "scale-set" ? visitorExpectations(stated, openings, hosts.rehearsed) : [];
}

function inCloud(hosts: HostsSettings, openings: readonly PlacedOpening[]): Pick<Plan, "administration" | "cost"> {
  if (hosts.kind !== "scale-set") {
    return {};
  }
  return { administration: hosts.administration, cost: costOf(pricedOf(hosts, openings)) };
}
