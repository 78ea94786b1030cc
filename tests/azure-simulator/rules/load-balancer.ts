import { nameOf, parentOf, sameId } from "../arm/ids";
import type { Reference } from "../arm/resource";
import type { LoadBalancerBody, LoadBalancingRuleBody, PublicIpBody } from "../types/bodies";
import { poolsOf } from "../types/load-balancer";
import { notFound } from "./general";
import { first, issue, learn, onPut, pair, type Request, type Rule } from "./rule";

const BALANCER = "Microsoft.Network/loadBalancers";
const PARTS_REFERENCE = issue("pulumi/pulumi-azure-native", 3601);

type BalancerRequest = Request<LoadBalancerBody>;

/** Whether the load balancer of a request has a part of this id. */
function has({ id, body }: BalancerRequest, list: keyof LoadBalancerBody, reference: Reference): boolean {
  const items = (body[list] ?? []) as readonly { readonly name?: string }[];
  const inIt = sameId(parentOf(reference.id), id) && reference.id.split("/").at(-2) === list;
  return inIt && items.some(({ name }) => name?.toLowerCase() === nameOf(reference.id).toLowerCase());
}

/** A rule that a list's items only name parts of their own load balancer that it has. */
function partMissing(
  name: string,
  refuses: string,
  list: keyof LoadBalancerBody,
  references: (body: LoadBalancerBody) => readonly { readonly by: string; readonly to: Reference }[],
): Rule {
  return onPut<LoadBalancerBody>(
    name,
    BALANCER,
    { status: 400, code: "InvalidResourceReference", refuses, known: "message", reference: PARTS_REFERENCE },
    (request) => {
      const missing = references(request.body).find(({ to }) => !has(request, list, to));
      return missing && notFound(missing.to.id, `${request.id}/${missing.by}`);
    },
  );
}

function named(list: string, name: string | undefined, to: readonly (Reference | undefined)[]) {
  return to.flatMap((reference) => (reference === undefined ? [] : [{ by: `${list}/${name}`, to: reference }]));
}

/** Two rules with one protocol, or one of them with all. */
export function sameProtocol(a: string | undefined, b: string | undefined): boolean {
  const [x, y] = [a ?? "Tcp", b ?? "Tcp"].map((protocol) => protocol.toLowerCase());
  return x === y || x === "all" || y === "all";
}

function backend(rule: LoadBalancingRuleBody): number {
  return rule.backendPort ?? rule.frontendPort;
}

/** Load balancers: their parts, and how they fit together. */
export const loadBalancers: readonly Rule[] = [
  onPut<LoadBalancerBody>(
    "balancer-and-address-sku",
    BALANCER,
    {
      status: 400,
      code: "PublicIPAndLBSkuDoNotMatch",
      refuses: "a Standard load balancer with a Basic address, or the other way round",
      known: "message",
      reference: issue("Azure/terraform-azurerm-loadbalancer", 32),
    },
    ({ id, body, subscription }) =>
      first(body.frontendIPConfigurations ?? [], ({ publicIPAddress }) => {
        const address = publicIPAddress && (subscription.get(publicIPAddress.id)?.body as PublicIpBody | undefined);
        const own = body.sku?.name ?? "Basic";
        return address && address.sku?.name !== own
          ? `${own} sku load balancer ${id} cannot reference ${address.sku?.name} sku publicIP ${publicIPAddress.id}.`
          : undefined;
      }),
  ),
  onPut<LoadBalancerBody>(
    "frontend-without-address",
    BALANCER,
    {
      status: 400,
      code: "FrontendIPConfigurationMustHaveSubnetOrPublicIP",
      refuses: "a front end with neither a public address nor a subnet",
      known: "limit",
      reference: learn("azure/templates/microsoft.network/loadbalancers"),
    },
    ({ id, body }) => {
      const bare = (body.frontendIPConfigurations ?? []).find(
        (frontend) => frontend.publicIPAddress === undefined && frontend.subnet === undefined,
      );
      return (
        bare &&
        `Frontend ip configuration ${id}/frontendIPConfigurations/${bare.name} must reference either a Subnet or a PublicIPAddress.`
      );
    },
  ),
  onPut<LoadBalancerBody>(
    "load-balancing-rule-without-frontend",
    BALANCER,
    {
      status: 400,
      code: "LoadBalancingRuleMissingFrontendIPConfiguration",
      refuses: "a load balancing rule without a front end",
      known: "limit",
      reference: learn("azure/templates/microsoft.network/loadbalancers"),
    },
    ({ id, body }) => {
      const bare = (body.loadBalancingRules ?? []).find((rule) => rule.frontendIPConfiguration === undefined);
      return (
        bare && `Load balancing rule ${id}/loadBalancingRules/${bare.name} must reference a FrontendIPConfiguration.`
      );
    },
  ),
  onPut<LoadBalancerBody>(
    "load-balancing-rule-without-pool",
    BALANCER,
    {
      status: 400,
      code: "LoadBalancingRuleMissingBackendAddressPool",
      refuses: "a load balancing rule without a pool",
      known: "limit",
      reference: learn("azure/load-balancer/manage-rules-how-to"),
    },
    ({ id, body }) => {
      const bare = (body.loadBalancingRules ?? []).find((rule) => poolsOf(rule).length === 0);
      return bare && `Load balancing rule ${id}/loadBalancingRules/${bare.name} must reference a BackendAddressPool.`;
    },
  ),
  partMissing(
    "frontend-missing",
    "a rule that names a front end the load balancer does not have",
    "frontendIPConfigurations",
    (body) => [
      ...(body.loadBalancingRules ?? []).flatMap((rule) =>
        named("loadBalancingRules", rule.name, [rule.frontendIPConfiguration]),
      ),
      ...(body.inboundNatRules ?? []).flatMap((rule) =>
        named("inboundNatRules", rule.name, [rule.frontendIPConfiguration]),
      ),
      ...(body.outboundRules ?? []).flatMap((rule) => named("outboundRules", rule.name, rule.frontendIPConfigurations)),
    ],
  ),
  partMissing(
    "pool-missing",
    "a rule that names a pool the load balancer does not have, also where the pool is to be made after it",
    "backendAddressPools",
    (body) => [
      ...(body.loadBalancingRules ?? []).flatMap((rule) => named("loadBalancingRules", rule.name, poolsOf(rule))),
      ...(body.inboundNatRules ?? []).flatMap((rule) => named("inboundNatRules", rule.name, [rule.backendAddressPool])),
      ...(body.outboundRules ?? []).flatMap((rule) => named("outboundRules", rule.name, [rule.backendAddressPool])),
    ],
  ),
  partMissing("probe-missing", "a rule that names a probe the load balancer does not have", "probes", (body) =>
    (body.loadBalancingRules ?? []).flatMap((rule) => named("loadBalancingRules", rule.name, [rule.probe])),
  ),
  onPut<LoadBalancerBody>(
    "backend-port-in-two-rules",
    BALANCER,
    {
      status: 400,
      code: "RulesUseSameBackendPortProtocolAndPool",
      refuses: "two load balancing rules with one backend port in one pool, floating IP off",
      known: "message",
      reference: issue("MicrosoftDocs/azure-docs", 117762),
    },
    ({ id, body }) => {
      const rules = (body.loadBalancingRules ?? []).filter(({ enableFloatingIP }) => enableFloatingIP !== true);
      const clash = pair(
        rules,
        (a, b) =>
          backend(a) === backend(b) &&
          sameProtocol(a.protocol, b.protocol) &&
          poolsOf(a).some((x) => poolsOf(b).some((y) => sameId(x.id, y.id))),
      );
      const path = (rule: LoadBalancingRuleBody) => `${id}/loadBalancingRules/${rule.name}`;
      return (
        clash &&
        `Load balancing rules ${path(clash[0])} and ${path(clash[1])} with floating IP disabled use the same ` +
          `protocol ${clash[1].protocol} and backend port ${backend(clash[1])}, and must not be used with the same ` +
          `backend address pool ${poolsOf(clash[1])[0].id}.`
      );
    },
  ),
  onPut<LoadBalancerBody>(
    "probe-request-path",
    BALANCER,
    {
      status: 400,
      code: "ProbeRequestPathMissing",
      refuses: "an HTTP probe without a path, or a TCP probe with one",
      known: "limit",
      reference: learn("azure/load-balancer/load-balancer-custom-probe-overview"),
    },
    ({ id, body }) => {
      const wrong = (body.probes ?? []).find(
        ({ protocol, requestPath }) => (protocol.toLowerCase() === "tcp") === (requestPath !== undefined),
      );
      return (
        wrong &&
        `Probe ${id}/probes/${wrong.name} of protocol ${wrong.protocol} must ${wrong.requestPath === undefined ? "" : "not "}have a RequestPath.`
      );
    },
  ),
  onPut<LoadBalancerBody>(
    "probe-port",
    BALANCER,
    {
      status: 400,
      code: "ProbePortOutOfRange",
      refuses: "a probe's port outside 1 to 65535",
      known: "limit",
      reference: learn("azure/templates/microsoft.network/loadbalancers"),
    },
    ({ id, body }) => {
      const wrong = (body.probes ?? []).find(({ port }) => port < 1 || port > 65535);
      return wrong && `Probe ${id}/probes/${wrong.name} has port ${wrong.port}. Value should be between 1 and 65535.`;
    },
  ),
  onPut<LoadBalancerBody>(
    "outbound-rules-on-one-frontend",
    BALANCER,
    {
      status: 400,
      code: "MoreThanOneOutboundRuleUsingSameFrontendIPConfigurationAndProtocolIsNotSupported",
      refuses: "two outbound rules with one front end and protocol",
      known: "message",
      reference: issue("Azure/AzLoadBalancerMigration", 10),
    },
    ({ id, body }) => {
      const clash = pair(
        body.outboundRules ?? [],
        (a, b) =>
          sameProtocol(a.protocol, b.protocol) &&
          a.frontendIPConfigurations.some((x) => b.frontendIPConfigurations.some((y) => sameId(x.id, y.id))),
      );
      return (
        clash &&
        "It is not supported to have more than a single outbound rule using frontendIPConfiguration " +
          `${clash[1].frontendIPConfigurations[0].id} with same or overlapping protocol. This ` +
          "frontendIPConfiguration is used by the following outbound rules: " +
          clash.map(({ name }) => `${id}/outboundRules/${name}`).join(",")
      );
    },
  ),
  onPut<LoadBalancerBody>(
    "nat-pools-with-nat-rules",
    BALANCER,
    {
      status: 400,
      code: "InboundNatPoolsAndInboundNatRulesNotAllowed",
      refuses: "inbound NAT pools beside inbound NAT rules",
      known: "limit",
      reference: learn("azure/templates/microsoft.network/loadbalancers"),
    },
    ({ id, body }) =>
      (body.inboundNatPools ?? []).length > 0 && (body.inboundNatRules ?? []).length > 0
        ? `Load balancer ${id} cannot have both inbound NAT pools and inbound NAT rules.`
        : undefined,
  ),
  onPut<LoadBalancerBody>(
    "balancer-sku-changed",
    BALANCER,
    {
      status: 400,
      code: "LoadBalancerSkuChangeNotAllowed",
      refuses: "another sku for a load balancer that is there",
      known: "limit",
      reference: learn("azure/load-balancer/skus"),
    },
    ({ id, before, body }) =>
      before !== undefined && before.sku?.name !== body.sku?.name
        ? `Load balancer ${id} cannot change its sku from ${before.sku?.name} to ${body.sku?.name}.`
        : undefined,
  ),
];
