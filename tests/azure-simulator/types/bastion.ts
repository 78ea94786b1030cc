import type { BastionBody } from "./bodies";
import type { ResourceType } from "./resource-type";

export const bastionHost: ResourceType = {
  token: "azure-native:network:BastionHost",
  type: "Microsoft.Network/bastionHosts",
  apiVersion: "2024-05-01",
  path: "/bastionHosts/{bastionHostName}",
  naming: "random",
  inputs: [
    ...["disableCopyPaste", "dnsName", "enableFileCopy", "enableIpConnect", "enableKerberos"],
    ...["enablePrivateOnlyBastion", "enableSessionRecording", "enableShareableLink", "enableTunneling", "id"],
    ...["ipConfigurations", "location", "networkAcls", "scaleUnits", "sku", "tags", "virtualNetwork", "zones"],
  ],
  outputs: ["etag", "name", "provisioningState", "type"],
  required: ["ipConfigurations[].subnet"],
  parts: ["ipConfigurations"],
  readOnly: ["etag", "provisioningState"],
  defaults: (body) => ({
    scaleUnits: 2,
    ...body,
    sku: (body as BastionBody).sku ?? { name: "Standard" },
  }),
  view: ({ guid, body }) => (body.dnsName === undefined ? { dnsName: `bst-${guid}.bastion.azure.com` } : {}),
};
