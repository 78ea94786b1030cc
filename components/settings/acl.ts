import { z } from "zod";
import { closingPriority, type AclRule, type Protocol } from "../network/acl/rule";
import { hasHostBits, networkOf } from "../network/address";
import { forExample, repeats } from "./cross-checks/placed";
import type { Fault } from "./fault";
import { port, wholeNumber, words, type CheckWords } from "./types";

/** Each with lists of addresses and ports, they take nftables under two seconds to load; the time grows with the square. */
const mostRules = 1000;

/** Protocols as settings name them; the number means the same. */
const protocolNumbers = { tcp: 6, udp: 17, icmp: 1, any: 256 } as const satisfies Record<string, Protocol>;

const address = z
  .string()
  .regex(new RegExp(`${z.regexes.ipv4.source}|${z.regexes.cidrv4.source}`))
  .check(({ value, issues }) => {
    if (issues.length === 0 && hasHostBits(value)) {
      const cure = `write ${networkOf(value)}, the subnet that ${value} lies in`;
      issues.push({ code: "custom", input: value, params: { cure } satisfies CheckWords });
    }
  })
  .register(words, {
    allowed: "an IPv4 address, or a subnet in CIDR form, its host bits zero",
    cure: "write it like 192.168.1.1 or 192.168.1.0/24",
  });

const portRange = z
  .string()
  .regex(/^[1-9]\d{0,4}(?:-[1-9]\d{0,4})?$/)
  .check(({ value, issues }) => {
    if (issues.length > 0) {
      return;
    }
    const [low, high = low] = value.split("-").map(Number);
    if (Math.max(low, high) > 65_535) {
      issues.push({ code: "custom", input: value });
    } else if (low > high) {
      const cure = `write ${high}-${low}, the lower port first`;
      issues.push({ code: "custom", input: value, params: { cure } satisfies CheckWords });
    }
  });

const ports = z.union([port, portRange]).register(words, {
  allowed: 'a port from 1 to 65535, or a range like "8000-8999"',
  cure: "write a number, or the first port, - and the last",
});

const oneOrMore = <T>(given: T | T[]): T[] => (Array.isArray(given) ? given : [given]);

function addressList(description: string) {
  return z
    .union([address, z.array(address)])
    .default([])
    .transform(oneOrMore)
    .describe(description)
    .register(words, {
      allowed: "an IPv4 address, a subnet in CIDR form, its host bits zero, or a list of them",
      cure: "write it like 192.168.1.1, 192.168.1.0/24, or [192.168.1.1, 192.168.2.0/24]",
      byDefault: "any",
    });
}

function portList(description: string) {
  return z
    .union([port, portRange, z.array(ports)])
    .default([])
    .transform((given) => oneOrMore<number | string>(given).map(String))
    .describe(description)
    .register(words, {
      allowed: 'a port from 1 to 65535, a range like "8000-8999", or a list of them',
      cure: 'write it like 80, "8000-8999", or [80, "8000-8999"]',
      byDefault: "any",
    });
}

/**
 * A list of ACL rules as settings hold it, given as {@link AclRule} but that `action` may be left to the lab.
 * @param actionByDefault What a rule without an action does, for the table of settings.
 */
export function aclRules(actionByDefault: string) {
  const rule = z.strictObject({
    direction: z.enum(["In", "Out"]).describe("Traffic to the endpoint, or from it."),
    action: z
      .enum(["Allow", "Block"])
      .optional()
      .describe("What happens to traffic that the rule matches.")
      .register(words, { byDefault: actionByDefault }),
    priority: wholeNumber(1, 65_535).describe("The rule with the lowest number that matches decides."),
    protocol: z
      .literal(["tcp", "udp", "icmp", "any", 6, 17, 1, 256])
      .default("any")
      .transform((given): Protocol => (typeof given === "number" ? given : protocolNumbers[given]))
      .describe("Protocol, by name or number.")
      .register(words, {
        allowed: "tcp, udp, icmp or any, or their numbers 6, 17, 1 or 256",
        cure: "write one of the names; a number without quotes",
      }),
    localAddresses: addressList("Addresses or subnets on the endpoint's own side, one or a list."),
    remoteAddresses: addressList("Addresses or subnets on the other side, one or a list."),
    localPorts: portList("Ports or ranges of ports on the endpoint's own side, one or a list. TCP and UDP only."),
    remotePorts: portList("Ports or ranges of ports on the other side, one or a list. TCP and UDP only."),
  });
  return z.array(rule).register(words, {
    allowed: "a list of rules",
    cure: "write a list, for example [{ direction: In, action: Block, priority: 100, protocol: tcp, localPorts: 80 }]",
  });
}

/** A rule as settings give it. */
export type AclRuleSettings = z.infer<ReturnType<typeof aclRules>>[number];

/**
 * What is wrong with a list of rules beyond its schema.
 * @param key Where the list is in the settings: `policies`.
 * @param closing Whether the pair that allows the rest is added to the list; it has {@link closingPriority}.
 */
export function aclFaults(rules: readonly AclRuleSettings[], key: string, closing: boolean): Fault[] {
  return [
    ...(rules.length > mostRules
      ? [
          {
            key,
            value: `${rules.length} rules`,
            allowed: `at most ${mostRules} rules on an endpoint`,
            cure: "declare fewer: a rule takes lists of addresses and ports, subnets, and ranges of ports",
          },
        ]
      : []),
    ...repeatedFaults(rules, key),
    ...(closing ? closingFaults(rules, key) : []),
    ...portFaults(rules, key),
  ];
}

function repeatedFaults(rules: readonly AclRuleSettings[], key: string): Fault[] {
  const numbered = rules.map(({ direction, priority }, i) => ({ direction, priority, key: `${key}[${i}]` }));
  const taken = new Set(numbered.map(identity));
  return repeats(numbered, identity).map(({ item, first }) => {
    let free = item.priority;
    while (taken.has(identity({ ...item, priority: free }))) {
      free++;
    }
    // Each fault proposes another, so that all the cures can be taken at once.
    taken.add(identity({ ...item, priority: free }));
    return {
      key: `${item.key}.priority`,
      value: item.priority,
      allowed: `a priority that no other rule for ${item.direction} has`,
      cure: `choose another${forExample(free < closingPriority ? free : undefined)}: ${first.key} has it`,
    };
  });
}

function identity({ direction, priority }: Pick<AclRule, "direction" | "priority">): string {
  return `${direction}:${priority}`;
}

function closingFaults(rules: readonly AclRuleSettings[], key: string): Fault[] {
  return rules.flatMap(({ priority }, i) =>
    priority < closingPriority
      ? []
      : [
          {
            key: `${key}[${i}].priority`,
            value: priority,
            allowed: `a priority below ${closingPriority}, that of the pair of rules which allows the rest`,
            cure: "choose a lower number: behind that pair no rule is ever asked",
          },
        ],
  );
}

function portFaults(rules: readonly AclRuleSettings[], key: string): Fault[] {
  return rules.flatMap((rule, i) => {
    if (rule.protocol === 6 || rule.protocol === 17) {
      return [];
    }
    const name = rule.protocol === 1 ? "icmp" : "any";
    return (["localPorts", "remotePorts"] as const)
      .filter((side) => rule[side].length > 0)
      .map((side) => ({
        key: `${key}[${i}].${side}`,
        value: rule[side],
        allowed: `no ports with protocol ${name}: TCP and UDP alone have them`,
        cure: "leave the ports out, or let the rule's protocol be tcp or udp",
      }));
  });
}
