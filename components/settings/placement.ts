import type { Fault } from "./fault";
import { CLUSTER, declaredHosts, declaredPlaces, type DeclaredHost, type HostsSettings } from "./hosts";
import { nearest } from "./nearest";
import type { LabSettings, PlacedLab, Registry } from "./parse";

/** Which lab is on which host: in the order of the labs, those of one lab in the order of the hosts. */
export function placeLabs(hosts: HostsSettings, labs: readonly LabSettings[], registry: Registry): PlacedLab[] {
  return labs.flatMap((each) => hostsFor(each.lab, hosts, registry).map((host) => ({ ...each, host })));
}

/** What is wrong with where labs are placed, beginning with those that no host has the system for. */
export function placementFaults(hosts: HostsSettings, labs: readonly LabSettings[], registry: Registry): Fault[] {
  const homeless = labs
    .filter(({ lab }) => named(lab, hosts) === undefined && hostsFor(lab, hosts, registry).length === 0)
    .map(({ lab }) => systemFault(lab, declaredHosts(hosts), registry));
  const placement = hosts.kind !== "local" && typeof hosts.placement === "object" ? hosts.placement : {};
  const unknown = Object.entries(placement)
    .filter(([lab]) => !Object.hasOwn(registry, lab))
    .map(([lab, on]) => {
      const meant = nearest(lab, Object.keys(registry));
      return {
        key: `hosts.placement.${lab}`,
        value: on,
        allowed: `the labs ${Object.keys(registry).join(", ")}`,
        cure: meant === undefined ? "remove it" : `did you mean "${meant}"?`,
      };
    });
  const unsuited = labs.flatMap(({ lab }) =>
    hostsFor(lab, hosts, registry)
      .filter(({ os }) => !registry[lab].systems.includes(os))
      .map(({ name, os }) => ({
        key: `hosts.placement.${lab}`,
        value: placement[lab],
        allowed: `a server for ${registry[lab].systems.join(" or ")} containers; "${name}" is for ${os} containers`,
        cure: "name another server, or remove the lab",
      })),
  );
  const unspread = labs
    .filter(({ lab }) => named(lab, hosts)?.includes(CLUSTER) === true && registry[lab].spreads !== true)
    .map(({ lab }) => ({
      key: `hosts.placement.${lab}`,
      value: CLUSTER,
      allowed: `the name of a host: of the labs, only ${spreading(registry)} can be on all of them as one`,
      cure: "name one, or leave it out",
    }));
  return [...homeless, ...unknown, ...unsuited, ...unspread];
}

/** The labs that can be on a cluster, for a sentence. */
function spreading(registry: Registry): string {
  return Object.keys(registry)
    .filter((lab) => registry[lab].spreads === true)
    .join(" and ");
}

/**
 * A lab goes to the hosts that the settings name for it, else to the cluster, if there is one and it can be there, else to
 * all or one of those with a system that it runs on. That one goes by the lab's place in the registry, so that a lab more
 * in the settings moves no other.
 */
function hostsFor(lab: string, hosts: HostsSettings, registry: Registry): DeclaredHost[] {
  const names = named(lab, hosts);
  if (names !== undefined) {
    return declaredPlaces(hosts).filter(({ name }) => names.includes(name));
  }
  const suited = declaredHosts(hosts).filter(({ os }) => registry[lab].systems.includes(os));
  const everywhere = hosts.kind !== "local" && hosts.placement === "all";
  if (hosts.cluster !== undefined && registry[lab].spreads === true && !everywhere && suited.length > 0) {
    return declaredPlaces(hosts).filter(({ kind }) => kind === CLUSTER);
  }
  const all = hosts.kind === "local" || everywhere;
  return all ? suited : suited.slice(0, 1).map(() => suited[Object.keys(registry).indexOf(lab) % suited.length]);
}

function named(lab: string, hosts: HostsSettings): readonly string[] | undefined {
  if (hosts.kind === "local" || typeof hosts.placement !== "object" || !Object.hasOwn(hosts.placement, lab)) {
    return undefined;
  }
  return [hosts.placement[lab]].flat();
}

function systemFault(lab: string, declared: readonly DeclaredHost[], registry: Registry): Fault {
  const told = declared.map(({ name, os }) => `"${name}" is for ${os} containers`).join(", ");
  return {
    key: `labs.${lab}`,
    value: [...new Set(declared.map(({ os }) => os))].join(", "),
    allowed: `a host for ${registry[lab].systems.join(" or ")} containers; ${told}`,
    cure: "remove the lab, or declare another host for it",
  };
}
