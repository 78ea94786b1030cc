import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../hosts/container-host";
import { toolboxOn } from "../images/toolbox";
import type { CommandLines, StackReport } from "./dialect";
import { linuxFirewallCommand, linuxFirewallTable } from "./linux/firewall";
import type { Opening } from "./opening";
import { windowsFirewallCommand } from "./windows/firewall";

export interface FirewallRuleArgs {
  host: ContainerHost;
  /** The lab it belongs to. */
  lab: string;
  openings: readonly Opening[];
  /** What Windows lists the rules under, and by which they are found again: no other stack's. */
  group?: string;
}

/**
 * The openings of a lab in the firewall of its host, applied as a whole: what is not declared any more is removed, and
 * nothing that somebody else added is touched. On destroy all of it goes.
 *
 *     new FirewallRule("app-pool-openings", { host, lab, openings: [{ service: "HTTP", listen, ports, sources }] });
 */
export class FirewallRule extends pulumi.ComponentResource {
  constructor(name: string, args: FirewallRuleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:network:FirewallRule", name, {}, opts);
    const { stdin, lines } = args.host.os === "windows" ? windows(args) : linux(args);
    const { create, delete: remove } = pulumi.output(lines);
    const declared = args.host.command(name, { create, delete: remove, stdin }, { parent: this });
    const changed = declared.stdout.apply((text) => (JSON.parse(text) as StackReport).changed);
    this.registerOutputs({ changed });
  }
}

interface Declared {
  readonly stdin: string;
  readonly lines: pulumi.Input<CommandLines>;
}

function linux({ host, lab, openings }: FirewallRuleArgs): Declared {
  const { stdin, lines } = linuxFirewallCommand(linuxFirewallTable(pulumi.getStack(), lab), openings);
  return { stdin, lines: toolboxOn(host).imageId.apply(lines) };
}

function windows({ lab, openings, group }: FirewallRuleArgs): Declared {
  return windowsFirewallCommand(group ?? `${lab} (${pulumi.getStack()})`, openings);
}
