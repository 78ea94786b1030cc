import { LoadBalancer, PublicIPAddress } from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { type CloudPlace, standardAddress } from "./cloud-network";
import { endpointsOf } from "./openings";
import { administrationPorts, administrationPortsOf, frontendRange } from "./ports";

/** Names of the load balancer and within it. */
export const balancerNames = { balancer: "balancer", frontend: "public", pool: "hosts" } as const;

/**
 * The way to a cloud's hosts: a public address, ports that lead to each host alone for SSH and Docker unless Bastion is
 * the way there, and the labs' endpoints, which lead to whichever host listens there. Rules need their pool in the same
 * declaration, so all is in one.
 */
export class CloudBalancer extends pulumi.ComponentResource {
  readonly address: pulumi.Output<string>;
  readonly poolId: pulumi.Output<string>;
  /** By which the pool is looked up. */
  readonly pool = { loadBalancerName: balancerNames.balancer, backendAddressPoolName: balancerNames.pool } as const;

  constructor(name: string, place: CloudPlace, { provider, ...opts }: pulumi.CustomResourceOptions) {
    super("container-network-labs:azure:CloudBalancer", name, {}, opts);
    const { inGroup, groupId, settings, openings } = place;
    const { maximum, zones } = settings;
    const inAzure = { parent: this, provider };
    // Azure makes an address of two zones one of all three, which the next preview would call a change.
    const redundant = zones === undefined ? {} : { zones: ["1", "2", "3"] };
    const front = new PublicIPAddress(
      `${name}-address`,
      { ...inGroup, ...standardAddress, publicIpAddressName: "front", ...redundant },
      inAzure,
    );
    const balancerId = pulumi.interpolate`${groupId}/providers/Microsoft.Network/loadBalancers/${balancerNames.balancer}`;
    const frontend = { id: pulumi.interpolate`${balancerId}/frontendIPConfigurations/${balancerNames.frontend}` };
    this.poolId = pulumi.interpolate`${balancerId}/backendAddressPools/${balancerNames.pool}`;
    const pool = { id: this.poolId };
    const endpoints = endpointsOf(openings);
    const throughBastion = settings.administration.through === "bastion";
    const natPorts = throughBastion ? [] : administrationPortsOf(settings.administration);
    new LoadBalancer(
      name,
      {
        ...inGroup,
        loadBalancerName: balancerNames.balancer,
        sku: { name: "Standard", tier: "Regional" },
        frontendIPConfigurations: [{ name: balancerNames.frontend, publicIPAddress: { id: front.id } }],
        backendAddressPools: [{ name: balancerNames.pool }],
        inboundNatRules: natPorts.map((port) => {
          const { first, last } = frontendRange(port, maximum);
          return {
            ...{ name: port, protocol: "Tcp", backendPort: administrationPorts[port], enableTcpReset: true },
            // Long enough for a build that says nothing for a while.
            idleTimeoutInMinutes: 30,
            frontendPortRangeStart: first,
            frontendPortRangeEnd: last,
            frontendIPConfiguration: frontend,
            backendAddressPool: pool,
          };
        }),
        probes: endpoints.map((endpoint) => ({
          ...{ name: endpoint.name, protocol: "Tcp", port: endpoint.port },
          ...{ intervalInSeconds: 5, numberOfProbes: 1, probeThreshold: 1 },
        })),
        loadBalancingRules: endpoints.map((endpoint) => ({
          ...{ name: endpoint.name, protocol: "Tcp", frontendPort: endpoint.port, backendPort: endpoint.port },
          ...{ enableTcpReset: true, idleTimeoutInMinutes: 4 },
          // The way out is the NAT gateway's.
          disableOutboundSnat: true,
          frontendIPConfiguration: frontend,
          backendAddressPool: pool,
          probe: { id: pulumi.interpolate`${balancerId}/probes/${endpoint.name}` },
        })),
      },
      inAzure,
    );
    this.address = front.ipAddress.apply((address) => address ?? "");
    this.registerOutputs({ address: this.address });
  }
}
