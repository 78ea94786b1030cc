import * as pulumi from "@pulumi/pulumi";
import { certPathOf, keyPathOf } from "../hosts/scale-set-access";
import type { ScaleSetSettings } from "../settings";
import type { CloudServer } from "./cloud";
import { numbersOf, type PoolMember } from "./instances";
import { hostNames } from "./names";
import { tunnelPorts } from "./tunnel-ports";

/** This machine's end of every tunnel, which the engines' certificates therefore name. */
export const tunnelAddress = "127.0.0.1";

/** What `tools/run.js machines` reads. */
export interface MachinesOrder {
  /** The hosts, in their order. */
  readonly hosts: readonly string[];
  /** Azure's numbers of the machines that there are. */
  readonly machines: readonly string[];
}

/** Hosts, each with the number of its machine. */
export type MachineOfHost = Readonly<Record<string, string>>;

/**
 * Which host is which machine, where no port of a load balancer tells: the state remembers, so that a machine stays the
 * host that it was, and one that comes takes the place of one that went.
 */
export function rememberMachines(
  name: string,
  settings: ScaleSetSettings,
  members: pulumi.Output<readonly PoolMember[]>,
  { parent }: pulumi.ComponentResourceOptions,
): pulumi.Output<MachineOfHost> {
  // Loaded here, as a local preview has no use for it.
  const command = require("@pulumi/command") as typeof import("@pulumi/command");
  const provider = new command.Provider(`${name}-command`, {}, { parent });
  const stdin = members.apply((all) =>
    JSON.stringify({ hosts: hostNames(settings), machines: numbersOf(all) } satisfies MachinesOrder),
  );
  // It finds in its environment what it printed last.
  const program = "node tools/run.js machines";
  const run = { create: program, update: program, stdin, logging: "stderr" as const };
  return new command.local.Command(name, run, { parent, provider }).stdout.apply(
    (text) => JSON.parse(text) as MachineOfHost,
  );
}

/** How the machines of a scale set are found by Azure Bastion. */
export interface TunnelledBy {
  readonly environment: string;
  readonly settings: ScaleSetSettings;
  readonly subscription: string;
  readonly resourceGroup: string;
  /** The Bastion's name. */
  readonly bastion: string;
  readonly hostKey: string;
  /** The load balancer's public address. */
  readonly published: string;
}

/** The hosts that have a machine, each at the ports of this machine that are always its. */
export function tunnelledServers(machines: MachineOfHost, by: TunnelledBy): CloudServer[] {
  const { environment, settings, subscription, resourceGroup, bastion, hostKey, published } = by;
  const { administration, adminUser, os, name: scaleSet } = settings;
  return hostNames(settings).flatMap((name, index): CloudServer[] => {
    const { ssh, docker } = tunnelPorts(environment, administration.localPort, index);
    return Object.hasOwn(machines, name)
      ? [
          {
            ...{ name, instance: machines[name], address: tunnelAddress, port: ssh, user: adminUser, os, published },
            ...{ privateKeyPath: keyPathOf(environment), hostKey, docker: "tcp+tls" },
            tls: { port: docker, certPath: certPathOf(environment) },
            tunnel: { subscription, resourceGroup, bastion, scaleSet },
          },
        ]
      : [];
  });
}
