import { createRequire } from "node:module";
import type { HostsModule } from "../orders/settings";

/** A port of a load balancer that leads to an instance. */
export interface Frontend {
  /** Name of the inbound NAT rule or the load balancing rule. */
  readonly rule: string;
  readonly publicAddress: string;
  readonly frontendPort: number;
  readonly backendPort: number;
  readonly protocol: string;
  /** Whether the same port leads to other instances, too: a load balancing rule's does, a NAT rule's never. */
  readonly shared: boolean;
}

/** An instance of a scale set, as far as the machine behind it has to be told. */
export interface HostedInstance {
  readonly subscriptionId: string;
  readonly scaleSetId: string;
  readonly instanceId: string;
  readonly id: string;
  /** No other machine has ever had it. */
  readonly vmId: string;
  readonly name: string;
  readonly computerName: string;
  readonly os: "linux" | "windows";
  /** publisher:offer:sku:version */
  readonly image: string;
  readonly size: string;
  readonly privateAddresses: readonly string[];
  readonly adminUsername: string;
  readonly adminPassword?: string;
  readonly sshPublicKeys: readonly string[];
  /** As Azure gets it: base64. */
  readonly customData?: string;
  readonly frontends: readonly Frontend[];
}

/** Something to be run on an instance: a custom script extension or a run command. */
export interface HostCommand {
  /** Name of the extension or the run command. */
  readonly name: string;
  /** A command line for an extension; a script's text for a run command. */
  readonly text: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
  readonly error: string;
}

/** What makes the machines behind the instances of scale sets. Every call may be repeated: it then changes nothing. */
export interface InstanceHosts {
  /** Starts the machine and opens its frontend ports. What it throws is the instance's provisioning failure. */
  create(instance: HostedInstance): Promise<void>;
  /** Tells of other frontend ports of a machine that is there. */
  publish(instance: HostedInstance): Promise<void>;
  run(instance: HostedInstance, command: HostCommand): Promise<CommandResult>;
  /** Takes the machine and its frontend ports away, also where only a part of it is left. */
  remove(instance: HostedInstance): Promise<void>;
}

/** Machines that are only told about: everything succeeds at once. */
export const noHosts: InstanceHosts = {
  create: async () => undefined,
  publish: async () => undefined,
  run: async () => ({ exitCode: 0, output: "", error: "" }),
  remove: async () => undefined,
};

/** The hosts that a module makes, or none. Throws where the module makes no such thing. */
export function loadHosts(hosts: HostsModule | undefined): InstanceHosts {
  if (hosts === undefined) {
    return noHosts;
  }
  const { module, options } = hosts;
  const { hostsFor } = createRequire(__filename)(module) as { hostsFor?: (options: unknown) => InstanceHosts };
  if (hostsFor === undefined) {
    throw new Error(`${module} exports no "hostsFor"`);
  }
  return hostsFor(options);
}
