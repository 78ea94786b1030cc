import { sameId } from "../arm/ids";
import { imageName, imageNamed } from "../catalogue/images";
import { hasZones, normalRegion } from "../catalogue/regions";
import { isOffered, sizeNamed, sizeNames } from "../catalogue/sizes";
import type { ScaleSetBody } from "../types/bodies";
import { valueAt } from "../types/resource-type";
import { issue, learn, onPut, type Request, type Rule } from "./rule";

const SET = "Microsoft.Compute/virtualMachineScaleSets";
const MACHINES = 1000;
const MACHINES_IN_PLACEMENT_GROUP = 100;
const MACHINES_OF_OWN_IMAGE = 600;

/** Cannot be changed once the scale set is there. */
const IMMUTABLE: readonly string[] = [
  ...["orchestrationMode", "zones", "platformFaultDomainCount"],
  ...["virtualMachineProfile.osProfile.computerNamePrefix", "virtualMachineProfile.osProfile.adminUsername"],
  ...["virtualMachineProfile.storageProfile.imageReference.publisher"],
  ...["virtualMachineProfile.storageProfile.imageReference.offer"],
  ...["virtualMachineProfile.storageProfile.osDisk.createOption"],
  ...["virtualMachineProfile.storageProfile.osDisk.diffDiskSettings"],
  ...["virtualMachineProfile.osProfile.linuxConfiguration.disablePasswordAuthentication"],
];

/** ARM leaves the first level of a machine's profile out of the names it prints: `osProfile.adminUsername`. */
function shortPath(path: string): string {
  return path.replace("virtualMachineProfile.", "").replace("storageProfile.", "");
}

function cores({ sku }: ScaleSetBody): number {
  return (sizeNamed(sku?.name ?? "")?.cores ?? 0) * (sku?.capacity ?? 0);
}

/** The scale set itself: region, size, image, capacity, and what may not be changed. */
export const scaleSets: readonly Rule[] = [
  onPut<ScaleSetBody>(
    "size-unknown",
    SET,
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a size that does not exist",
      known: "recalled",
      reference: learn("azure/virtual-machines/windows/error-messages"),
    },
    ({ body: { sku } }) =>
      sizeNamed(sku?.name ?? "") === undefined
        ? `The value ${sku?.name} provided for the VM size is not valid. The valid sizes in the current region are: ` +
          `${sizeNames.join(",")}. Find out more on the valid VM sizes in each region at https://aka.ms/azure-regions.`
        : undefined,
  ),
  onPut<ScaleSetBody>(
    "size-not-in-region",
    SET,
    {
      status: 409,
      code: "SkuNotAvailable",
      refuses: "a size that the region does not offer",
      known: "message",
      reference: issue("mspnp/aks-baseline", 372),
    },
    ({ id, body: { sku, location = "", zones }, subscription }) => {
      const size = sizeNamed(sku?.name ?? "");
      return size === undefined || isOffered(size, location)
        ? undefined
        : `The requested size for resource '${id}' is currently not available in location '${location}' zones ` +
            `'${(zones ?? []).join(",")}' for subscription '${subscription.state.subscriptionId}'. Please try another ` +
            "size or deploy to a different location or zones. See https://aka.ms/azureskunotavailable for details.";
    },
  ),
  onPut<ScaleSetBody>(
    "image-not-found",
    SET,
    {
      status: 404,
      code: "PlatformImageNotFound",
      refuses: "an image that the marketplace does not have",
      known: "message",
      reference: issue("clong/DetectionLab", 729),
    },
    ({ body }) => {
      const image = body.virtualMachineProfile?.storageProfile?.imageReference;
      return image === undefined || image.id !== undefined || imageNamed(image) !== undefined
        ? undefined
        : `The platform image '${imageName(image)}' is not available. Verify that all fields in the storage profile ` +
            "are correct. For more details about storage profile information, please refer to " +
            "https://aka.ms/storageprofile";
    },
  ),
  onPut<ScaleSetBody>(
    "scale-set-zones-in-region",
    SET,
    {
      status: 400,
      code: "AvailabilityZoneNotSupported",
      refuses: "a scale set with zones in a region that has none, or with a zone that is not 1, 2 or 3",
      known: "recalled",
      reference: learn("azure/reliability/regions-list"),
    },
    ({ name, body: { zones = [], location = "" } }) => {
      const supported = hasZones(location) ? ["1", "2", "3"] : [];
      const wrong = zones.filter((zone) => !supported.includes(zone));
      return wrong.length === 0
        ? undefined
        : `The zone(s) '${wrong.join(",")}' for resource '${SET}/${name}' is not supported. The supported zones for ` +
            `location '${normalRegion(location)}' are '${supported.join(",")}'`;
    },
  ),
  onPut<ScaleSetBody>(
    "capacity-over-limit",
    SET,
    {
      status: 400,
      code: "InvalidParameter",
      refuses: `more than ${MACHINES} machines (${MACHINES_OF_OWN_IMAGE} of an image that is not the marketplace's)`,
      known: "limit",
      reference: learn("azure/virtual-machine-scale-sets/virtual-machine-scale-sets-placement-groups"),
    },
    ({ body }) => {
      const own = body.virtualMachineProfile?.storageProfile?.imageReference?.id !== undefined;
      const limit = own ? MACHINES_OF_OWN_IMAGE : MACHINES;
      const capacity = body.sku?.capacity ?? 0;
      return capacity < 0 || capacity > limit
        ? `The value ${capacity} of parameter 'sku.capacity' is invalid. Allowed are 0 to ${limit}.`
        : undefined;
    },
  ),
  onPut<ScaleSetBody>(
    "capacity-over-placement-group",
    SET,
    {
      status: 400,
      code: "OperationNotAllowed",
      refuses: `more than ${MACHINES_IN_PLACEMENT_GROUP} machines in a single placement group`,
      known: "limit",
      reference: learn("azure/virtual-machine-scale-sets/virtual-machine-scale-sets-placement-groups"),
    },
    ({ body: { singlePlacementGroup, sku } }) =>
      singlePlacementGroup === true && (sku?.capacity ?? 0) > MACHINES_IN_PLACEMENT_GROUP
        ? `The specified capacity ${sku?.capacity} is above the maximum of ${MACHINES_IN_PLACEMENT_GROUP} for a Virtual ` +
          "Machine Scale Set with a single placement group."
        : undefined,
  ),
  onPut<ScaleSetBody>(
    "core-quota",
    SET,
    {
      status: 409,
      code: "OperationNotAllowed",
      refuses: "more cores in a region than the subscription's quota (the settings say how many)",
      known: "message",
      reference: issue("nforgeio/neonKUBE", 1671),
    },
    ({ id, body, subscription, settings }) => {
      const others = subscription.scaleSets().filter((set) => set.body.location === body.location);
      const used = others.reduce((sum, set) => sum + cores(set.body), 0);
      const own = others.filter((set) => sameId(set.id, id)).reduce((sum, set) => sum + cores(set.body), 0);
      const more = cores(body) - own;
      return more > 0 && used + more > settings.cores
        ? "Operation could not be completed as it results in exceeding approved Total Regional Cores quota. " +
            `Additional details - Deployment Model: Resource Manager, Location: ${body.location}, Current Limit: ` +
            `${settings.cores}, Current Usage: ${used}, Additional Required: ${more}, (Minimum) New Limit Required: ` +
            `${used + more}.`
        : undefined;
    },
  ),
  onPut<ScaleSetBody>(
    "upgrade-policy-missing",
    SET,
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a Uniform scale set without an upgrade policy",
      known: "recalled",
      reference: learn("azure/virtual-machine-scale-sets/virtual-machine-scale-sets-upgrade-policy"),
    },
    ({ body: { orchestrationMode, upgradePolicy } }) =>
      orchestrationMode !== "Flexible" && upgradePolicy?.mode === undefined
        ? "Required parameter 'upgradePolicy' is missing (null)."
        : undefined,
  ),
  onPut<ScaleSetBody>(
    "rolling-upgrade-without-health",
    SET,
    {
      status: 400,
      code: "BadRequest",
      refuses: "rolling upgrades without a health probe or a health extension",
      known: "recalled",
      reference: learn("azure/virtual-machine-scale-sets/virtual-machine-scale-sets-configure-rolling-upgrades"),
    },
    ({ body: { upgradePolicy, virtualMachineProfile: profile } }) => {
      const extensions = profile?.extensionProfile?.extensions ?? [];
      const watched =
        profile?.networkProfile?.healthProbe !== undefined ||
        extensions.some(({ type }) => type?.startsWith("ApplicationHealth"));
      return upgradePolicy?.mode === "Rolling" && !watched
        ? "Rolling Upgrade mode is not supported for this Virtual Machine Scale Set because a health probe or health " +
            "extension was not provided."
        : undefined;
    },
  ),
  onPut<ScaleSetBody>(
    "flexible-without-network-api-version",
    SET,
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a Flexible scale set without networkApiVersion in its network profile",
      known: "limit",
      reference: learn(
        "azure/virtual-machine-scale-sets/virtual-machine-scale-sets-orchestration-modes-api-comparison",
      ),
    },
    ({ body: { orchestrationMode, virtualMachineProfile } }) =>
      orchestrationMode === "Flexible" && virtualMachineProfile?.networkProfile?.networkApiVersion === undefined
        ? "Required parameter 'networkProfile.networkApiVersion' is missing (null)."
        : undefined,
  ),
  onPut<ScaleSetBody>(
    "flexible-with-system-identity",
    SET,
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a Flexible scale set with a system-assigned identity",
      known: "limit",
      reference: learn("azure/virtual-machine-scale-sets/virtual-machine-scale-sets-orchestration-modes"),
    },
    ({ body: { orchestrationMode, identity } }) =>
      orchestrationMode === "Flexible" && identity?.type?.includes("SystemAssigned")
        ? "System assigned identity is not supported for Virtual Machine Scale Sets with Flexible orchestration mode."
        : undefined,
  ),
  onPut<ScaleSetBody>(
    "immutable-property",
    SET,
    {
      status: 409,
      code: "PropertyChangeNotAllowed",
      refuses: `another value of ${IMMUTABLE.map(shortPath).join(", ")}, or another placement group`,
      known: "message",
      reference: issue("MicrosoftDocs/azure-docs", 108952),
    },
    (request) => {
      const changed = IMMUTABLE.find((path) => isChanged(request, path));
      const single = request.before?.singlePlacementGroup === false && request.body.singlePlacementGroup === true;
      const path = changed === undefined ? single && "singlePlacementGroup" : shortPath(changed);
      return path ? `Changing property '${path}' is not allowed.` : undefined;
    },
  ),
];

function isChanged({ before, body }: Request<ScaleSetBody>, path: string): boolean {
  if (before === undefined) {
    return false;
  }
  const [old, now] = [before, body].map((each) => valueAt(each as Record<string, unknown>, path.split(".")));
  // Null is "as it was": Azure takes a property that a write leaves out for unchanged.
  return now !== undefined && JSON.stringify(old) !== JSON.stringify(now);
}
