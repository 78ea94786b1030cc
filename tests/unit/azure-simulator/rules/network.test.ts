import { areas } from "../../../azure-simulator/rules";
import { ids } from "../environment";
import { beside, changing, deleting, describeRules, making, putting, puttingAt, inTurn, type Values } from "./table";

const firstSubnet = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([path, value]) => [`subnets.0.${path}`, value]));

/** A subnet of its own, without what it needs of the others. */
const subnet = (addressPrefix: string | undefined) => ({
  ...{ addressPrefix, location: undefined, addressSpace: undefined, subnets: undefined },
});

describeRules("virtual networks", areas.virtualNetworks, {
  "network-without-address-space": making("network", { addressSpace: undefined }),
  "prefix-notation": making("network", { "addressSpace.addressPrefixes": ["10.0.0.0/33"] }),
  "prefix-host-bits": making("network", firstSubnet({ addressPrefix: "10.0.1.5/24" })),
  "network-prefixes-overlap": making(
    "network",
    { "addressSpace.addressPrefixes": ["10.0.0.0/16", "10.0.128.0/17"] },
    { "addressSpace.addressPrefixes": ["10.0.0.0/16", "10.1.0.0/17"] },
  ),
  "subnet-outside-network": making(
    "network",
    firstSubnet({ addressPrefix: "10.1.0.0/24" }),
    firstSubnet({ addressPrefix: "10.0.255.0/24" }),
  ),
  "subnets-overlap": making(
    "network",
    firstSubnet({ addressPrefix: "10.0.2.0/24" }),
    firstSubnet({ addressPrefix: "10.0.2.64/26" }),
  ),
  "subnet-without-prefix": {
    trips: puttingAt(beside("subnet", "a"), "network", subnet(undefined)),
    passes: puttingAt(beside("subnet", "a"), "network", { ...subnet(undefined), addressPrefixes: ["10.0.9.0/24"] }),
  },
  "subnet-too-small": {
    trips: puttingAt(beside("subnet", "a"), "network", subnet("10.0.9.0/30")),
    passes: puttingAt(beside("subnet", "a"), "network", subnet("10.0.9.0/29")),
  },
  "subnet-prefix-in-use": {
    trips: putting("network", firstSubnet({ addressPrefix: "10.0.3.0/24" })),
    passes: inTurn(deleting("scaleSet"), putting("network", firstSubnet({ addressPrefix: "10.0.3.0/24" }))),
  },
  "subnet-in-use": {
    trips: putting("network", { subnets: [] }),
    passes: inTurn(deleting("scaleSet", "bastion"), putting("network", { subnets: [] })),
  },
  "subnet-full": {
    after: "identity",
    trips: inTurn(
      putting("network", firstSubnet({ addressPrefix: "10.0.1.0/29" })),
      putting("scaleSet", { "sku.capacity": 4 }),
    ),
    passes: inTurn(
      putting("network", firstSubnet({ addressPrefix: "10.0.1.0/29" })),
      putting("scaleSet", { "sku.capacity": 3 }),
    ),
  },
  "nat-gateway-idle-timeout": changing("natGateway", { idleTimeoutInMinutes: 3 }, { idleTimeoutInMinutes: 120 }),
});

const basic = { sku: { name: "Basic" }, publicIPAllocationMethod: "Dynamic", dnsSettings: undefined };

describeRules("public addresses", areas.publicAddresses, {
  "standard-address-not-static": making("outAddress", { publicIPAllocationMethod: undefined }),
  "address-zones-in-region": {
    trips: puttingAt(beside("outAddress", "a"), "outAddress", { location: "westus", zones: ["1"] }),
    passes: puttingAt(beside("outAddress", "a"), "outAddress", { zones: ["1", "2", "3"] }),
  },
  "basic-address-with-zones": {
    trips: puttingAt(beside("outAddress", "a"), "outAddress", { ...basic, zones: ["1"] }),
    passes: puttingAt(beside("outAddress", "a"), "outAddress", basic),
  },
  "domain-name-label": changing(
    "frontAddress",
    { "dnsSettings.domainNameLabel": "Labs" },
    { "dnsSettings.domainNameLabel": "labs-2" },
  ),
  "domain-name-taken": {
    trips: puttingAt(beside("outAddress", "a"), "frontAddress"),
    passes: puttingAt(beside("outAddress", "a"), "frontAddress", { "dnsSettings.domainNameLabel": "other" }),
  },
  "public-address-in-use-by-loadbalancers": making("balancer", {
    "frontendIPConfigurations.0.publicIPAddress.id": ids.outAddress,
  }),
  "public-address-in-use-by-bastionhosts": making("bastion", {
    "ipConfigurations.0.publicIPAddress.id": ids.frontAddress,
  }),
  "public-address-in-use-by-natgateways": {
    trips: puttingAt(beside("natGateway", "second"), "natGateway"),
    passes: putting("natGateway", { tags: { again: "yes" } }),
  },
  "allocated-address-removed": {
    trips: deleting("bastionAddress"),
    passes: deleting("bastion", "bastionAddress"),
  },
  "nat-gateway-sku": making("natGateway", { sku: undefined }),
  "nat-gateway-with-basic-address": {
    after: "bastionAddress",
    trips: inTurn(
      puttingAt(beside("outAddress", "a"), "outAddress", basic),
      putting("natGateway", { publicIpAddresses: [{ id: beside("outAddress", "a") }] }),
    ),
    passes: putting("natGateway", {}),
  },
  "nat-gateway-in-use": {
    trips: deleting("natGateway"),
    passes: inTurn(putting("network", firstSubnet({ natGateway: undefined })), deleting("natGateway")),
  },
});

const ssh = "securityRule";

describeRules("security groups", areas.securityGroups, {
  "rule-priority": making(ssh, { priority: 99 }, { priority: 4096 }),
  "rule-port-range": making(ssh, { destinationPortRange: "22-70000" }, { destinationPortRange: "22-65535" }),
  "rule-without-ports": making(
    ssh,
    { destinationPortRange: undefined },
    { destinationPortRange: undefined, destinationPortRanges: ["22"] },
  ),
  "rule-address": making(ssh, { sourceAddressPrefix: "198.51.100.0/33" }, { sourceAddressPrefix: "VirtualNetwork" }),
  "rule-without-addresses": making(
    ssh,
    { sourceAddressPrefix: undefined },
    { sourceAddressPrefix: undefined, sourceAddressPrefixes: ["198.51.100.7"] },
  ),
  "rule-any-among-several": making(
    ssh,
    { destinationPortRange: undefined, destinationPortRanges: ["*"] },
    { destinationPortRange: "*" },
  ),
  "rule-name-twice": {
    after: "securityGroup",
    trips: inlineRules({ name: "a", priority: 100 }, { name: "A", priority: 101 }),
    passes: inlineRules({ name: "a", priority: 100 }, { name: "b", priority: 101 }),
  },
  "rule-priority-twice": {
    trips: puttingAt(beside(ssh, "docker"), ssh, { destinationPortRange: "2376" }),
    passes: puttingAt(beside(ssh, "docker"), ssh, { destinationPortRange: "2376", direction: "Outbound" }),
  },
  "security-group-in-use": {
    trips: deleting("securityGroup"),
    passes: inTurn(putting("network", firstSubnet({ networkSecurityGroup: undefined })), deleting("securityGroup")),
  },
});

function inlineRules(...rules: Values[]) {
  const common = { access: "Allow", direction: "Inbound", protocol: "Tcp", sourceAddressPrefix: "10.0.0.0/8" };
  const ports = { sourcePortRange: "*", destinationAddressPrefix: "*", destinationPortRange: "22" };
  return putting("securityGroup", { securityRules: rules.map((rule) => ({ ...common, ...ports, ...rule })) });
}

describeRules("bastions", areas.bastions, {
  "bastion-subnet-name": making("bastion", { "ipConfigurations.0.subnet.id": ids.subnet }),
  "bastion-subnet-size": {
    after: "natRule",
    trips: inTurn(putting("network", { "subnets.1.addressPrefix": "10.0.2.0/27" }), putting("bastion", {})),
    passes: inTurn(putting("network", { "subnets.1.addressPrefix": "10.0.2.0/25" }), putting("bastion", {})),
  },
  "bastion-address-sku": {
    after: "natRule",
    trips: inTurn(
      puttingAt(beside("outAddress", "a"), "outAddress", basic),
      putting("bastion", { "ipConfigurations.0.publicIPAddress.id": beside("outAddress", "a") }),
    ),
    passes: putting("bastion", {}),
  },
  "bastion-sku": making("bastion", { sku: { name: "Cheap" } }, { sku: { name: "Premium" } }),
  "bastion-tunneling-sku": making(
    "bastion",
    { sku: { name: "Basic" }, enableTunneling: true },
    { sku: { name: "Standard" }, enableTunneling: true },
  ),
  "bastion-downgraded": {
    after: "natRule",
    trips: inTurn(putting("bastion", { sku: { name: "Standard" } }), putting("bastion", { sku: { name: "Basic" } })),
    passes: inTurn(putting("bastion", { sku: { name: "Basic" } }), putting("bastion", { sku: { name: "Standard" } })),
  },
});
