import type { StackCommand } from "../dialect";
import { namedRules, type Opening } from "../opening";
import { helper } from "./helper";
import { replacedTable } from "./nftables";

const everybody = "0.0.0.0/0";
const everyAddress = "0.0.0.0";

/** Name of the nftables table (family ip) in the host's own network namespace that holds the openings of a stack's lab. */
export function linuxFirewallTable(stack: string, lab: string): string {
  return `lab_openings_${stack}_${lab}`.replace(/[^A-Za-z0-9_.-]/g, "_");
}

/**
 * Openings as one nftables transaction, which replaces what the table held. Docker lets everybody reach a published port,
 * so what it takes is to drop those who are not among the sources: before Docker's destination NAT (-100), so that a rule
 * sees the host's own address and port. Packets of open connections are dropped, too; replies to what the host or a
 * container asked, and what is only passing through to another machine, are not looked at, and neither is loopback.
 */
export function linuxFirewallRuleset(table: string, openings: readonly Opening[]): string {
  const rules = restricted(openings).flatMap((opening) =>
    namedRules(opening).map(({ displayName, ports, protocol }) => {
      const address = opening.listen === everyAddress ? "" : `ip daddr ${opening.listen} `;
      const sources = `ip saddr != { ${opening.sources.join(", ")} }`;
      return `    ${address}${protocol.toLowerCase()} dport ${ports} ${sources} drop comment "${displayName}"`;
    }),
  );
  return replacedTable(`ip ${table}`, [
    "  chain prerouting {",
    "    type filter hook prerouting priority -150; policy accept;",
    '    iifname "lo" accept',
    "    fib daddr type != local accept",
    "    ct direction reply accept",
    ...rules,
    "  }",
  ]);
}

/** Where everybody may come in, there is nothing to drop. */
function restricted(openings: readonly Opening[]): Opening[] {
  return openings.filter(({ sources }) => !sources.includes(everybody));
}

/**
 * The command that makes a table hold openings, in the host's network namespace. What it is to run with is the engine's id
 * of the toolbox image.
 */
export function linuxFirewallCommand(table: string, openings: readonly Opening[]): StackCommand<string> {
  const rules = restricted(openings).flatMap((opening) => namedRules(opening).map(({ displayName }) => displayName));
  return {
    stdin: JSON.stringify({
      tables: [{ family: "ip", name: table, ruleset: linuxFirewallRuleset(table, openings), rules }],
    }),
    lines: (toolbox) => {
      const run = helper(toolbox, "host");
      return { create: run("apply"), delete: run("remove") };
    },
  };
}
