import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../hosts/container-host";
import { toolboxOn } from "../images/toolbox";
import type { StackCommand, StackReport } from "./dialect";
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
    const { host } = args;
    const command: pulumi.Output<StackCommand> | StackCommand =
      host.os === "windows" ? windows(args) : toolboxOn(host).imageId.apply((toolbox) => linux(args, toolbox));
    const { create, delete: remove } = pulumi.output(command);
    // The data hangs on nothing that is yet to be made, so a preview shows it.
    const { stdin } = host.os === "windows" ? windows(args) : linux(args, "");
    const declared = host.command(name, { create, delete: remove, stdin }, { parent: this });
    const changed = declared.stdout.apply((text) => (JSON.parse(text) as StackReport).changed);
    this.registerOutputs({ changed });
  }
}

function linux({ lab, openings }: FirewallRuleArgs, toolbox: string): StackCommand {
  return linuxFirewallCommand(toolbox, linuxFirewallTable(pulumi.getStack(), lab), openings);
}

function windows({ lab, openings, group }: FirewallRuleArgs): StackCommand {
  return windowsFirewallCommand(group ?? `${lab} (${pulumi.getStack()})`, openings);
}
