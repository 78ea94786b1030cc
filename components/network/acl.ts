import * as pulumi from "@pulumi/pulumi";
import type { EndpointState, StackReport } from "./dialect";
import { declareStackCommand, type StackCommandArgs } from "./stack-command";
import { linuxAclCommand } from "./linux/network-stack";
import type { EndpointSpec } from "./topology";
import { windowsAclCommand } from "./windows/acl";

export interface AclArgs extends StackCommandArgs {
  /** The endpoint with its rules. */
  endpoint: EndpointSpec;
}

/**
 * The ACL on an endpoint, applied as a whole list: what was there and is not ours stays, nothing piles up, and a list
 * that is refused leaves the one before in force. Applied again when the container is new or was restarted.
 */
export class Acl extends pulumi.ComponentResource {
  /** The endpoint before the list was last applied. */
  readonly before: pulumi.Output<EndpointState>;
  /** The endpoint with the list in force. */
  readonly after: pulumi.Output<EndpointState>;

  constructor(name: string, args: AclArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:network:Acl", name, {}, opts);
    const report: pulumi.Output<StackReport<EndpointState>> = declareStackCommand(name, this, args, {
      linux: () => linuxAclCommand(args.endpoint),
      windows: () => windowsAclCommand(args.endpoint),
    });
    this.before = report.before;
    this.after = report.after;
    // What it shows is in the command's own outputs. A long list, recorded twice, would make previews slower.
    this.registerOutputs({});
  }
}
