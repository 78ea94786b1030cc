import * as authorization from "@pulumi/azure-native/authorization";
import * as compute from "@pulumi/azure-native/compute";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as network from "@pulumi/azure-native/network";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

/** A small scale-set environment, as a program makes one: what the engine test drives. Names are plain. */
const config = new pulumi.Config();
const group = new resources.ResourceGroup("labs", { resourceGroupName: "labs", location: "westeurope" });
const inGroup = { resourceGroupName: group.name };
const { subscriptionId } = authorization.getClientConfigOutput();
const id = (path: string) =>
  pulumi.interpolate`/subscriptions/${subscriptionId}/resourceGroups/labs/providers/Microsoft.Network/${path}`;

const standard = { ...inGroup, sku: { name: "Standard" }, publicIPAllocationMethod: "Static" };
const front = new network.PublicIPAddress("front", { ...standard, publicIpAddressName: "front" });
const out = new network.PublicIPAddress("out", { ...standard, publicIpAddressName: "out" });
const gateway = new network.NatGateway("out", {
  ...inGroup,
  natGatewayName: "out",
  sku: { name: "Standard" },
  publicIpAddresses: [{ id: out.id }],
});

const admin = new network.NetworkSecurityGroup("admin", { ...inGroup, networkSecurityGroupName: "admin" });
new network.SecurityRule("ssh", {
  ...inGroup,
  networkSecurityGroupName: admin.name,
  securityRuleName: "ssh",
  access: "Allow",
  direction: "Inbound",
  priority: 100,
  protocol: "Tcp",
  sourceAddressPrefix: "198.51.100.0/24",
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: "22",
});
const net = new network.VirtualNetwork("net", {
  ...inGroup,
  virtualNetworkName: "net",
  addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
  subnets: [
    {
      name: "hosts",
      addressPrefix: "10.0.1.0/24",
      defaultOutboundAccess: false,
      natGateway: { id: gateway.id },
      networkSecurityGroup: { id: admin.id },
    },
  ],
});

const balancer = new network.LoadBalancer("front", {
  ...inGroup,
  loadBalancerName: "front",
  sku: { name: "Standard" },
  frontendIPConfigurations: [{ name: "public", publicIPAddress: { id: front.id } }],
  backendAddressPools: [{ name: "hosts" }],
  inboundNatRules: [
    {
      name: "ssh",
      protocol: "Tcp",
      frontendPortRangeStart: 50000,
      frontendPortRangeEnd: 50009,
      backendPort: 22,
      frontendIPConfiguration: { id: id("loadBalancers/front/frontendIPConfigurations/public") },
      backendAddressPool: { id: id("loadBalancers/front/backendAddressPools/hosts") },
    },
  ],
});

const identity = new managedidentity.UserAssignedIdentity("labs", { ...inGroup, resourceName: "labs" });
new authorization.RoleAssignment("reader", {
  roleAssignmentName: "0f0f0f0f-1111-4222-8333-444444444444",
  scope: group.id,
  principalId: identity.principalId,
  principalType: "ServicePrincipal",
  roleDefinitionId: pulumi.interpolate`/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
});

const hosts = new compute.VirtualMachineScaleSet(
  "hosts",
  {
    ...inGroup,
    vmScaleSetName: "hosts",
    sku: { name: "Standard_D2s_v5", capacity: config.requireNumber("capacity") },
    orchestrationMode: "Uniform",
    overprovision: false,
    upgradePolicy: { mode: "Automatic" },
    identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
    virtualMachineProfile: {
      osProfile: {
        computerNamePrefix: "host",
        adminUsername: "operator",
        linuxConfiguration: {
          disablePasswordAuthentication: true,
          ssh: { publicKeys: [{ keyData: "ssh-ed25519 AAAA", path: "/home/operator/.ssh/authorized_keys" }] },
        },
      },
      storageProfile: {
        imageReference: { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
        osDisk: { createOption: "FromImage", caching: "ReadOnly", managedDisk: { storageAccountType: "Premium_LRS" } },
      },
      networkProfile: {
        networkInterfaceConfigurations: [
          {
            name: "card",
            primary: true,
            ipConfigurations: [
              {
                name: "main",
                subnet: { id: id("virtualNetworks/net/subnets/hosts") },
                loadBalancerBackendAddressPools: [{ id: id("loadBalancers/front/backendAddressPools/hosts") }],
              },
            ],
          },
        ],
      },
      extensionProfile: {
        extensions: [
          {
            name: "bootstrap",
            publisher: "Microsoft.Azure.Extensions",
            type: "CustomScript",
            typeHandlerVersion: "2.1",
            protectedSettings: { commandToExecute: config.requireSecret("command") },
          },
        ],
      },
    },
  },
  { dependsOn: [net, balancer] },
);

const pool = network.getLoadBalancerBackendAddressPoolOutput(
  { resourceGroupName: "labs", loadBalancerName: "front", backendAddressPoolName: "hosts" },
  { dependsOn: [hosts] },
);

/** The frontend port of each machine, by its number. */
export const ports = pool.apply(({ loadBalancerBackendAddresses }) =>
  Object.fromEntries(
    (loadBalancerBackendAddresses ?? []).map(({ networkInterfaceIPConfiguration, inboundNatRulesPortMapping }) => [
      /\/virtualMachines\/(\d+)\//.exec(networkInterfaceIPConfiguration.id ?? "")?.[1] ?? "",
      inboundNatRulesPortMapping[0]?.frontendPort,
    ]),
  ),
);
export const address = front.ipAddress;

const adopted = config.get("adopt");
if (adopted !== undefined) {
  new managedidentity.UserAssignedIdentity(
    "adopted",
    { resourceGroupName: "labs", resourceName: "adopted", location: "westeurope" },
    { import: adopted, dependsOn: [group] },
  );
}
