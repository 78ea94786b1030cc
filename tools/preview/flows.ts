import type { ContainerSpec, HostTopology } from "../../components/network/topology";
import type { Plan } from "../../components/plan";
import { everyPort, joined, type Ports, portRows, portsInWords } from "./ports";
import { containersOf, Reach } from "./reach";

type Planned = Pick<Plan, "topology" | "openings">;

/** Connections between containers that open or close. */
export interface FlowChange {
  readonly host: string;
  readonly change: "opens" | "closes" | "unsure";
  readonly from: string;
  readonly to: string;
  /** By protocol. Of what is unsure, what hangs on the port that the client is lent. */
  readonly what: readonly FlowPart[];
}

/** Ports of a protocol, or all of it where it has none. */
export interface FlowPart {
  readonly protocol: ProtocolName;
  readonly rows: readonly Ports[];
}

const protocols = { tcp: 6, udp: 17, icmp: 1 } as const;
type ProtocolName = keyof typeof protocols;
const named = Object.keys(protocols) as ProtocolName[];

/** A container's network stack, or a pool's, whose members only their addresses tell apart. */
interface Actor {
  readonly name: string;
  /** A pool's first. */
  readonly container: ContainerSpec;
}

interface Side {
  readonly reach: Reach;
  readonly host: HostTopology | undefined;
  readonly actors: ReadonlyMap<string, Actor>;
}

type Passes = boolean | undefined;

/** What opens and closes between the containers of each host, in the order of the plan. */
export function compareFlows(before: Planned | undefined, after: Planned): FlowChange[] {
  const names = [...after.topology.hosts, ...(before?.topology.hosts ?? [])].map(({ name }) => name);
  return [...new Set(names)].flatMap((host) => {
    const [was, is] = [side(before, host), side(after, host)];
    const actors = [...new Set([...is.actors.keys(), ...was.actors.keys()])];
    const changed = new Set(actors.filter((actor) => !sameActor(was.actors.get(actor), is.actors.get(actor))));
    const pairs = actors.flatMap((from) =>
      actors.filter((to) => from !== to && (changed.has(from) || changed.has(to))).map((to) => ({ from, to })),
    );
    return [
      ...pairs.flatMap(({ from, to }) => pairChanges(host, from, to, was, is)),
      ...[...changed].flatMap((from) => detours(host, from, was, is)),
    ];
  });
}

function side(plan: Planned | undefined, name: string): Side {
  const host = plan?.topology.hosts.find((each) => each.name === name);
  const reach = new Reach(plan?.topology ?? { environment: "", hosts: [] }, plan?.openings);
  const actors = new Map<string, Actor>();
  for (const container of host === undefined ? [] : containersOf(host)) {
    const actor = container.pool === undefined ? container.name : `each instance of ${container.pool}`;
    if (container.sharesStackOf === undefined && !actors.has(actor)) {
      actors.set(actor, { name: actor, container });
    }
  }
  return { reach, host, actors };
}

/** Whether it is placed, ruled and forwarding as before. Its address counts: others' rules speak of it. */
function sameActor(was: Actor | undefined, is: Actor | undefined): boolean {
  const placed = (actor: Actor | undefined) => actor && [actor.container.endpoints, actor.container.stack];
  return JSON.stringify(placed(was)) === JSON.stringify(placed(is));
}

function pairChanges(host: string, from: string, to: string, was: Side, is: Side): FlowChange[] {
  const endpoints = [was, is].flatMap(({ actors }) =>
    [actors.get(from), actors.get(to)].flatMap((actor) => actor?.container.endpoints ?? []),
  );
  const passes = (at: Side, protocol: ProtocolName, port: number | undefined): Passes => {
    const [a, b] = [at.actors.get(from), at.actors.get(to)];
    const addresses = a && b ? b.container.endpoints.map(({ address }) => address) : [];
    const outcomes = addresses.map((address) => outcome(at, host, a!, address, protocol, port).passes);
    return outcomes.find((each) => each === true) ?? (outcomes.includes(undefined) ? undefined : false);
  };
  return changes({ host, from, to }, portRows(endpoints), (at, protocol, port) =>
    passes(at === "was" ? was : is, protocol, port),
  );
}

/** Addresses that a stack sends elsewhere, by a port proxy or a route, and who answers there. */
function detours(host: string, from: string, was: Side, is: Side): FlowChange[] {
  const stacks = [was, is].flatMap(({ actors }) => actors.get(from)?.container.stack ?? []);
  const proxied = stacks.flatMap(({ portProxies }) => portProxies.map(({ listen }) => listen));
  const routed = stacks.flatMap(({ routes }) => routes.map(({ destination }) => destination.replace("/32", "")));
  const endpoints = [was, is].flatMap((at) => [...at.actors.values()].flatMap(({ container }) => container.endpoints));
  return [...new Set([...proxied.map(({ address }) => address), ...routed])].flatMap((address) => {
    const ports = proxied.filter((listen) => listen.address === address).map(({ port }) => port);
    const ends = (at: Side) => (protocol: ProtocolName, port: number | undefined) => {
      const actor = at.actors.get(from);
      return actor && outcome(at, host, actor, address, protocol, port);
    };
    const holders = new Set(
      [ends(was), ends(is)].flatMap((end) =>
        [...ports, 80].flatMap((port) => {
          const found = end("tcp", port);
          return found?.container !== undefined && found.within !== true ? [found.container] : [];
        }),
      ),
    );
    return [...holders].flatMap((holder) =>
      changes(
        { host, from, to: `${address}, which is ${holder}` },
        portRows(endpoints, ports),
        (at, protocol, port) => {
          const found = ends(at === "was" ? was : is)(protocol, port);
          return found?.container === holder ? found.passes : false;
        },
      ),
    );
  });
}

function outcome(at: Side, host: string, from: Actor, to: string, protocol: ProtocolName, port: number | undefined) {
  return at.reach.of({ host, from: from.container.name, to, port, protocol: protocols[protocol] });
}

/** Each row of ports before and after, as one change for what opens, one for what closes. */
function changes(
  ends: Pick<FlowChange, "host" | "from" | "to">,
  rows: readonly Ports[],
  passes: (at: "was" | "is", protocol: ProtocolName, port: number | undefined) => Passes,
): FlowChange[] {
  const found = named.map((protocol) => ({
    protocol,
    rows: (protocol === "icmp" ? [everyPort] : rows).map((row) => {
      const port = protocol === "icmp" ? undefined : row.low;
      return { row, was: passes("was", protocol, port), is: passes("is", protocol, port) };
    }),
  }));
  const change = (kind: FlowChange["change"], wanted: Passes): FlowChange[] => {
    const what = found
      .map((each) => ({
        protocol: each.protocol,
        rows: joined(each.rows.filter(({ was, is }) => was !== is && is === wanted).map(({ row }) => row)),
      }))
      .filter(({ rows: some }) => some.length > 0);
    return what.length === 0 ? [] : [{ ...ends, change: kind, what }];
  };
  return [...change("opens", true), ...change("closes", false), ...change("unsure", undefined)];
}

/** `tcp 80, udp 53`; `everything`. */
export function whatInWords(what: readonly FlowPart[]): string {
  const whole = what.filter(({ rows }) => rows[0].low === everyPort.low && rows[0].high === everyPort.high);
  return whole.length === named.length
    ? "everything"
    : what.map(({ protocol, rows }) => (protocol === "icmp" ? "icmp" : portsInWords(protocol, rows))).join(", ");
}
