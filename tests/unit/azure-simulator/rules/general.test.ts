import { areas } from "../../../azure-simulator/rules";
import { bodies, ids, SUBSCRIPTION } from "../environment";
import { beside, changing, deleting, describeRules, making, putting, puttingAt, inTurn } from "./table";

const otherGroup = (id: string) => id.replace("/labs/", "/nowhere/");
/** A load balancer without parts. */
const bare = { frontendIPConfigurations: [], loadBalancingRules: [], probes: [], backendAddressPools: [] };
const dockerPorts = { frontendPortRangeStart: 51000, frontendPortRangeEnd: 51009, backendPort: 2376 };
const elsewhere = { ...bodies.frontAddress, location: "northeurope" };

describeRules("general", areas.general, {
  "resource-group-missing": {
    trips: puttingAt(otherGroup(beside("identity", "other")), "identity"),
    passes: puttingAt(beside("identity", "other"), "identity"),
  },
  "parent-missing": {
    trips: puttingAt(`${beside("network", "other")}/subnets/a`, "network", subnet("10.0.9.0/24")),
    passes: puttingAt(beside("subnet", "a"), "network", subnet("10.0.9.0/24")),
  },
  "region-missing": making("identity", { location: undefined }),
  "region-unknown-for-group": changing("group", { location: "mars" }, { location: "West Europe" }),
  "region-unknown": making("identity", { location: "westeurop" }, { location: "West Europe" }),
  "region-changed": changing("identity", { location: "northeurope" }, { location: "WestEurope" }),
  "reference-malformed": making("natRule", { "backendAddressPool.id": "hosts" }),
  "reference-missing": making(
    "natGateway",
    { publicIpAddresses: [{ id: beside("outAddress", "typo") }] },
    { publicIpAddresses: [{ id: ids.outAddress.toUpperCase().replace("/SUBSCRIPTIONS/", "/subscriptions/") }] },
  ),
  "reference-in-other-region": {
    after: "frontAddress",
    trips: inTurn(
      puttingAt(beside("outAddress", "far"), "frontAddress", elsewhere),
      puttingAt(ids.natGateway, "natGateway", { publicIpAddresses: [{ id: beside("outAddress", "far") }] }),
    ),
    passes: inTurn(
      puttingAt(beside("outAddress", "far"), "frontAddress", elsewhere),
      puttingAt(ids.natGateway, "natGateway", {
        location: "northeurope",
        publicIpAddresses: [{ id: beside("outAddress", "far") }],
      }),
    ),
  },
  "identity-without-ids": making(
    "scaleSet",
    { identity: { type: "UserAssigned" } },
    { identity: { type: "SystemAssigned" } },
  ),
  "identity-type-unknown": making("scaleSet", { identity: { type: "Service" } }, { identity: { type: "None" } }),
});

function subnet(addressPrefix: string) {
  return { addressPrefix, location: undefined, addressSpace: undefined, subnets: undefined };
}

describeRules("names", areas.names, {
  "group-name": {
    trips: puttingAt(`/subscriptions/${SUBSCRIPTION}/resourceGroups/labs.`, "group"),
    passes: puttingAt(`/subscriptions/${SUBSCRIPTION}/resourceGroups/(labs).1`, "group"),
  },
  "name-of-virtual-networks": {
    trips: puttingAt(beside("network", "n"), "network", { subnets: [] }),
    passes: puttingAt(beside("network", "n1"), "network", { subnets: [] }),
  },
  "name-of-nat-gateways": {
    trips: puttingAt(beside("natGateway", "out!"), "natGateway", { publicIpAddresses: [] }),
    passes: puttingAt(beside("natGateway", "out_"), "natGateway", { publicIpAddresses: [] }),
  },
  "name-of-network-security-groups": {
    trips: puttingAt(beside("securityGroup", "-admin"), "securityGroup"),
    passes: puttingAt(beside("securityGroup", "admin-2"), "securityGroup"),
  },
  "name-of-public-i-p-addresses": {
    trips: puttingAt(beside("outAddress", "a".repeat(81)), "outAddress"),
    passes: puttingAt(beside("outAddress", "a".repeat(80)), "outAddress"),
  },
  "name-of-load-balancers": {
    trips: puttingAt(beside("balancer", "front."), "balancer", bare),
    passes: puttingAt(beside("balancer", "front.1"), "balancer", bare),
  },
  "name-of-bastion-hosts": {
    trips: inTurn(deleting("bastion"), puttingAt(beside("bastion", "way in"), "bastion")),
    passes: inTurn(deleting("bastion"), puttingAt(beside("bastion", "way.in"), "bastion")),
  },
  "name-of-subnets": {
    trips: puttingAt(beside("subnet", "a-"), "network", subnet("10.0.9.0/24")),
    passes: puttingAt(beside("subnet", "a_"), "network", subnet("10.0.9.0/24")),
  },
  "name-of-security-rules": {
    trips: puttingAt(beside("securityRule", "ssh:22"), "securityRule", { priority: 200 }),
    passes: puttingAt(beside("securityRule", "ssh.22"), "securityRule", { priority: 200 }),
  },
  "name-of-backend-address-pools": {
    trips: puttingAt(beside("pool", "a b"), "runCommand", { location: undefined, source: undefined }),
    passes: puttingAt(beside("pool", "a-b"), "runCommand", { location: undefined, source: undefined }),
  },
  "name-of-inbound-nat-rules": {
    trips: puttingAt(beside("natRule", "docker!"), "natRule", dockerPorts),
    passes: puttingAt(beside("natRule", "docker"), "natRule", dockerPorts),
  },
  "scale-set-name": {
    trips: puttingAt(beside("scaleSet", "sixteen-letters-"), "scaleSet"),
    passes: puttingAt(beside("scaleSet", "fifteen-letters"), "scaleSet"),
  },
  "extension-name": {
    after: "scaleSet",
    trips: puttingAt(beside("extension", "_boot"), "extension"),
    passes: puttingAt(beside("extension", "boot_1"), "extension"),
  },
  "identity-name": {
    trips: puttingAt(beside("identity", "ab"), "identity"),
    passes: puttingAt(beside("identity", "abc"), "identity"),
  },
  "role-assignment-name": {
    after: "runCommand",
    trips: puttingAt(beside("assignment", "reader"), "assignment"),
    passes: putting("assignment", {}),
  },
});

const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`tag${n}`, "x"]));

describeRules("tags", areas.tags, {
  "too-many-tags": changing("group", { tags: { ...fifty, more: "x" } }, { tags: fifty }),
  "tag-name-too-long": changing("group", { tags: { ["a".repeat(513)]: "" } }, { tags: { ["a".repeat(512)]: "" } }),
  "tag-value-too-long": changing("group", { tags: { a: "x".repeat(257) } }, { tags: { a: "x".repeat(256) } }),
  "tag-name-characters": changing("group", { tags: { "a/b": "" } }, { tags: { "a:b": "a/b" } }),
});
