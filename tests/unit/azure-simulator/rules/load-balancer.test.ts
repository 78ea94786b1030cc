import { areas } from "../../../azure-simulator/rules";
import { bodies, ids } from "../environment";
import { beside, changing, deleting, describeRules, making, putting, puttingAt, inTurn, type Values } from "./table";

const [web] = bodies.balancer.loadBalancingRules;
const rule = (values: Values): Values => ({ "loadBalancingRules.0": { ...web, ...values } });
const second = (values: Values): Values => ({ loadBalancingRules: [web, { ...web, name: "more", ...values }] });
const outbound = (...names: string[]) => ({
  outboundRules: names.map((name) => ({
    ...{ name, protocol: name === "udp" ? "Udp" : "Tcp" },
    frontendIPConfigurations: [{ id: "$self/frontendIPConfigurations/public" }],
    backendAddressPool: { id: "$self/backendAddressPools/hosts" },
  })),
});
const basicAddress = { sku: { name: "Basic" }, publicIPAllocationMethod: "Dynamic", dnsSettings: undefined };
const internal = { name: "public", subnet: { id: ids.subnet } };
const watched = { "virtualMachineProfile.networkProfile.healthProbe": { id: ids.probe } };

describeRules("load balancers", areas.loadBalancers, {
  "balancer-and-address-sku": {
    after: "network",
    trips: inTurn(puttingAt(ids.frontAddress, "frontAddress", basicAddress), putting("balancer", {})),
    passes: inTurn(puttingAt(ids.frontAddress, "frontAddress", basicAddress), putting("balancer", { sku: undefined })),
  },
  "frontend-without-address": making(
    "balancer",
    { "frontendIPConfigurations.0.publicIPAddress": undefined },
    {
      "frontendIPConfigurations.0.publicIPAddress": undefined,
      "frontendIPConfigurations.0.subnet": { id: ids.subnet },
    },
  ),
  "load-balancing-rule-without-frontend": making("balancer", rule({ frontendIPConfiguration: undefined })),
  "load-balancing-rule-without-pool": making(
    "balancer",
    rule({ backendAddressPool: undefined }),
    rule({ backendAddressPool: undefined, backendAddressPools: [web.backendAddressPool] }),
  ),
  "frontend-missing": making(
    "balancer",
    rule({ frontendIPConfiguration: { id: "$self/frontendIPConfigurations/typo" } }),
    rule({ frontendIPConfiguration: { id: ids.frontend } }),
  ),
  "pool-missing": making("balancer", { backendAddressPools: undefined }),
  "probe-missing": making("balancer", { probes: [] }, { ...rule({ probe: undefined }), probes: [] }),
  "backend-port-in-two-rules": making(
    "balancer",
    second({ frontendPort: 81 }),
    second({ frontendPort: 81, backendPort: 8081 }),
  ),
  "probe-request-path": making(
    "balancer",
    { "probes.0.protocol": "Http" },
    { "probes.0.protocol": "Http", "probes.0.requestPath": "/" },
  ),
  "probe-port": making("balancer", { "probes.0.port": 65536 }, { "probes.0.port": 65535 }),
  "outbound-rules-on-one-frontend": making("balancer", outbound("tcp", "again"), outbound("tcp", "udp")),
  "nat-pools-with-nat-rules": changing("balancer", { inboundNatPools: [{ name: "old" }] }),
  "balancer-sku-changed": {
    trips: inTurn(
      deleting("scaleSet"),
      putting("balancer", { "sku.name": "Gateway", frontendIPConfigurations: [internal] }),
    ),
    passes: inTurn(deleting("scaleSet"), putting("balancer", { frontendIPConfigurations: [internal] })),
  },
});

describeRules("load balancers in use", areas.loadBalancerUse, {
  "used-pool-removed": {
    trips: inTurn(deleting("natRule"), putting("balancer", { backendAddressPools: [], loadBalancingRules: [] })),
    passes: inTurn(
      deleting("natRule", "scaleSet"),
      putting("balancer", { backendAddressPools: [], loadBalancingRules: [] }),
    ),
  },
  "health-probe-removed": {
    trips: inTurn(putting("scaleSet", watched), putting("balancer", { loadBalancingRules: [] })),
    passes: putting("balancer", { loadBalancingRules: [] }),
  },
  "balancer-in-use": {
    trips: deleting("balancer"),
    passes: deleting("scaleSet", "balancer"),
  },
});

const docker = (values: Values = {}) =>
  puttingAt(beside("natRule", "docker"), "natRule", {
    ...{ frontendPortRangeStart: 50010, frontendPortRangeEnd: 50019, backendPort: 2376 },
    ...values,
  });

describeRules("inbound NAT", areas.inboundNat, {
  "nat-rule-without-range": making("natRule", { frontendPortRangeEnd: undefined }),
  "nat-rule-port-and-range": making(
    "natRule",
    { frontendPort: 50000 },
    { frontendPort: 50000, frontendPortRangeStart: undefined, frontendPortRangeEnd: undefined },
  ),
  "nat-rule-ports": making(
    "natRule",
    { frontendPortRangeStart: 65500, frontendPortRangeEnd: 65535 },
    { frontendPortRangeStart: 65500, frontendPortRangeEnd: 65534 },
  ),
  "nat-rule-backend-port": making("natRule", { backendPort: undefined }),
  "nat-ranges-overlap": {
    trips: docker({ frontendPortRangeStart: 50009 }),
    passes: docker(),
  },
  "nat-range-over-rule": making(
    "natRule",
    { frontendPortRangeStart: 71, frontendPortRangeEnd: 80 },
    { frontendPortRangeStart: 71, frontendPortRangeEnd: 79 },
  ),
  "backend-port-in-two-nat-rules": {
    trips: docker({ backendPort: 22 }),
    passes: docker(),
  },
  "backend-port-in-nat-and-load-balancing-rule": making("natRule", { backendPort: 8080 }, { backendPort: 8081 }),
  "nat-range-too-small": changing("natRule", { frontendPortRangeEnd: 50000 }, { frontendPortRangeEnd: 50001 }),
  "capacity-beyond-nat-range": making("scaleSet", { "sku.capacity": 11 }, { "sku.capacity": 10 }),
});
