import { groupOf, key, nameOf, parentOf, RESOURCE_GROUP, sameId, typeOf } from "../arm/ids";
import { referencesIn } from "../arm/subscription";
import { isRegion, normalRegion, regionNames } from "../catalogue/regions";
import { isKnown, typeNamed } from "../types";
import type { Located, ScaleSetBody } from "../types/bodies";
import { issue, learn, onPut, type Rule } from "./rule";

/** What Azure Resource Manager itself looks at, before it asks the service behind a type. */
export const general: readonly Rule[] = [
  onPut(
    "resource-group-missing",
    "*",
    {
      status: 404,
      code: "ResourceGroupNotFound",
      refuses: "a resource in a group that is not there",
      known: "recalled",
      reference: learn("azure/azure-resource-manager/troubleshooting/error-not-found"),
    },
    ({ id, type, subscription }) => {
      const group = groupOf(id);
      const missing = group !== undefined && type !== RESOURCE_GROUP && !subscription.exists(group);
      return missing ? `Resource group '${nameOf(group)}' could not be found.` : undefined;
    },
  ),
  onPut(
    "parent-missing",
    "*",
    {
      status: 404,
      code: "ParentResourceNotFound",
      refuses: "a child of a resource that is not there",
      known: "recalled",
      reference: learn("azure/azure-resource-manager/troubleshooting/error-parent-resource"),
    },
    ({ id, type, inParent, subscription }) => {
      const parent = parentOf(id);
      const nested = !inParent && type.split("/").length > 2 && isKnown(typeOf(parent));
      return nested && !subscription.exists(parent)
        ? "Failed to perform 'write' on resource(s) of type " +
            `'${type.split("/").slice(1).join("/")}', because the parent resource '${parent}' could not be found.`
        : undefined;
    },
  ),
  onPut<Located>(
    "region-missing",
    "*",
    {
      status: 400,
      code: "LocationRequired",
      refuses: "a resource without a region",
      known: "recalled",
      reference: learn("azure/azure-resource-manager/troubleshooting/common-deployment-errors"),
    },
    ({ type, body: { location } }) => {
      const located = typeNamed(type).inputs.includes("location") && type.split("/").length === 2;
      return located && location === undefined ? "The location property is required for this definition." : undefined;
    },
  ),
  onPut<Located>(
    "region-unknown-for-group",
    RESOURCE_GROUP,
    {
      status: 400,
      code: "LocationNotAvailableForResourceGroup",
      refuses: "a resource group in a region that does not exist",
      known: "recalled",
      reference: learn("azure/azure-resource-manager/troubleshooting/common-deployment-errors"),
    },
    ({ body: { location } }) =>
      location === undefined || isRegion(location)
        ? undefined
        : `The provided location '${location}' is not available for resource group. ` +
          `List of available regions is '${regionNames.join(",")}'.`,
  ),
  onPut<Located>(
    "region-unknown",
    "*",
    {
      status: 400,
      code: "LocationNotAvailableForResourceType",
      refuses: "a resource in a region that does not exist",
      known: "recalled",
      reference: learn("azure/azure-resource-manager/troubleshooting/common-deployment-errors"),
    },
    ({ type, body: { location } }) =>
      location === undefined || isRegion(location)
        ? undefined
        : `The provided location '${location}' is not available for resource type '${type}'. ` +
          `List of available regions for the resource type is '${regionNames.join(",")}'.`,
  ),
  onPut<Located>(
    "region-changed",
    "*",
    {
      status: 409,
      code: "InvalidResourceLocation",
      refuses: "another region for a resource that is there",
      known: "recalled",
      reference: learn("azure/azure-resource-manager/troubleshooting/error-invalid-resource-location"),
    },
    ({ id, name, before, body: { location } }) => {
      const old = before?.location;
      return old === undefined || location === undefined || normalRegion(old) === normalRegion(location)
        ? undefined
        : `The resource '${name}' already exists in location '${old}' in resource group ` +
            `'${nameOf(groupOf(id) ?? id)}'. A resource with the same name cannot be created in location ` +
            `'${location}'. Please select a new resource name.`;
    },
  ),
  onPut(
    "reference-malformed",
    "*",
    {
      status: 400,
      code: "LinkedInvalidPropertyId",
      refuses: "a reference that is no resource id",
      known: "recalled",
      reference: learn("azure/azure-resource-manager/troubleshooting/common-deployment-errors"),
    },
    ({ body }) => {
      const wrong = referencesIn(body).find((reference) => !reference.startsWith("/"));
      return wrong === undefined
        ? undefined
        : `Property id '${wrong}' is invalid. Expect fully qualified resource Id that start with ` +
            "'/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.";
    },
  ),
  onPut(
    "reference-missing",
    "*",
    {
      status: 400,
      code: "InvalidResourceReference",
      refuses: "a reference to a resource that is not there",
      known: "message",
      reference: issue("MicrosoftDocs/azure-docs", 114837),
    },
    ({ id, body, subscription }) => {
      // What lies in the resource itself is looked at by the rules of its type.
      const outside = referencesIn(body).filter((reference) => isKnownOrPart(reference) && !isOwn(id, reference));
      const missing = outside.find((reference) => !subscription.exists(reference));
      return missing === undefined ? undefined : notFound(missing, id);
    },
  ),
  onPut<Located>(
    "reference-in-other-region",
    "*",
    {
      status: 400,
      code: "InvalidResourceReference",
      refuses: "a network, address or gateway of another region",
      known: "message",
      reference: issue("MicrosoftDocs/azure-docs", 114837),
    },
    ({ id, type, body, subscription }) => {
      const { location } = body;
      if (location === undefined || !/^Microsoft\.(Network|Compute)\//i.test(type)) {
        return undefined;
      }
      const elsewhere = referencesIn(body as Record<string, unknown>).find((reference) => {
        const owner = /\/Microsoft\.Network\//i.test(reference) ? subscription.owner(reference) : undefined;
        const other = owner && !sameId(owner.id, id) ? subscription.locationOf(owner) : undefined;
        return other !== undefined && normalRegion(other) !== normalRegion(location);
      });
      return elsewhere === undefined ? undefined : notFound(elsewhere, id);
    },
  ),
  onPut<ScaleSetBody>(
    "identity-without-ids",
    "*",
    {
      status: 400,
      code: "MissingIdentityIds",
      refuses: "identity type UserAssigned without identities",
      known: "recalled",
      reference: learn("azure/active-directory/managed-identities-azure-resources/qs-configure-template-windows-vmss"),
    },
    ({ body: { identity } }) =>
      identity?.type?.includes("UserAssigned") && (identity.userAssignedIdentities ?? []).length === 0
        ? `The identity ids must not be null or empty for '${identity.type}' identity type.`
        : undefined,
  ),
  onPut<ScaleSetBody>(
    "identity-type-unknown",
    "*",
    {
      status: 400,
      code: "InvalidIdentityType",
      refuses: "an identity type that does not exist, or ids without UserAssigned",
      known: "limit",
      reference: learn("azure/templates/microsoft.compute/virtualmachinescalesets"),
    },
    ({ body: { identity } }) => {
      const types = ["None", "SystemAssigned", "UserAssigned", "SystemAssigned, UserAssigned"];
      const known = identity?.type === undefined || types.includes(identity.type);
      const stray = !identity?.type?.includes("UserAssigned") && (identity?.userAssignedIdentities ?? []).length > 0;
      return known && !stray
        ? undefined
        : `The identity type '${identity?.type}' is not valid for the request. Allowed are: ${types.join("; ")}.`;
    },
  ),
];

/** Azure's words for a reference that leads nowhere. */
export function notFound(reference: string, by: string): string {
  return (
    `Resource ${reference} referenced by resource ${by} was not found. ` +
    "Please make sure that the referenced resource exists, and that both resources are in the same region."
  );
}

function isOwn(id: string, reference: string): boolean {
  const root = id.split("/").slice(0, 9).join("/");
  return key(reference).startsWith(`${key(root)}/`);
}

/** A reference to a type that the simulator knows, or to a part of one. Of others it cannot tell. */
function isKnownOrPart(reference: string): boolean {
  const type = typeOf(reference);
  return type !== "" && (isKnown(type) || isKnown(type.slice(0, type.lastIndexOf("/"))));
}
