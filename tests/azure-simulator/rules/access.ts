import { sameId } from "../arm/ids";
import { OBJECT } from "../types/access";
import type { RoleAssignmentBody } from "../types/bodies";
import { learn, onPut, type Rule } from "./rule";

const ASSIGNMENT = "Microsoft.Authorization/roleAssignments";
const TROUBLESHOOTING = learn("azure/role-based-access-control/troubleshooting");

/** Built-in roles that labs may give: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const ROLES = [
  "acdd72a7-3385-48ef-bd42-f606fba81ae7", // Reader
  "b24988ac-6180-42a0-ab88-20f7382dd24c", // Contributor
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", // Owner
  "4d97b98b-1d4f-4787-a291-c67834d212e7", // Network Contributor
  "9980e02c-c2be-4d73-94e8-173b1dc7cf3c", // Virtual Machine Contributor
  "1c0163c0-47e6-4577-8991-ea5c82e286e4", // Virtual Machine Administrator Login
  "fb879df8-f326-4884-b1cf-06f3ad86be52", // Virtual Machine User Login
  "7f951dda-4ed3-4680-a7ca-43fe172d538d", // AcrPull
  "4633458b-17de-408a-b874-0445c86b69e6", // Key Vault Secrets User
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", // Storage Blob Data Reader
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe", // Storage Blob Data Contributor
];

/** Whom a simulated assignment can name: the login, every user-assigned identity, every scale set of its own identity. */
function principals(request: Parameters<Rule["check"]>[0]): readonly string[] {
  const { subscription } = request;
  const types = ["Microsoft.ManagedIdentity/userAssignedIdentities", "Microsoft.Compute/virtualMachineScaleSets"];
  return [OBJECT, ...types.flatMap((type) => subscription.ofType(type).map(({ guid }) => guid))];
}

/** Role assignments. */
export const access: readonly Rule[] = [
  onPut<RoleAssignmentBody>(
    "role-unknown",
    ASSIGNMENT,
    {
      status: 400,
      code: "RoleDefinitionDoesNotExist",
      refuses: "a role that does not exist",
      known: "recalled",
      reference: TROUBLESHOOTING,
    },
    ({ body: { roleDefinitionId = "" } }) => {
      const role = roleDefinitionId.split("/").at(-1)?.toLowerCase() ?? "";
      const wellFormed = /\/providers\/Microsoft\.Authorization\/roleDefinitions\/[^/]+$/i.test(roleDefinitionId);
      return wellFormed && ROLES.includes(role)
        ? undefined
        : `The specified role definition with ID '${role.replaceAll("-", "")}' does not exist.`;
    },
  ),
  onPut<RoleAssignmentBody>(
    "principal-unknown",
    ASSIGNMENT,
    {
      status: 400,
      code: "PrincipalNotFound",
      refuses: "a principal that does not exist",
      known: "recalled",
      reference: TROUBLESHOOTING,
    },
    (request) => {
      const { principalId = "" } = request.body;
      return principals(request as Parameters<Rule["check"]>[0]).includes(principalId)
        ? undefined
        : `Principal ${principalId.replaceAll("-", "")} does not exist in the directory. Check that you have the correct ` +
            "principal ID. If you are creating this principal and then immediately assigning a role, this error might " +
            "be related to a replication delay. In this case, set the role assignment principalType property to a " +
            "value, such as ServicePrincipal, User, or Group. See https://aka.ms/docs-principaltype";
    },
  ),
  onPut<RoleAssignmentBody>(
    "assignment-exists",
    ASSIGNMENT,
    {
      status: 409,
      code: "RoleAssignmentExists",
      refuses: "a role that the principal has at that scope already, under another name",
      known: "recalled",
      reference: TROUBLESHOOTING,
    },
    ({ id, body, subscription }) => {
      const scope = (assignment: string) => assignment.slice(0, assignment.lastIndexOf("/"));
      const other = subscription.ofType(ASSIGNMENT).find((resource) => {
        const { principalId, roleDefinitionId } = resource.body as RoleAssignmentBody;
        const same = principalId === body.principalId && roleDefinitionId === body.roleDefinitionId;
        return same && sameId(scope(resource.id), scope(id)) && !sameId(resource.id, id);
      });
      return other && "The role assignment already exists.";
    },
  ),
  onPut<RoleAssignmentBody>(
    "assignment-changed",
    ASSIGNMENT,
    {
      status: 400,
      code: "RoleAssignmentUpdateNotPermitted",
      refuses: "another principal or role for an assignment that is there",
      known: "recalled",
      reference: TROUBLESHOOTING,
    },
    ({ before, body }) =>
      before !== undefined &&
      (before.principalId !== body.principalId || before.roleDefinitionId !== body.roleDefinitionId)
        ? "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
        : undefined,
  ),
  onPut<RoleAssignmentBody>(
    "assignment-scope-unknown",
    ASSIGNMENT,
    {
      status: 404,
      code: "ResourceNotFound",
      refuses: "a role at a scope that is not there",
      known: "recalled",
      reference: learn("azure/azure-resource-manager/troubleshooting/error-not-found"),
    },
    ({ id, subscription }) => {
      const scope = id.replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i, "");
      return subscription.exists(scope) ? undefined : `The Resource '${scope}' was not found.`;
    },
  ),
];
