import { isWithin, sameId } from "../arm/ids";
import type { Subscription } from "../arm/subscription";
import type { InboundNatRuleBody, LoadBalancerBody, LoadBalancingRuleBody, ScaleSetBody } from "../types/bodies";
import { frontendPorts, poolsOf } from "../types/load-balancer";
import { sameProtocol } from "./load-balancer";
import { first, issue, learn, onPut, pair, type Rule } from "./rule";

const BALANCER = "Microsoft.Network/loadBalancers";
const NAT_RULE = "Microsoft.Network/loadBalancers/inboundNatRules";
const NAT_RULES = learn("azure/load-balancer/inbound-nat-rules");
const HIGHEST_FRONTEND_PORT = 65534;

function sameFrontend(a: InboundNatRuleBody, b: Pick<InboundNatRuleBody, "frontendIPConfiguration">): boolean {
  return sameId(a.frontendIPConfiguration?.id ?? "", b.frontendIPConfiguration?.id ?? "-");
}

function portsOverlap(a: InboundNatRuleBody, b: InboundNatRuleBody): boolean {
  const [x, y] = [frontendPorts(a), frontendPorts(b)];
  return x !== undefined && y !== undefined && x.start <= y.end && y.start <= x.end;
}

/** How many machines are to be in a pool: the capacity of every scale set that names it. */
function wantedIn(poolId: string, sets: readonly { readonly body: ScaleSetBody }[]): number {
  return sets.reduce((sum, { body }) => {
    const cards = body.virtualMachineProfile?.networkProfile?.networkInterfaceConfigurations ?? [];
    const pools = cards.flatMap((card) =>
      card.ipConfigurations.flatMap((each) => each.loadBalancerBackendAddressPools ?? []),
    );
    return sum + pools.filter(({ id }) => sameId(id, poolId)).length * (body.sku?.capacity ?? 0);
  }, 0);
}

function rangeTooSmall(
  rules: readonly InboundNatRuleBody[],
  balancerId: string,
  sets: readonly { readonly body: ScaleSetBody }[],
): string | undefined {
  return first(rules, (rule) => {
    const range = frontendPorts(rule);
    const pool = rule.backendAddressPool?.id;
    const wanted = pool === undefined ? 0 : wantedIn(pool, sets);
    return range !== undefined && wanted > range.end - range.start + 1
      ? `Inbound NAT rule ${balancerId}/inboundNatRules/${rule.name} has frontend port range ${range.start}-` +
          `${range.end}, which is smaller than the ${wanted} ports that the instances of its backend address pool need.`
      : undefined;
  });
}

const tooSmall = {
  status: 400,
  code: "InboundNatRuleFrontendPortRangeSmallerThanRequestedPorts",
  known: "limit",
  // Seen for inbound NAT pools as InboundNatPoolFrontendPortRangeSmallerThanRequestedPorts.
  reference: issue("MicrosoftDocs/azure-docs", 119323),
} as const;

/** Inbound NAT rules, version 2: a range of frontend ports for a pool. */
export const inboundNat: readonly Rule[] = [
  onPut<InboundNatRuleBody>(
    "nat-rule-without-range",
    NAT_RULE,
    {
      status: 400,
      code: "MissedInboundNatRuleV2Properties",
      refuses: "an inbound NAT rule with a pool and without a port range",
      known: "message",
      reference: issue("Azure/azure-cli", 21583),
    },
    ({ body }) =>
      body.backendAddressPool !== undefined &&
      (body.frontendPortRangeStart === undefined || body.frontendPortRangeEnd === undefined) &&
      body.frontendPort === undefined
        ? "For inbound Nat rule V2 properties FrontendPortRangeStart, FrontendPortRangeEnd should not be null."
        : undefined,
  ),
  onPut<InboundNatRuleBody>(
    "nat-rule-port-and-range",
    NAT_RULE,
    {
      status: 400,
      code: "UnsupportedSetOfInboundNatRulePropertiesWhenFrontendPortIsSpecified",
      refuses: "an inbound NAT rule with a frontend port and a range",
      known: "message",
      reference: issue("Azure/azure-cli", 21583),
    },
    ({ body: { frontendPort, frontendPortRangeStart, frontendPortRangeEnd } }) =>
      frontendPort !== undefined && (frontendPortRangeStart !== undefined || frontendPortRangeEnd !== undefined)
        ? `If FrontendPort ${frontendPort} is set, properties FrontendPortRangeStart, FrontendPortRangeEnd should be null.`
        : undefined,
  ),
  onPut<InboundNatRuleBody>(
    "nat-rule-ports",
    NAT_RULE,
    {
      status: 400,
      code: "InvalidInboundNatRulePortRange",
      refuses: `frontend ports outside 1 to ${HIGHEST_FRONTEND_PORT}, or a range that ends before it begins`,
      known: "limit",
      reference: learn("azure/templates/microsoft.network/loadbalancers/inboundnatrules"),
    },
    ({ id, body }) => {
      const range = frontendPorts(body);
      return range !== undefined && (range.start < 1 || range.end > HIGHEST_FRONTEND_PORT || range.end < range.start)
        ? `Inbound NAT rule ${id} has frontend port range ${range.start}-${range.end}. Acceptable values range from 1 ` +
            `to ${HIGHEST_FRONTEND_PORT}.`
        : undefined;
    },
  ),
  onPut<InboundNatRuleBody>(
    "nat-rule-backend-port",
    NAT_RULE,
    {
      status: 400,
      code: "InvalidInboundNatRuleBackendPort",
      refuses: "an inbound NAT rule without a backend port of 1 to 65535",
      known: "limit",
      reference: learn("azure/templates/microsoft.network/loadbalancers/inboundnatrules"),
    },
    ({ id, body: { backendPort } }) =>
      backendPort === undefined || backendPort < 1 || backendPort > 65535
        ? `Inbound NAT rule ${id} has backend port ${backendPort}. Acceptable values range from 1 to 65535.`
        : undefined,
  ),
  onPut<LoadBalancerBody>(
    "nat-ranges-overlap",
    BALANCER,
    {
      status: 400,
      code: "RulesUseSameFrontendPortProtocolAndIPConfig",
      refuses: "two inbound NAT rules whose frontend ports overlap",
      known: "recalled",
      reference: NAT_RULES,
    },
    ({ id, body }) => {
      const clash = pair(
        body.inboundNatRules ?? [],
        (a, b) => sameFrontend(a, b) && sameProtocol(a.protocol, b.protocol) && portsOverlap(a, b),
      );
      return (
        clash &&
        `Inbound NAT rules ${id}/inboundNatRules/${clash[0].name} and ${id}/inboundNatRules/${clash[1].name} with ` +
          "overlapping frontend port ranges and the same protocol must not use the same frontend ip configuration."
      );
    },
  ),
  onPut<LoadBalancerBody>(
    "nat-range-over-rule",
    BALANCER,
    {
      status: 400,
      code: "RulesUseSameFrontendPortProtocolAndIPConfig",
      refuses: "a load balancing rule's frontend port in a NAT rule's range, or in two load balancing rules",
      known: "recalled",
      reference: NAT_RULES,
    },
    ({ id, body }) => {
      const rules = (body.loadBalancingRules ?? []).map((rule) => ({ ...asNatRule(rule), kind: "loadBalancingRules" }));
      const natRules = (body.inboundNatRules ?? []).map((rule) => ({ ...rule, kind: "inboundNatRules" }));
      const clash = pair(
        [...rules, ...natRules],
        (a, b) =>
          a.kind === "loadBalancingRules" &&
          sameFrontend(a, b) &&
          sameProtocol(a.protocol, b.protocol) &&
          portsOverlap(a, b),
      );
      return (
        clash &&
        `Rules ${id}/${clash[0].kind}/${clash[0].name} and ${id}/${clash[1].kind}/${clash[1].name} use the same ` +
          `frontend port ${clash[0].frontendPort}, protocol and frontend ip configuration.`
      );
    },
  ),
  onPut<LoadBalancerBody>(
    "backend-port-in-two-nat-rules",
    BALANCER,
    {
      status: 400,
      code: "RulesUseSameBackendPortProtocolAndPool",
      refuses: "two inbound NAT rules with one backend port in one pool",
      known: "recalled",
      reference: NAT_RULES,
    },
    ({ id, body }) => {
      const clash = pair(body.inboundNatRules ?? [], (a, b) => sameBackend(a, b.backendPort, b.backendAddressPool?.id));
      return (
        clash &&
        sameBackendMessage(id, `inboundNatRules/${clash[0].name}`, `inboundNatRules/${clash[1].name}`, clash[1])
      );
    },
  ),
  onPut<LoadBalancerBody>(
    "backend-port-in-nat-and-load-balancing-rule",
    BALANCER,
    {
      status: 400,
      code: "RulesUseSameBackendPortProtocolAndPool",
      refuses: "a backend port in a NAT rule and in a load balancing rule of one pool",
      known: "recalled",
      reference: NAT_RULES,
    },
    ({ id, body }) =>
      first(body.inboundNatRules ?? [], (natRule) => {
        const clash = (body.loadBalancingRules ?? []).find((rule) =>
          poolsOf(rule).some((pool) => sameBackend(natRule, rule.backendPort ?? rule.frontendPort, pool.id)),
        );
        return (
          clash &&
          sameBackendMessage(id, `loadBalancingRules/${clash.name}`, `inboundNatRules/${natRule.name}`, natRule)
        );
      }),
  ),
  onPut<LoadBalancerBody>(
    "nat-range-too-small",
    BALANCER,
    { ...tooSmall, refuses: "an inbound NAT rule with fewer frontend ports than its pool has machines" },
    ({ id, body, subscription }) => rangeTooSmall(body.inboundNatRules ?? [], id, subscription.scaleSets()),
  ),
  onPut<ScaleSetBody>(
    "capacity-beyond-nat-range",
    "Microsoft.Compute/virtualMachineScaleSets",
    { ...tooSmall, refuses: "a capacity beyond the frontend ports of an inbound NAT rule" },
    ({ id, body, subscription }) => {
      const others = subscription.scaleSets().filter((set) => !sameId(set.id, id));
      return first(subscription.loadBalancers(), (balancer) =>
        rangeTooSmall(inPoolsOf(body, balancer, subscription), balancer.id, [...others, { body }]),
      );
    },
  ),
];

/** The inbound NAT rules of a load balancer whose pools a scale set names. */
function inPoolsOf(
  set: ScaleSetBody,
  { id, body }: { readonly id: string; readonly body: LoadBalancerBody },
  subscription: Subscription,
): readonly InboundNatRuleBody[] {
  return (body.inboundNatRules ?? []).filter(({ backendAddressPool: pool }) => {
    const inBalancer = pool !== undefined && isWithin(id, pool.id) && subscription.exists(pool.id);
    return inBalancer && wantedIn(pool.id, [{ body: set }]) > 0;
  });
}

function asNatRule(rule: LoadBalancingRuleBody): InboundNatRuleBody {
  const { name, protocol, frontendPort, frontendIPConfiguration } = rule;
  return { name, protocol, frontendPort, frontendIPConfiguration };
}

function sameBackend(rule: InboundNatRuleBody, port: number | undefined, pool: string | undefined): boolean {
  return rule.backendPort === port && sameId(rule.backendAddressPool?.id ?? "", pool ?? "-");
}

function sameBackendMessage(id: string, a: string, b: string, rule: InboundNatRuleBody): string {
  return (
    `Load balancing rules ${id}/${a} and ${id}/${b} with floating IP disabled use the same protocol ` +
    `${rule.protocol ?? "Tcp"} and backend port ${rule.backendPort}, and must not be used with the same backend ` +
    `address pool ${rule.backendAddressPool?.id}.`
  );
}
