import type { ContainerSpec, HostTopology, NetworkSpec, Topology } from "../../components/network/topology";
import { networksOf } from "./reach";

/** Something of the topology that comes, goes or is otherwise. */
export interface PlaceChange {
  readonly change: "added" | "removed" | "changed" | "moved";
  readonly kind: "host" | "lab" | "network" | "container";
  readonly host: string;
  readonly name: string;
  /** What of it changes: `address`, and the two values. Where it moves: the hosts. */
  readonly details: readonly { readonly what: string; readonly from?: string; readonly to?: string }[];
  /** The pool that a container is one of. */
  readonly pool?: string;
}

interface Held {
  readonly host: string;
  readonly lab: string;
  readonly spec: ContainerSpec;
}

/** Hosts, labs, networks and containers that come, go, move or have another address, name or port. */
export function comparePlaces(before: Topology | undefined, after: Topology): PlaceChange[] {
  const were = before?.hosts ?? [];
  return [
    ...hosts(were, after.hosts),
    ...labs(were, after.hosts),
    ...after.hosts.flatMap((host) =>
      networks(
        were.find(({ name }) => name === host.name),
        host,
      ),
    ),
    ...containers(were, after.hosts),
  ];
}

function hosts(before: readonly HostTopology[], after: readonly HostTopology[]): PlaceChange[] {
  const missing = (among: readonly HostTopology[], change: "added" | "removed") => (host: HostTopology) =>
    among.some(({ name }) => name === host.name)
      ? []
      : [{ change, kind: "host" as const, host: host.name, name: host.name, details: [] }];
  return [...after.flatMap(missing(before, "added")), ...before.flatMap(missing(after, "removed"))];
}

/** A lab that is on one host and will be on another, and labs that come and go altogether. */
function labs(before: readonly HostTopology[], after: readonly HostTopology[]): PlaceChange[] {
  const placed = (all: readonly HostTopology[]) =>
    all.flatMap((host) => host.labs.map(({ lab }) => ({ lab, host: host.name })));
  const [was, is] = [placed(before), placed(after)];
  return [...new Set([...is, ...was].map(({ lab }) => lab))].flatMap((name): PlaceChange[] => {
    const from = was.filter(({ lab }) => lab === name).map(({ host }) => host);
    const to = is.filter(({ lab }) => lab === name).map(({ host }) => host);
    const change = from.length === 0 ? "added" : to.length === 0 ? "removed" : "moved";
    return from.join() === to.join()
      ? []
      : [
          {
            change,
            kind: "lab",
            host: to[0] ?? from[0],
            name,
            details: [{ what: "host", from: from.join(", ") || undefined, to: to.join(", ") || undefined }],
          },
        ];
  });
}

function networks(before: HostTopology | undefined, after: HostTopology): PlaceChange[] {
  const were = new Map((before === undefined ? [] : networksOf(before)).map((network) => [network.name, network]));
  return networksOf(after).flatMap((network): PlaceChange[] => {
    const was = were.get(network.name);
    const fields = ["subnet", "gateway", "ipRange", "bridge"] as const;
    const details = was === undefined ? [] : differences<NetworkSpec>(was, network, fields);
    return details.length === 0
      ? []
      : [{ change: "changed", kind: "network", host: after.name, name: network.name, details }];
  });
}

/** Labs that come, go or move as a whole have been told: their containers with them. */
function containers(before: readonly HostTopology[], after: readonly HostTopology[]): PlaceChange[] {
  const [was, is] = [held(before), held(after)];
  const inBoth = (all: ReadonlyMap<string, Held>, { host, lab }: Held): boolean =>
    [...all.values()].some((each) => each.host === host && each.lab === lab);
  const told = (change: "added" | "removed", { host, spec }: Held): PlaceChange => ({
    ...{ change, kind: "container", host, name: spec.name, pool: spec.pool },
    details: spec.endpoints.map(({ address }) =>
      change === "added" ? { what: "address", to: address } : { what: "address", from: address },
    ),
  });
  return [
    ...[...is].flatMap(([key, each]): PlaceChange[] => {
      const earlier = was.get(key);
      if (earlier === undefined) {
        return inBoth(was, each) ? [told("added", each)] : [];
      }
      const details = [...addressChanges(earlier.spec, each.spec), ...portChanges(earlier.spec, each.spec)];
      const { host, spec } = each;
      return details.length === 0
        ? []
        : [{ change: "changed", kind: "container", host, name: spec.name, details, pool: spec.pool }];
    }),
    ...[...was].flatMap(([key, each]) => (is.has(key) || !inBoth(is, each) ? [] : [told("removed", each)])),
  ];
}

function held(all: readonly HostTopology[]): Map<string, Held> {
  const each = all.flatMap((host) =>
    host.labs.flatMap(({ lab, containers: specs }) => specs.map((spec) => ({ host: host.name, lab, spec }))),
  );
  return new Map(each.map((one) => [JSON.stringify([one.host, one.lab, one.spec.name]), one]));
}

function addressChanges(was: ContainerSpec, is: ContainerSpec): PlaceChange["details"] {
  const networksInUse = new Set([...was.endpoints, ...is.endpoints].map(({ network }) => network));
  return [...networksInUse].flatMap((network) => {
    const [from, to] = [was, is].map(({ endpoints }) => endpoints.find((each) => each.network === network)?.address);
    return from === to ? [] : [{ what: `address on ${network}`, from, to }];
  });
}

function portChanges(was: ContainerSpec, is: ContainerSpec): PlaceChange["details"] {
  const settings = new Set(
    [...was.ports, ...is.ports].map(({ setting, containerPort }) => `${setting} ${containerPort}`),
  );
  return [...settings].flatMap((key) => {
    const [from, to] = [was, is].map(({ ports }) => {
      const found = ports.find(({ setting, containerPort }) => `${setting} ${containerPort}` === key);
      return found && `${found.address}:${found.hostPort}`;
    });
    return from === to ? [] : [{ what: "published at", from, to }];
  });
}

function differences<T>(was: T, is: T, fields: readonly (keyof T & string)[]): PlaceChange["details"] {
  return fields
    .filter((field) => was[field] !== is[field])
    .map((what) => ({ what, from: was[what] as string | undefined, to: is[what] as string | undefined }));
}
