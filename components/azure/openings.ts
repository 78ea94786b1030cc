import type { LabDefinition } from "../labs/lab";
import { namedRules, type Opening } from "../network/opening";
import type { DeclaredHost } from "../settings/hosts";
import type { PlacedLab } from "../settings/parse";

/** An opening of a lab on one of the hosts. */
export interface PlacedOpening extends Opening {
  /** Name of the host. */
  readonly host: string;
  readonly lab: string;
}

/** What the labs of an environment open on the hosts that they are on; on a cluster, on each of its hosts. */
export function placedOpenings(
  placed: readonly PlacedLab[],
  registry: Readonly<Record<string, Pick<LabDefinition, "openings">>>,
): PlacedOpening[] {
  return placed.flatMap(({ lab, settings, host }) =>
    (registry[lab].openings?.(settings, host.os) ?? []).flatMap((opening) =>
      machinesOf(host).map((name) => ({ ...opening, lab, host: name })),
    ),
  );
}

function machinesOf({ name, members = [name] }: DeclaredHost): readonly string[] {
  return members;
}

/** A port that the load balancer hands on to whichever host listens on it. */
export interface Endpoint {
  /** Of its rule and its probe: `TCP8090`. */
  readonly name: string;
  readonly port: number;
}

/** The load balancer's endpoints, one for each port that is opened, in their order. */
export function endpointsOf(openings: readonly PlacedOpening[]): Endpoint[] {
  const ports = new Set(openings.flatMap((opening) => opening.ports));
  return [...ports].sort((a, b) => a - b).map((port) => ({ name: `TCP${port}`, port }));
}

/** Who may reach which ports of the hosts, as the network's security group has it. */
export interface Admission {
  readonly name: string;
  readonly description: string;
  /** A port, or a range of them: `8090-8094`. */
  readonly ports: string;
  readonly protocol?: "UDP";
  readonly sources: readonly string[];
}

/** What the labs' openings admit. A lab that is on several hosts opens the same on each, which is said once. */
export function admissionsOf(openings: readonly PlacedOpening[]): Admission[] {
  const admissions = openings
    .filter(({ sources }) => sources.length > 0)
    .flatMap((opening) =>
      namedRules(opening).map(({ name, displayName, ports, protocol }): Admission => ({
        name: `${opening.lab}-${name}`,
        description: `${displayName} of lab ${opening.lab}`,
        ports,
        ...(protocol === "UDP" ? { protocol } : {}),
        sources: [...new Set(opening.sources)],
      })),
    );
  return [...new Map(admissions.map((admission) => [admission.name, admission])).values()];
}
