import type { AclRule, Direction, Protocol } from "../acl/rule";
import { replacedTable } from "./nftables";

/** What an ACL's side and peer are called in a packet of a direction. */
interface Fields {
  readonly chain: string;
  readonly hook: string;
  /** The match for the interface that the packet came by or leaves by. */
  readonly interface: string;
  readonly local: { readonly address: string; readonly port: string };
  readonly remote: { readonly address: string; readonly port: string };
}

const source = { address: "saddr", port: "sport" } as const;
const destination = { address: "daddr", port: "dport" } as const;

/**
 * Inbound before any destination NAT (-100), so that a rule sees the endpoint's own port; outbound after source NAT (100),
 * so that it sees the real peer and the endpoint's own address. Both come after connection tracking (-200).
 * Source of the priorities: nft(8), "Standard priority names".
 */
const fields: Readonly<Record<Direction, Fields>> = {
  In: {
    chain: "inbound",
    hook: "prerouting priority -150",
    interface: "iifname",
    local: destination,
    remote: source,
  },
  Out: {
    chain: "outbound",
    hook: "postrouting priority 300",
    interface: "oifname",
    local: source,
    remote: destination,
  },
};

const protocols: Readonly<Record<Exclude<Protocol, 256>, string>> = { 6: "tcp", 17: "udp", 1: "icmp" };

/** Name of the nftables table (family inet) that holds an endpoint's ACL. */
export function linuxAclTable(endpointAddress: string): string {
  return `lab_acl_${endpointAddress.replaceAll(".", "_")}`;
}

/**
 * An endpoint's ACL as one nftables transaction, which replaces what the table held. `$endpoint` is the name of the
 * endpoint's interface, for `nft --define 'endpoint="eth0"' --file -`; every other interface passes, loopback among them.
 * A rule has its direction and priority as a comment, and those of a direction are in the order of their priorities. No
 * rules leave no table. A rule with addresses is for IPv4 only; one for any protocol without them is for IPv6, too.
 */
export function linuxAclRuleset(endpointAddress: string, rules: readonly AclRule[]): string {
  const chains = rules.length === 0 ? [] : [...chain("In", rules), ...chain("Out", rules)];
  return replacedTable(`inet ${linuxAclTable(endpointAddress)}`, chains);
}

function chain(direction: Direction, rules: readonly AclRule[]): string[] {
  const { chain: name, hook, interface: through } = fields[direction];
  const ordered = rules.filter((rule) => rule.direction === direction).sort((a, b) => a.priority - b.priority);
  return [
    `  chain ${name} {`,
    `    type filter hook ${hook}; policy drop;`,
    `    ${through} != $endpoint accept`,
    // Replies, and not all that is established: a rule holds for connections that were open before it, too.
    "    ct direction reply accept",
    "    ct state related accept",
    ...ordered.map((rule) => `    ${statement(rule)}`),
    "  }",
  ];
}

function statement(rule: AclRule): string {
  const { local, remote } = fields[rule.direction];
  return [
    ...match(`ip ${local.address}`, rule.localAddresses),
    ...match(`ip ${remote.address}`, rule.remoteAddresses),
    ...transport(rule),
    rule.action === "Allow" ? "accept" : "drop",
    `comment "${rule.direction}:${rule.priority}"`,
  ].join(" ");
}

function transport({ direction, protocol, localPorts, remotePorts }: AclRule): string[] {
  if (protocol === 256) {
    return [];
  }
  const name = protocols[protocol];
  const { local, remote } = fields[direction];
  const ports = [...match(`${name} ${local.port}`, localPorts), ...match(`${name} ${remote.port}`, remotePorts)];
  return ports.length === 0 ? [`meta l4proto ${name}`] : ports;
}

/** Values that overlap may stand in one set: nftables merges those of a set without a name. */
function match(field: string, values: readonly string[]): string[] {
  if (values.length === 0) {
    return [];
  }
  return [values.length === 1 ? `${field} ${values[0]}` : `${field} { ${values.join(", ")} }`];
}
