import { key, sameId } from "../arm/ids";
import type { Instance } from "../arm/resource";
import type { Subscription } from "../arm/subscription";
import type { InboundNatRuleBody, LoadBalancerBody, PublicIpBody } from "../types/bodies";
import { frontendPorts, membersOf, poolsOf } from "../types/load-balancer";
import type { Frontend } from "./hosts";

/**
 * Gives every machine in the pool of an inbound NAT rule (version 2) a frontend port of its range. A machine keeps its
 * port as long as it lives; a new one gets the smallest that is free.
 * https://learn.microsoft.com/azure/load-balancer/inbound-nat-rules
 */
export function assignPorts(subscription: Subscription): void {
  const { ports } = subscription.state;
  const before = { ...ports };
  for (const id of Object.keys(ports)) {
    delete ports[id];
  }
  for (const { id, body } of subscription.loadBalancers()) {
    for (const rule of body.inboundNatRules ?? []) {
      const ruleId = key(`${id}/inboundNatRules/${rule.name}`);
      ports[ruleId] = portsOf(rule, before[ruleId] ?? {}, subscription);
    }
  }
}

function portsOf(
  rule: InboundNatRuleBody,
  before: Readonly<Record<string, number>>,
  subscription: Subscription,
): Record<string, number> {
  const range = frontendPorts(rule);
  if (rule.backendAddressPool === undefined || range === undefined) {
    return {};
  }
  const members = membersOf(rule.backendAddressPool.id, subscription).map(({ id }) => key(id));
  const inRange = (port: number | undefined) => port !== undefined && range.start <= port && port <= range.end;
  const kept = members.filter((member) => inRange(before[member])).map((member) => [member, before[member]] as const);
  const given = new Map<string, number>(kept);
  const taken = new Set(given.values());
  for (const member of members.filter((each) => !given.has(each))) {
    let port = range.start;
    while (taken.has(port)) {
      port++;
    }
    // A rule refuses writes that would need more ports than there are; what is left over here is not reachable.
    if (port <= range.end) {
      given.set(member, port);
      taken.add(port);
    }
  }
  return Object.fromEntries(given);
}

/** The frontend ports that lead to an instance. */
export function frontendsOf(instance: Instance, subscription: Subscription): Frontend[] {
  return subscription.loadBalancers().flatMap(({ id, body }) => {
    const natRules = (body.inboundNatRules ?? []).flatMap((rule): Frontend[] => {
      const ports = subscription.state.ports[key(`${id}/inboundNatRules/${rule.name}`)] ?? {};
      return instance.ipConfigurations.flatMap((configuration) => {
        const port = ports[key(configuration.id)];
        return port === undefined ? [] : [frontend(rule, port, false)];
      });
    });
    const balanced = (body.loadBalancingRules ?? [])
      .filter((rule) => poolsOf(rule).some((pool) => isIn(instance, pool.id)))
      .map((rule) => frontend(rule, rule.frontendPort, true));
    return [...natRules, ...balanced];

    function frontend(
      rule: Pick<InboundNatRuleBody, "name" | "protocol" | "backendPort" | "frontendIPConfiguration">,
      frontendPort: number,
      shared: boolean,
    ): Frontend {
      return {
        rule: rule.name ?? "",
        publicAddress: addressOf(body, rule.frontendIPConfiguration?.id ?? "", subscription) ?? "",
        frontendPort,
        backendPort: rule.backendPort ?? frontendPort,
        protocol: rule.protocol ?? "Tcp",
        shared,
      };
    }
  });
}

function isIn({ ipConfigurations }: Instance, poolId: string): boolean {
  return ipConfigurations.some(({ pools }) => pools.some((pool) => sameId(pool, poolId)));
}

/** The public address of a front end. */
function addressOf(body: LoadBalancerBody, frontendId: string, subscription: Subscription): string | undefined {
  const name = frontendId.split("/").at(-1);
  const frontend = body.frontendIPConfigurations?.find((each) => each.name?.toLowerCase() === name?.toLowerCase());
  const address = subscription.get(frontend?.publicIPAddress?.id ?? "");
  return (address?.body as PublicIpBody | undefined)?.ipAddress;
}
