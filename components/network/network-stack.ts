import * as pulumi from "@pulumi/pulumi";
import type { StackReport } from "./dialect";
import { declareStackCommand, type StackCommandArgs } from "./stack-command";
import { linuxStackCommand } from "./linux/network-stack";
import type { StackSpec } from "./topology";
import { windowsStackCommand } from "./windows/network-stack";

export interface NetworkStackArgs extends StackCommandArgs {
  spec: StackSpec;
}

/** What a container's network stack holds, as its system shows it. */
export interface StackState {
  readonly addresses: readonly unknown[];
  readonly routes: readonly unknown[];
  readonly portProxies: readonly unknown[];
}

/**
 * The address aliases, routes and port proxies of a container's network stack, applied as a whole: again when the
 * container is new or was restarted, which empties its stack.
 */
export class NetworkStack extends pulumi.ComponentResource {
  readonly before: pulumi.Output<StackState>;
  readonly after: pulumi.Output<StackState>;

  constructor(name: string, args: NetworkStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:network:NetworkStack", name, {}, opts);
    const report: pulumi.Output<StackReport<StackState>> = declareStackCommand(name, this, args, {
      linux: () => linuxStackCommand(args.spec),
      windows: () => windowsStackCommand(args.spec),
    });
    this.before = report.before;
    this.after = report.after;
    this.registerOutputs({ before: this.before, after: this.after });
  }
}
