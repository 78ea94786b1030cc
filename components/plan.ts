import { type Cost, costOf } from "./azure/costs";
import { placedOpenings, type PlacedOpening } from "./azure/openings";
import { pricedOf } from "./azure/priced";
import type { PlacedExpectation } from "./checks/expectation";
import { statedExpectations } from "./checks/stated";
import { memberExpectations } from "./checks/member";
import { visitorExpectations } from "./checks/visitor";
import { labs } from "./labs";
import type { Topology } from "./network/topology";
import type { HostsSettings, Settings } from "./settings";
import { labExpectations } from "./settings/parse";

/** How the hosts of a cloud are administered, and by whom. */
export interface Administration {
  /** What SSH and Docker of each host are reached through; the state of an older environment does not tell. */
  readonly through?: "load-balancer" | "bastion";
  /** Subnets in CIDR form that the load balancer lets in. */
  readonly sources?: readonly string[];
  /** Whether PowerShell remoting is reached from them, too. */
  readonly winrm: boolean;
}

/** What an environment's settings come to, before anything is asked or made. */
export interface Plan {
  readonly topology: Topology;
  /** In the order of the labs, and of each lab's hosts; then what settings state, and what visitors of a cloud find. */
  readonly expectations: readonly PlacedExpectation[];
  readonly openings: readonly PlacedOpening[];
  /** In a cloud only. */
  readonly administration?: Administration;
  /** What it is estimated to cost; in a cloud only. */
  readonly cost?: Cost;
}

/** Works out what settings come to. Pure: the same settings give the same plan. */
export function planOf(settings: Settings): Plan {
  const { hosts, placed, topology, expect } = settings;
  const openings = placedOpenings(placed, labs);
  const ofLabs = labExpectations(topology, placed, labs);
  return {
    topology,
    expectations: [
      ...memberExpectations(topology.hosts),
      ...ofLabs,
      ...statedExpectations(expect, topology, ofLabs),
      ...visitorsOf(hosts, ofLabs, openings),
    ],
    openings,
    ...inCloud(hosts, openings),
  };
}

function visitorsOf(
  hosts: HostsSettings,
  ofLabs: readonly PlacedExpectation[],
  openings: readonly PlacedOpening[],
): PlacedExpectation[] {
  return hosts.kind === "scale-set" ? visitorExpectations(ofLabs, openings, hosts.rehearsed) : [];
}

function inCloud(hosts: HostsSettings, openings: readonly PlacedOpening[]): Pick<Plan, "administration" | "cost"> {
  if (hosts.kind !== "scale-set") {
    return {};
  }
  return { administration: hosts.administration, cost: costOf(pricedOf(hosts, openings)) };
}
