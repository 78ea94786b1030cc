import { controlOf, placesOf } from "../checks/stated";
import type { PlacedExpectation } from "../checks/expectation";
import type { Topology } from "../network/topology";
import type { ExpectedConnection } from "./expect";
import type { Fault } from "./fault";
import { nearest } from "./nearest";

/** As many names are listed where any of them would do. */
const MOST_NAMES = 20;

interface Placed {
  readonly host: string;
  readonly name: string;
  /** Whether a cluster chooses its place. */
  readonly chosen: boolean;
}

/** Connections between containers that are not there or that never meet, and those that are stated twice. */
export function expectFaults(connections: readonly ExpectedConnection[], topology: Topology): Fault[] {
  const places = topology.hosts.flatMap((host) =>
    host.labs.flatMap(({ containers }) =>
      containers.map(({ name, joins }) => ({ host: host.name, name, chosen: joins !== undefined })),
    ),
  );
  const names = [...new Set(places.map(({ name }) => name))];
  return connections.flatMap((connection, i) => {
    const key = `expect[${i}]`;
    const { from, to } = connection;
    const unknown = [
      ...(names.includes(from) ? [] : [unknownName(`${key}.from`, from, names, "a container")]),
      ...(names.includes(to) || isAddress(to)
        ? []
        : [unknownName(`${key}.to`, to, names, "an IPv4 address or a container")]),
    ];
    const first = connections.findIndex((each) => sameConnection(each, connection));
    return [
      ...unknown,
      ...(unknown.length > 0 || placesOf(connection, topology).length > 0
        ? []
        : [
            placeless(key, connection, places) ?? {
              key: `${key}.to`,
              value: to,
              allowed: `a container on ${hostsOf(from, places)}, where "${from}" is`,
              cure: `name another, or an address that "${from}" asks: "${to}" is on ${hostsOf(to, places)}`,
            },
          ]),
      ...(first === i ? [] : [statedTwice(key, connection, first, connections[first])]),
    ];
  });
}

/** Connections that must not come about, from containers of which nothing is known that they do reach. */
export function controlFaults(
  connections: readonly ExpectedConnection[],
  topology: Topology,
  expected: () => readonly PlacedExpectation[],
): Fault[] {
  if (connections.every(({ reach }) => reach)) {
    return [];
  }
  const known = expected();
  const stated = connections.flatMap((connection) => placesOf(connection, topology));
  return connections.flatMap((connection, i) =>
    connection.reach || placesOf(connection, topology).every((place) => controlOf(place, stated, known) !== undefined)
      ? []
      : [
          {
            key: `expect[${i}].from`,
            value: connection.from,
            allowed: "a container of which is expected that it reaches something else",
            cure:
              "state one connection that it must have, so that being kept off can be told from being cut off: " +
              `- { from: ${connection.from}, to: …, port: … }`,
          },
        ],
  );
}

function unknownName(key: string, value: string, names: readonly string[], what: string): Fault {
  const meant = nearest(value, names);
  const listed = names.slice(0, MOST_NAMES).join(", ");
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return {
    key,
    value,
    allowed: `${what} of this environment: ${listed}${more}`,
    cure: meant === undefined ? "name one of them, or add the lab that has it" : `did you mean "${meant}"?`,
  };
}

/** An end that has no place of its own. */
function placeless(key: string, { from, to }: ExpectedConnection, places: readonly Placed[]): Fault | undefined {
  const end = (["from", "to"] as const).find((each) =>
    places.some(({ name, chosen }) => chosen && name === { from, to }[each]),
  );
  const value = end && { from, to }[end];
  return value === undefined
    ? undefined
    : {
        key: `${key}.${end}`,
        value,
        allowed: "a container whose host and address the settings decide",
        cure: `name another: the cluster chooses those of "${value}"`,
      };
}

function statedTwice(key: string, again: ExpectedConnection, first: number, before: ExpectedConnection): Fault {
  const { from, to, port, reach } = again;
  return {
    key,
    value: { from, to, port, reach },
    allowed: "each connection once",
    cure: `remove it: expect[${first}] says ${before.reach === reach ? "the same" : "the opposite"}`,
  };
}

function sameConnection(a: ExpectedConnection, b: ExpectedConnection): boolean {
  return a.from === b.from && a.to === b.to && a.port === b.port;
}

function hostsOf(name: string, places: readonly Placed[]): string {
  return places
    .filter((each) => each.name === name)
    .map(({ host }) => `"${host}"`)
    .join(", ");
}

function isAddress(text: string): boolean {
  return /^[\d.]+$/.test(text);
}
