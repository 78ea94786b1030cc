import { key, parentOf, sameId } from "../arm/ids";
import type { Body, IpConfiguration, Reference } from "../arm/resource";
import type { Subscription } from "../arm/subscription";
import type { InboundNatRuleBody, LoadBalancerBody, LoadBalancingRuleBody } from "./bodies";
import type { ResourceType } from "./resource-type";

const POOL = "Microsoft.Network/loadBalancers/backendAddressPools";
const NAT_RULE = "Microsoft.Network/loadBalancers/inboundNatRules";

export const loadBalancer: ResourceType = {
  token: "azure-native:network:LoadBalancer",
  type: "Microsoft.Network/loadBalancers",
  apiVersion: "2024-05-01",
  path: "/loadBalancers/{loadBalancerName}",
  naming: "random",
  inputs: [
    ...["backendAddressPools", "extendedLocation", "frontendIPConfigurations", "id", "inboundNatPools"],
    ...["inboundNatRules", "loadBalancingRules", "location", "outboundRules", "probes", "sku", "tags"],
  ],
  outputs: ["etag", "name", "provisioningState", "resourceGuid", "type"],
  required: [
    ...["loadBalancingRules[].protocol", "loadBalancingRules[].frontendPort", "probes[].protocol", "probes[].port"],
    ...["outboundRules[].protocol", "outboundRules[].backendAddressPool", "outboundRules[].frontendIPConfigurations"],
  ],
  children: [
    { path: ["backendAddressPools"], type: POOL },
    { path: ["inboundNatRules"], type: NAT_RULE },
  ],
  parts: ["frontendIPConfigurations", "loadBalancingRules", "probes", "outboundRules"],
  readOnly: [
    ...["etag", "provisioningState", "type", "backendIPConfigurations", "loadBalancerBackendAddresses"],
    ...["privateIPAllocationMethod"],
  ],
  defaults: (body) => ({
    inboundNatPools: [],
    loadBalancingRules: [],
    outboundRules: [],
    probes: [],
    ...body,
    sku: { name: "Basic", tier: "Regional", ...(body as LoadBalancerBody).sku },
  }),
};

export const backendAddressPool: ResourceType = {
  token: "azure-native:network:LoadBalancerBackendAddressPool",
  type: POOL,
  apiVersion: "2024-05-01",
  path: "/loadBalancers/{loadBalancerName}/backendAddressPools/{backendAddressPoolName}",
  naming: "copy",
  inputs: [
    ...["drainPeriodInSeconds", "id", "loadBalancerBackendAddresses", "location", "name", "syncMode"],
    ...["tunnelInterfaces", "virtualNetwork"],
  ],
  outputs: [
    ...["backendIPConfigurations", "etag", "inboundNatRules", "loadBalancingRules", "outboundRule", "outboundRules"],
    ...["provisioningState", "type"],
  ],
  required: [],
  view: ({ id }, subscription) => poolView(id, subscription),
};

export const inboundNatRule: ResourceType = {
  token: "azure-native:network:InboundNatRule",
  type: NAT_RULE,
  apiVersion: "2024-05-01",
  path: "/loadBalancers/{loadBalancerName}/inboundNatRules/{inboundNatRuleName}",
  naming: "copy",
  inputs: [
    ...["backendAddressPool", "backendPort", "enableFloatingIP", "enableTcpReset", "frontendIPConfiguration"],
    ...["frontendPort", "frontendPortRangeEnd", "frontendPortRangeStart", "id", "idleTimeoutInMinutes", "name"],
    ...["protocol"],
  ],
  outputs: ["backendIPConfiguration", "etag", "provisioningState", "type"],
  required: [],
  defaults: (body) => ({
    enableFloatingIP: false,
    enableTcpReset: false,
    idleTimeoutInMinutes: 4,
    protocol: "Tcp",
    ...body,
  }),
};

/** The addresses of machines that are in a pool. */
export function membersOf(poolId: string, subscription: Subscription): IpConfiguration[] {
  return subscription
    .machines()
    .flatMap(({ instance }) => instance.ipConfigurations)
    .filter(({ pools }) => pools.some((pool) => sameId(pool, poolId)));
}

/** The pools that a load balancing rule sends to. */
export function poolsOf(rule: LoadBalancingRuleBody): readonly Reference[] {
  return rule.backendAddressPools ?? (rule.backendAddressPool === undefined ? [] : [rule.backendAddressPool]);
}

/** The frontend ports that an inbound NAT rule takes, both ends included. */
export function frontendPorts(rule: InboundNatRuleBody): { readonly start: number; readonly end: number } | undefined {
  const start = rule.frontendPortRangeStart ?? rule.frontendPort;
  const end = rule.frontendPortRangeEnd ?? rule.frontendPort;
  return start === undefined || end === undefined ? undefined : { start, end };
}

/** What a pool shows: its machines, and for each the ports that inbound NAT rules give it. */
function poolView(id: string, subscription: Subscription): Body {
  const members = membersOf(id, subscription);
  const balancer = subscription.get(parentOf(id))!;
  const body = subscription.whole(balancer) as LoadBalancerBody;
  const natRules = (body.inboundNatRules ?? []).filter(({ backendAddressPool: pool }) => sameId(pool?.id ?? "", id));
  const rules = (body.loadBalancingRules ?? []).filter((rule) => poolsOf(rule).some((pool) => sameId(pool.id, id)));
  const outbound = (body.outboundRules ?? []).filter((rule) => sameId(rule.backendAddressPool.id, id));
  const ids = (list: string, items: readonly { readonly name?: string }[]) =>
    items.map(({ name }) => ({ id: `${balancer.id}/${list}/${name}` }));
  return {
    backendIPConfigurations: members.map((member) => ({ id: member.id })),
    loadBalancerBackendAddresses: members.map((member) => ({
      name: member.id.split("/").slice(-7).join("_"),
      networkInterfaceIPConfiguration: { id: member.id },
      inboundNatRulesPortMapping: natRules.flatMap(({ name, backendPort }) => {
        const port = subscription.state.ports[key(`${balancer.id}/inboundNatRules/${name}`)]?.[key(member.id)];
        return port === undefined ? [] : [{ inboundNatRuleName: name, frontendPort: port, backendPort }];
      }),
    })),
    inboundNatRules: ids("inboundNatRules", natRules),
    loadBalancingRules: ids("loadBalancingRules", rules),
    ...(outbound.length === 0 ? {} : { outboundRules: ids("outboundRules", outbound) }),
  };
}
