import type { Check, CheckStatus, PlacedExpectation, Report } from "../../components/checks/expectation";
import type { DeclaredCloud } from "../../components/declaration";
import type { Topology } from "../../components/network/topology";
import { type CloudBox, placeCloud, wayIn } from "./cloud";
import { placeContainers } from "./placing";
import { Relations } from "./relations";
import { statusesOf, worst } from "./statuses";

/** What is drawn, before anything is said of where: the same for Mermaid, SVG and the page. */
export interface Picture {
  readonly environment: string;
  /** Around all hosts, where a cloud has them. */
  readonly cloud?: CloudBox;
  readonly hosts: readonly HostBox[];
  /** What is in no container: where `verify` is run or asks from, and targets that are no container. */
  readonly outside: readonly OutsideBox[];
  readonly edges: readonly Edge[];
  /** One for each expectation, or the report's own where there is one. */
  readonly checks: readonly CheckRow[];
}

/** A report's check, or an expectation that has not been proved: that has no status, and what follows is empty. */
export type CheckRow = Omit<Check, "status" | "ms"> & { readonly status?: CheckStatus; readonly ms?: number };

export interface HostBox {
  readonly id: string;
  readonly name: string;
  /** Kind and system: `local, linux`. */
  readonly says: string;
  /** How one gets to it. */
  readonly wayIn?: string;
  readonly networks: readonly NetworkBox[];
  /** Containers on no network. */
  readonly stacks: readonly Stack[];
  readonly ports: readonly PortBox[];
}

export interface NetworkBox {
  readonly id: string;
  readonly name: string;
  readonly lab: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly ipRange?: string;
  readonly bridge?: string;
  readonly stacks: readonly Stack[];
  /** The worst of the checks of the network itself. */
  readonly status?: CheckStatus;
}

/** A network stack: most often one container's, else its owner's first and then those that share it. */
export interface Stack {
  readonly id: string;
  readonly containers: readonly ContainerBox[];
}

/** A container, or many of one role, which would only repeat each other. */
export interface ContainerBox {
  readonly id: string;
  readonly name: string;
  readonly count: number;
  readonly role: string;
  /** The host of a cluster that it is on, where settings say so. */
  readonly on?: string;
  /** On the network that it is drawn in; a group's first and last. */
  readonly address?: string;
  readonly aliases: readonly string[];
  /** Lines of its hosts file: `web 10.0.0.2`. */
  readonly hostsEntries: readonly string[];
  /** Relations that never leave the network stack, or the group. */
  readonly notes: readonly Relation[];
  /** The worst of the checks made from or of it. */
  readonly status?: CheckStatus;
}

/** A port of the host that leads to a container. */
export interface PortBox {
  readonly id: string;
  /** Where it listens, and the port that it leads to: `127.0.0.1:8080 → tcp 80`. */
  readonly name: string;
}

export interface OutsideBox {
  readonly id: string;
  readonly name: string;
  readonly says: string;
  /** The host or load balancer that it is of, though in no container. */
  readonly inside?: string;
}

/**
 * `must` and `must-not` are expectations; `port` leads from a published port; `forward` is where a port proxy or a route
 * sends what is not meant for there; `endpoint` is one more network.
 */
export type EdgeKind = "must" | "must-not" | "port" | "forward" | "endpoint";

export interface Relation {
  readonly kind: EdgeKind;
  readonly text: string;
  /** How many expectations say this; more than one only where containers are drawn as one. */
  readonly count: number;
  readonly status?: CheckStatus;
}

export interface Edge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly relations: readonly Relation[];
  readonly status?: CheckStatus;
}

/** What is drawn of an environment. */
export interface Drawable {
  readonly topology: Topology;
  readonly expectations: readonly PlacedExpectation[];
  readonly cloud?: DeclaredCloud;
}

/** Works the picture out from what a stack declares and, where there is one, its last report. */
export function pictureOf({ topology, expectations, cloud }: Drawable, report?: Report): Picture {
  const placing = placeContainers(topology);
  const statuses = statusesOf(expectations, report);
  const box = cloud && placeCloud(cloud, placing.ports);
  const relations = new Relations(placing, box?.balancer);
  expectations.forEach((expectation, i) => relations.add(expectation, statuses[i]));

  const stack = ({ id, boxes }: (typeof placing.stacks)[number]): Stack => ({
    id,
    containers: boxes.map((box) => ({
      ...box,
      notes: relations.notes(box.id),
      status: worst(relations.statuses(box.id)),
    })),
  });
  const hosts = placing.hosts.map(({ networks, ...host }) => ({
    ...host,
    ...(cloud && { wayIn: wayIn(cloud, host.name) }),
    networks: networks.map(({ id, lab, spec: { name, subnet, gateway, ipRange, bridge } }) => ({
      id,
      name,
      lab,
      subnet,
      gateway,
      ipRange,
      bridge,
      stacks: placing.stacks.filter((each) => each.inside === id).map(stack),
      status: worst(relations.statuses(id)),
    })),
    stacks: placing.stacks.filter((each) => each.inside === host.id).map(stack),
    ports: [
      ...new Map(
        placing.ports.filter((port) => port.host === host.name).map(({ id, name }) => [id, { id, name }]),
      ).values(),
    ],
  }));
  return {
    environment: topology.environment,
    ...(box && { cloud: box }),
    hosts,
    // Asked for last: drawing edges is what brings boxes outside into being.
    edges: relations.edges(),
    outside: relations.outside(),
    checks: report?.checks ?? expectations.map(unproved),
  };
}

function unproved({ lab, at, name, kind, ...rest }: PlacedExpectation): CheckRow {
  return { lab, at, name, kind, from: "from" in rest ? rest.from : "", to: "", detail: "" };
}
