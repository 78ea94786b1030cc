import { getClientConfigOutput } from "@pulumi/azure-native/authorization";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import { getLoadBalancerBackendAddressPoolOutput } from "@pulumi/azure-native/network";
import { Provider } from "@pulumi/azure-native/provider";
import { ResourceGroup } from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { certPathOf, keyPathOf } from "../hosts/scale-set-access";
import type { BastionTunnel } from "../hosts/tunnel-routes";
import type { RemoteServer, ScaleSetSettings } from "../settings";
import { balancerNames, CloudBalancer } from "./cloud-balancer";
import { declareBastion } from "./cloud-bastion";
import { CloudNetwork } from "./cloud-network";
import { costLine, costOf } from "./costs";
import { type Credentials, HostCredentials } from "./credentials";
import { hostsOfInstances, instancesOf, type PoolMember } from "./instances";
import type { PlacedOpening } from "./openings";
import { hostNames, resourceGroupName } from "./names";
import { pricedOf } from "./priced";
import { declareScaleSet } from "./scale-set";
import { rememberMachines, tunnelAddress, tunnelledServers } from "./tunnelled";

/**
 * The module is loaded where a scale set is declared, and nowhere else: azure-native costs a preview time. Types of it may
 * be imported anywhere.
 */

export interface CloudArgs {
  environment: string;
  settings: ScaleSetSettings;
  /** What the labs on its hosts open, see `placedOpenings`. */
  openings: readonly PlacedOpening[];
  /** Until when it is meant to be there, for whoever reads the group's tags. */
  expires?: pulumi.Input<string>;
}

/** A host that has a machine, and how it is reached. */
export type CloudServer = RemoteServer & {
  /** Azure's number of the machine: another one is another machine, on which there is nothing yet. */
  readonly instance: string;
  /** Where labs publish, where that is not `address`. */
  readonly published?: string;
  /** What `address`, which is this machine's then, leads through. */
  readonly tunnel?: BastionTunnel;
  /** The load balancer's port for PowerShell remoting, where there is one. */
  readonly winrm?: number;
};

/** What there is in the cloud, for pictures and for the state. */
export interface CloudDescription {
  readonly provider: "azure";
  readonly rehearsed: boolean;
  readonly region: string;
  readonly resourceGroup: string;
  readonly scaleSet: string;
  readonly size: string;
  readonly capacity: number;
  readonly openings: readonly PlacedOpening[];
  /** Who may administer the hosts. */
  readonly administration: ScaleSetSettings["administration"];
  /** What it costs, in US dollars; an estimate. */
  readonly hourly?: number;
}

/**
 * An environment in Azure: a resource group with a network, a load balancer and a scale set, whose machines are hosts.
 * What it costs by the hour is told in each preview.
 *
 *     const cloud = new Cloud("labs", { environment: "azure-linux", settings: hosts, openings });
 *     const machines = cloud.servers.apply((servers) => servers.map(({ name, port }) => ({ name, port })));
 */
export class Cloud extends pulumi.ComponentResource {
  /** The load balancer's public address. */
  readonly address: pulumi.Output<string>;
  readonly credentials: pulumi.Output<Credentials>;
  /** The hosts that have a machine, in their order: in a preview only those that are there already. */
  readonly servers: pulumi.Output<readonly CloudServer[]>;
  readonly described: CloudDescription;

  constructor(name: string, args: CloudArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:azure:Cloud", name, {}, opts);
    const { environment, settings, openings, expires } = args;
    const { location, subscription: subscriptionId } = settings;
    const provider = new Provider(`${name}-azure`, { subscriptionId }, { parent: this });
    const inAzure = { parent: this, provider };

    // On everything, as Azure hands a group's tags down to nothing in it.
    const tags = { project: pulumi.getProject(), stack: environment };
    const group = new ResourceGroup(
      `${name}-group`,
      {
        ...{ resourceGroupName: resourceGroupName(environment), location },
        tags: expires === undefined ? tags : { ...tags, expires },
      },
      inAzure,
    );
    const inGroup = { resourceGroupName: group.name, location, tags };
    const client = getClientConfigOutput(inAzure);
    const groupId = pulumi.interpolate`/subscriptions/${client.subscriptionId}/resourceGroups/${resourceGroupName(environment)}`;
    const place = { inGroup, groupId, settings, openings };

    const throughBastion = settings.administration.through === "bastion";
    const network = new CloudNetwork(`${name}-network`, place, inAzure);
    const balancer = new CloudBalancer(`${name}-balancer`, place, inAzure);
    this.address = balancer.address;
    const credentials = new HostCredentials(
      `${name}-credentials`,
      {
        ...{ address: throughBastion ? tunnelAddress : this.address, windows: settings.os === "windows" },
        remoting: settings.administration.winrm,
      },
      { parent: this },
    );
    this.credentials = credentials.credentials;
    const identity = settings.identity
      ? new UserAssignedIdentity(`${name}-identity`, { ...inGroup, resourceName: settings.name }, inAzure)
      : undefined;
    const scaleSet = declareScaleSet(
      `${name}-scale-set`,
      {
        ...place,
        credentials,
        identity: identity?.id,
        subnetId: network.subnetId,
        poolId: balancer.poolId,
      },
      { ...inAzure, dependsOn: [network, balancer] },
    );

    // Ports are Azure's to give, and a machine's only once it is there.
    const members = getLoadBalancerBackendAddressPoolOutput(
      { ...balancer.pool, resourceGroupName: resourceGroupName(environment) },
      { ...inAzure, dependsOn: [scaleSet] },
    ).apply(({ loadBalancerBackendAddresses = [] }) => loadBalancerBackendAddresses);
    const { hostPublicKey } = credentials;
    if (throughBastion) {
      const machines = rememberMachines(`${name}-machines`, settings, members, { parent: this });
      const bastion = declareBastion(`${name}-bastion`, place, { ...inAzure, dependsOn: [network] });
      this.servers = pulumi
        .all([machines, bastion, client.subscriptionId, group.name, hostPublicKey, this.address])
        .apply(([found, bastion, subscription, resourceGroup, hostKey, published]) =>
          tunnelledServers(found, {
            ...{ environment, settings, subscription, resourceGroup, bastion, hostKey, published },
          }),
        );
    } else {
      this.servers = pulumi.all([members, this.address, hostPublicKey]).apply(([found, address, hostKey]) => {
        const { servers, trouble } = serversOf(found, { environment, settings, address, hostKey });
        if (trouble !== undefined && !pulumi.runtime.isDryRun()) {
          throw new pulumi.RunError(trouble);
        }
        return servers;
      });
    }
    this.described = describe(args);
    this.registerOutputs({ address: this.address });
  }
}

export interface ReachedBy {
  environment: string;
  settings: ScaleSetSettings;
  address: string;
  hostKey: string;
}

/**
 * The hosts that have a machine, by what the load balancer's pool has.
 * @returns also what is the matter where hosts are without a machine, and there are machines that nothing leads to.
 */
export function serversOf(members: readonly PoolMember[], { environment, settings, address, hostKey }: ReachedBy) {
  const instances = instancesOf(members);
  const found = hostsOfInstances(hostNames(settings), instances);
  const servers = [...found].map(([host, { id, ports }]): CloudServer => ({
    ...{ name: host, instance: id, address, port: ports.ssh, user: settings.adminUser, os: settings.os },
    ...{ privateKeyPath: keyPathOf(environment), hostKey, docker: "tcp+tls" },
    tls: { port: ports.docker, certPath: certPathOf(environment) },
    ...(ports.winrm === undefined ? {} : { winrm: ports.winrm }),
  }));
  const unreached = members.length - instances.length;
  const { balancer, pool } = balancerNames;
  const group = resourceGroupName(environment);
  return {
    servers,
    trouble:
      found.size === settings.capacity || unreached === 0
        ? undefined
        : `Azure tells no ports of ${unreached} of its ${members.length} machines behind load balancer ${balancer} in ` +
          `resource group ${group}, and hosts are reached by those. Look what it has given a machine with\n  az network ` +
          `lb list-mapping --resource-group ${group} --name ${balancer} --backend-pool-name ${pool} --request ip=ADDRESS\n` +
          "and once there are ports, run `npm run up` again.",
  };
}

/** Says what it costs, too: nobody should find that out from a bill. */
function describe({ environment, settings, openings }: CloudArgs): CloudDescription {
  const { location, size, capacity, administration, rehearsed } = settings;
  const cost = costOf(pricedOf(settings, openings));
  const told = costLine(cost);
  void pulumi.log.info(rehearsed ? `This is a rehearsal and costs nothing. In Azure: ${told}` : told);
  return {
    ...{ provider: "azure", rehearsed, region: location, size, capacity, openings, administration },
    resourceGroup: resourceGroupName(environment),
    scaleSet: settings.name,
    hourly: cost.hourly,
  };
}
