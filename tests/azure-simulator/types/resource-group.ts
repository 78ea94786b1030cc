import type { ResourceType } from "./resource-type";

export const resourceGroup: ResourceType = {
  token: "azure-native:resources:ResourceGroup",
  type: "Microsoft.Resources/resourceGroups",
  apiVersion: "2024-03-01",
  path: "/{resourceGroupName}",
  naming: "random",
  inputs: ["location", "managedBy", "tags"],
  outputs: ["name", "properties", "type"],
  required: ["location"],
  replacedBy: ["location"],
  view: ({ state }) => ({ properties: { provisioningState: state } }),
};
