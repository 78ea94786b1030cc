import { administrationPorts } from "../azure/ports";
import type { RemoteServer } from "../settings/hosts";
import { aliasOf, sshConfigPath } from "./ssh-config";

/** Azure Bastion, and the scale set whose machines it leads to. */
export interface BastionTunnel {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** The Bastion's name. */
  readonly bastion: string;
  readonly scaleSet: string;
}

/** A server that may be at the other end of a tunnel. */
export type TunnelledServer = RemoteServer & {
  /** Number of its machine. */
  readonly instance?: string;
  readonly tunnel?: BastionTunnel;
};

/** A port of 127.0.0.1, and what a connection to it is handed to. */
export type TunnelRoute = { readonly port: number; readonly host: string } & (BastionRoute | SshRoute);

/** Azure's command line opens a tunnel to the machine. */
export interface BastionRoute {
  readonly through: "bastion";
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly bastion: string;
  /** Azure's id of the machine. */
  readonly target: string;
  readonly resourcePort: number;
}

/** OpenSSH carries it in a connection to the machine. */
export interface SshRoute {
  readonly through: "ssh";
  readonly sshConfig: string;
  readonly alias: string;
  /** As the machine itself knows it: `127.0.0.1:2376`. */
  readonly to: string;
}

/**
 * The tunnels to servers; none for a server that is reached as it is. Only SSH goes through the Bastion by itself: each of
 * a Docker client's many connections would be a session there, which take long to open and are limited in number. So these
 * go through SSH's, of which there are few.
 */
export function tunnelRoutes(servers: readonly TunnelledServer[], environment: string): TunnelRoute[] {
  return servers.flatMap(({ name, port, tls, instance, tunnel }): TunnelRoute[] => {
    if (tunnel === undefined || instance === undefined) {
      return [];
    }
    const { subscription, resourceGroup, bastion, scaleSet } = tunnel;
    const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
    const target = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/${scaleSet}/virtualMachines/${instance}`;
    const ssh: TunnelRoute = {
      ...{ port, host: name, through: "bastion", subscription, resourceGroup, bastion, target },
      resourcePort: administrationPorts.ssh,
    };
    const inside = { sshConfig: sshConfigPath(environment), alias: aliasOf(name, environment) };
    const to = `127.0.0.1:${administrationPorts.docker}`;
    return tls === undefined ? [ssh] : [ssh, { port: tls.port, host: name, through: "ssh", ...inside, to }];
  });
}
