import type { ResourceType } from "./resource-type";

/** The directory that every simulated identity is in. */
export const TENANT = "11111111-2222-4333-8444-555555555555";
/** Who the simulated login is: client (application) and object. */
export const CLIENT = "22222222-3333-4444-8555-666666666666";
export const OBJECT = "33333333-4444-4555-8666-777777777777";

export const userAssignedIdentity: ResourceType = {
  token: "azure-native:managedidentity:UserAssignedIdentity",
  type: "Microsoft.ManagedIdentity/userAssignedIdentities",
  apiVersion: "2023-01-31",
  path: "/userAssignedIdentities/{resourceName}",
  naming: "random",
  inputs: ["location", "tags"],
  outputs: ["clientId", "name", "principalId", "systemData", "tenantId", "type"],
  required: [],
  view: ({ guid }) => ({ principalId: guid, clientId: clientIdOf(guid), tenantId: TENANT }),
};

/** The application behind a principal: another guid, made of the same digits. */
export function clientIdOf(principalId: string): string {
  const [first, ...rest] = principalId.split("-");
  return [[...first].reverse().join(""), ...rest].join("-");
}

export const roleAssignment: ResourceType = {
  token: "azure-native:authorization:RoleAssignment",
  type: "Microsoft.Authorization/roleAssignments",
  apiVersion: "2022-04-01",
  path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
  naming: "guid",
  inputs: [
    ...["condition", "conditionVersion", "delegatedManagedIdentityResourceId", "description", "principalId"],
    ...["principalType", "roleDefinitionId"],
  ],
  outputs: ["createdBy", "createdOn", "name", "systemData", "type", "updatedBy", "updatedOn"],
  required: ["principalId", "roleDefinitionId"],
  replacedBy: ["principalId"],
  defaults: (body) => ({ principalType: "User", ...body }),
  view: ({ id, createdAt }) => ({
    scope: id.replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i, ""),
    createdBy: OBJECT,
    createdOn: createdAt,
    updatedBy: OBJECT,
    updatedOn: createdAt,
  }),
};
