/**
 * Rules on an endpoint, with the meaning that the Host Networking Service of Windows gives them and that both systems
 * keep: the rule with the lowest priority number that matches decides; as soon as an endpoint has a rule, what no rule
 * matches is denied; replies to an allowed connection are part of it.
 * Source: https://github.com/microsoft/hcsshim, `hcn/hcnpolicy.go` (AclPolicySetting) and issue 1059.
 */

/** `In` is traffic to the endpoint, `Out` what comes from it. Each has its own list. */
export type Direction = "In" | "Out";

export type Action = "Allow" | "Block";

/** IANA's protocol number, or 256 for any, as HNS writes them. */
export type Protocol = 6 | 17 | 1 | 256;

export interface AclRule {
  readonly direction: Direction;
  readonly action: Action;
  /** 1 to 65535, unique in its direction on an endpoint. The lower number wins. */
  readonly priority: number;
  readonly protocol: Protocol;
  /** The endpoint's own side, in both directions: IPv4 addresses or subnets in CIDR form; empty for any. */
  readonly localAddresses: readonly string[];
  /** The other side. */
  readonly remoteAddresses: readonly string[];
  /** Ports (`80`) or ranges of them (`8000-8999`); empty for any. Protocols 6 and 17 only. */
  readonly localPorts: readonly string[];
  readonly remotePorts: readonly string[];
}

/** The priority of the pair of rules that closes a list which is not to deny the rest. */
export const closingPriority = 65_500;

/** A rule for everything in one direction. */
export function anyRule(direction: Direction, action: Action, priority: number): AclRule {
  return {
    direction,
    action,
    priority,
    protocol: 256,
    localAddresses: [],
    remoteAddresses: [],
    localPorts: [],
    remotePorts: [],
  };
}

/** A list with the pair at its end that allows what no rule before it matches. */
export function closed(rules: readonly AclRule[]): AclRule[] {
  return [...rules, anyRule("In", "Allow", closingPriority), anyRule("Out", "Allow", closingPriority)];
}
