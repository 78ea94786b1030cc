import { contains } from "../address";
import type { AclRule, Action, Direction, Protocol } from "./rule";

/** The first packet of a connection, as one endpoint sees it. */
export interface Flow {
  readonly direction: Direction;
  readonly protocol: Exclude<Protocol, 256>;
  /** The endpoint's own side, in both directions. */
  readonly localAddress: string;
  /** Undefined where it is not known, as the port that a client is lent by its system, or where there is none. */
  readonly localPort?: number;
  readonly remoteAddress: string;
  readonly remotePort?: number;
}

/** One end of a connection: its address and the ACL on the endpoint that has it. */
export interface End {
  readonly address: string;
  readonly acl?: readonly AclRule[];
}

/**
 * What an endpoint's ACL does with a flow; its replies fare the same. Undefined where that hangs on a port that is not
 * known: a rule that may or may not match would change the outcome.
 */
export function decide(rules: readonly AclRule[], flow: Flow): Action | undefined {
  if (rules.length === 0) {
    return "Allow";
  }
  const ordered = rules.filter(({ direction }) => direction === flow.direction).sort((a, b) => a.priority - b.priority);
  const outcomes = new Set<Action>();
  for (const rule of ordered) {
    const matched = matches(rule, flow);
    if (matched !== false) {
      outcomes.add(rule.action);
    }
    if (matched === true) {
      return theOnly(outcomes);
    }
  }
  return theOnly(outcomes.add("Block"));
}

/**
 * Whether a connection that `from` opens to `to` gets through the ACLs of both ends. The port of `from` is not known:
 * undefined where it matters. What an address says to itself never passes an endpoint.
 */
export function connects(
  from: End,
  to: End & { readonly port?: number },
  protocol: Flow["protocol"] = 6,
): boolean | undefined {
  if (from.address === to.address) {
    return true;
  }
  const decisions = [
    decide(from.acl ?? [], {
      direction: "Out",
      protocol,
      localAddress: from.address,
      remoteAddress: to.address,
      remotePort: to.port,
    }),
    decide(to.acl ?? [], {
      direction: "In",
      protocol,
      localAddress: to.address,
      localPort: to.port,
      remoteAddress: from.address,
    }),
  ];
  if (decisions.includes("Block")) {
    return false;
  }
  return decisions.includes(undefined) ? undefined : true;
}

function theOnly(outcomes: ReadonlySet<Action>): Action | undefined {
  const [outcome, other] = outcomes;
  return other === undefined ? outcome : undefined;
}

/** Undefined where only a port that is not known can tell. */
function matches(rule: AclRule, flow: Flow): boolean | undefined {
  const certain =
    (rule.protocol === 256 || rule.protocol === flow.protocol) &&
    hasAddress(rule.localAddresses, flow.localAddress) &&
    hasAddress(rule.remoteAddresses, flow.remoteAddress);
  if (!certain) {
    return false;
  }
  const ports = [hasPort(rule.localPorts, flow.localPort), hasPort(rule.remotePorts, flow.remotePort)];
  if (ports.includes(false)) {
    return false;
  }
  return ports.includes(undefined) ? undefined : true;
}

function hasAddress(list: readonly string[], address: string): boolean {
  return list.length === 0 || list.some((each) => contains(each, address));
}

function hasPort(list: readonly string[], port: number | undefined): boolean | undefined {
  if (list.length === 0) {
    return true;
  }
  return port === undefined ? undefined : list.some((each) => inRange(each, port));
}

function inRange(range: string, port: number): boolean {
  const [low, high = low] = range.split("-").map(Number);
  return low <= port && port <= high;
}
