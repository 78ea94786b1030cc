import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../hosts/container-host";
import { toolboxOn } from "../images/toolbox";
import { FirewallRule } from "../network/firewall-rule";
import { helper } from "../network/linux/helper";
import { namedRules } from "../network/opening";
import { GATEWAY_BRIDGE } from "./data";
import { memberOpenings } from "./openings";

/** What the rule between overlays is called. */
const apart = "Overlays are apart";

export interface MemberPortsArgs {
  readonly host: ContainerHost;
  /** Subnets in CIDR form that the members are in, and nobody else. */
  readonly sources: readonly string[];
  /** Subnets in CIDR form of the networks that the hosts have together. */
  readonly overlays: readonly string[];
  /** The member's own; without it, the ports are closed on all of its addresses. */
  readonly address?: string;
}

/**
 * Closes Swarm's own ports of a host to all but the members, in two steps, and the way from one overlay to another:
 * what a container sends there would leave by the host's gateway, and wander through networks that know nothing of
 * it. Who is to be a member is let in before the members change, and who is none any more is kept out only
 * afterwards: until it is taken out, it is needed.
 *
 *     const ports = new MemberPorts("cluster-one-ports", { host, sources, address }, { parent: this });
 *     …
 *     ports.close([applied]);
 */
export class MemberPorts extends pulumi.ComponentResource {
  /** Those who are to be members are let in. */
  readonly admitted: pulumi.Resource;

  constructor(
    private readonly name: string,
    private readonly args: MemberPortsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("container-network-labs:cluster:MemberPorts", name, {}, opts);
    if (args.host.os === "windows") {
      const { host, sources, address } = args;
      const openings = memberOpenings(sources, address);
      this.admitted = new FirewallRule(`${name}-admit`, { host, lab: "cluster", openings }, { parent: this });
    } else {
      this.admitted = this.command("admit", false);
    }
    this.registerOutputs({});
  }

  /** Keeps out who is no member. */
  close(after: pulumi.Resource[]): void {
    if (this.args.host.os !== "windows") {
      // On the way back, too: they have the same table, which the second to come finds removed.
      this.command("close", true, [this.admitted, ...after]);
    }
  }

  private command(step: string, alone: boolean, dependsOn: pulumi.Resource[] = []): pulumi.Resource {
    const { host } = this.args;
    const { name, ruleset, rules } = memberTable(pulumi.getStack(), this.args, alone);
    const stdin = JSON.stringify({ tables: [{ family: "ip", name, ruleset, rules }] });
    const run = toolboxOn(host).imageId.apply((toolbox) => {
      const line = helper(toolbox, "host");
      return { create: line("apply"), delete: line("remove") };
    });
    return host.command(
      `${this.name}-${step}`,
      { create: run.create, delete: run.delete, stdin },
      { parent: this, dependsOn },
    );
  }
}

/**
 * An nftables table with who may come to a member's ports: it holds who was let in before, too, unless it is to be these
 * alone. As in `linux/firewall.ts`, it stands before Docker's own translation, and what is only passing through or is a
 * reply is not looked at.
 */
export function memberTable(
  stack: string,
  { sources, overlays, address }: Omit<MemberPortsArgs, "host">,
  alone: boolean,
): { readonly name: string; readonly ruleset: string; readonly rules: readonly string[] } {
  const name = `lab_swarm_${stack}`.replace(/[^A-Za-z0-9_.-]/g, "_");
  const named = memberOpenings([], address).flatMap((opening) =>
    namedRules(opening).map((rule) => ({ ...rule, listen: opening.listen })),
  );
  const chain = `ip ${name} prerouting`;
  const lines = [
    `table ip ${name}`,
    ...(alone ? [`delete table ip ${name}`, `table ip ${name}`] : []),
    `add set ip ${name} members { type ipv4_addr; flags interval; }`,
    `add set ip ${name} overlays { type ipv4_addr; flags interval; }`,
    `add chain ${chain} { type filter hook prerouting priority -150; policy accept; }`,
    `flush chain ${chain}`,
    `add rule ${chain} iifname "lo" accept`,
    `add rule ${chain} iifname "${GATEWAY_BRIDGE}" ip daddr @overlays drop comment "${apart}"`,
    `add rule ${chain} fib daddr type != local accept`,
    `add rule ${chain} ct direction reply accept`,
    ...named.map(({ displayName, protocol, listen, ports }) => {
      const to = listen === "0.0.0.0" ? "" : `ip daddr ${listen} `;
      const from = "ip saddr != @members";
      return `add rule ${chain} ${to}${protocol.toLowerCase()} dport ${ports} ${from} drop comment "${displayName}"`;
    }),
    ...Object.entries({ members: sources, overlays }).flatMap(([set, subnets]) =>
      subnets.length === 0 ? [] : [`add element ip ${name} ${set} { ${subnets.join(", ")} }`],
    ),
    "",
  ];
  return { name, ruleset: lines.join("\n"), rules: [apart, ...named.map(({ displayName }) => displayName)] };
}
