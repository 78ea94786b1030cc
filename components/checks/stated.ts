import type { ContainerSpec, HostTopology, Topology } from "../network/topology";
import type { ExpectedConnection } from "../settings/expect";
import type { PlacedExpectation, Target } from "./expectation";

/** A connection that settings state, on a host that has both of its ends. */
export interface StatedConnection extends Pick<ExpectedConnection, "from" | "port" | "reach"> {
  /** Lab of the container that opens it. */
  readonly lab: string;
  readonly at: string;
  /** On a cluster: name of the host that the container is on. */
  readonly on?: string;
  readonly target: Target;
}

/**
 * The stated connection on each host, or cluster, that has both of its ends; nowhere where none has. A container whose
 * place a cluster chooses is no end: neither where it is nor its address is known beforehand.
 */
export function placesOf({ from, to, port, reach }: ExpectedConnection, { hosts }: Topology): StatedConnection[] {
  return hosts.flatMap((host) =>
    host.labs.flatMap(({ lab, containers }) => {
      const source = containers.find(({ name, joins }) => name === from && joins === undefined);
      const address = source && addressOf(to, source, host);
      const on = source?.member === undefined ? {} : { on: source.member };
      return address === undefined
        ? []
        : [{ lab, at: host.name, ...on, from, port, reach, target: { host: address, port } }];
    }),
  );
}

/** Where a container finds another one: on a network that both are on, where there is one. */
function addressOf(to: string, from: ContainerSpec, host: HostTopology): string | undefined {
  if (/^[\d.]+$/.test(to)) {
    return to;
  }
  const found = containersOf(host).find(({ name }) => name === to);
  const theirs = found === undefined ? [] : endpointsOf(found, host);
  const shared = endpointsOf(from, host).map(({ network }) => network);
  return (theirs.find(({ network }) => shared.includes(network)) ?? theirs[0])?.address;
}

/** The endpoints of a container's network stack, which may be another one's. */
function endpointsOf({ endpoints, sharesStackOf }: ContainerSpec, host: HostTopology): ContainerSpec["endpoints"] {
  return containersOf(host).find(({ name }) => name === sharesStackOf)?.endpoints ?? endpoints;
}

function containersOf({ labs }: HostTopology): ContainerSpec[] {
  return labs.flatMap(({ containers }) => containers);
}

/**
 * What the container reaches for sure, so that a connection that must not come about can be told from a prober that is
 * cut off: by what settings state, else by what the labs expect; the target's own other ports before anything else.
 */
export function controlOf(
  { at, from, target }: StatedConnection,
  stated: readonly StatedConnection[],
  expected: readonly PlacedExpectation[],
): Target | undefined {
  const known = [
    ...stated.filter((each) => each.reach && each.at === at && each.from === from).map((each) => each.target),
    ...expected.filter((each) => each.at === at && "from" in each && each.from === from).flatMap(reachedBy),
  ].filter(({ host, port }) => host !== target.host || port !== target.port);
  return known.find(({ host }) => host === target.host) ?? known[0];
}

function reachedBy(expectation: PlacedExpectation): Target[] {
  switch (expectation.kind) {
    case "reach":
      return [expectation.to];
    case "no-reach":
      return [expectation.control];
    case "answer": {
      const { hostname: host, port, protocol } = new URL(expectation.url);
      return [{ host, port: Number(port || (protocol === "https:" ? 443 : 80)) }];
    }
    default:
      return [];
  }
}

/**
 * The expectations that settings state, beside those of the labs.
 * @param expected What the labs expect. Settings with a connection that has no {@link controlOf} it are refused earlier.
 */
export function statedExpectations(
  connections: readonly ExpectedConnection[],
  topology: Topology,
  expected: readonly PlacedExpectation[],
): PlacedExpectation[] {
  const all = connections.map((connection) => ({ connection, places: placesOf(connection, topology) }));
  const stated = all.flatMap(({ places }) => places);
  return all.flatMap(({ connection, places }) =>
    places.map((place): PlacedExpectation => {
      const { lab, at, on, from, target: to } = place;
      const ends = { lab, at, ...(on !== undefined && { on }), name: nameOf(connection), from, to };
      return connection.reach
        ? { kind: "reach", ...ends }
        : { kind: "no-reach", ...ends, control: controlOf(place, stated, expected)! };
    }),
  );
}

function nameOf({ from, to, port, reach, why }: ExpectedConnection): string {
  return `${from} must${reach ? "" : " not"} reach ${to}:${port}${why === undefined ? "" : `, because ${why}`}`;
}
