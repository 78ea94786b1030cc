import { key, parentOf } from "../arm/ids";
import type { Body } from "../arm/resource";
import type { Subscription } from "../arm/subscription";
import { clientIdOf, TENANT } from "./access";
import type { ScaleSetBody } from "./bodies";
import { type ResourceType, valueAt, withValue } from "./resource-type";

const EXTENSION = "Microsoft.Compute/virtualMachineScaleSets/extensions";
const PROFILE = "virtualMachineProfile";

export const scaleSet: ResourceType = {
  token: "azure-native:compute:VirtualMachineScaleSet",
  type: "Microsoft.Compute/virtualMachineScaleSets",
  apiVersion: "2024-11-01",
  path: "/virtualMachineScaleSets/{vmScaleSetName}",
  naming: "random",
  inputs: [
    ...["additionalCapabilities", "automaticRepairsPolicy", "constrainedMaximumCapacity"],
    ...["doNotRunExtensionsOnOverprovisionedVMs", "extendedLocation", "hostGroup", "identity", "location"],
    ...["orchestrationMode", "overprovision", "plan", "platformFaultDomainCount", "priorityMixPolicy"],
    ...["proximityPlacementGroup", "resiliencyPolicy", "scaleInPolicy", "scheduledEventsPolicy"],
    ...["singlePlacementGroup", "sku", "skuProfile", "spotRestorePolicy", "tags", "upgradePolicy"],
    ...["virtualMachineProfile", "zonalPlatformFaultDomainAlignMode", "zoneBalance", "zones"],
  ],
  outputs: ["etag", "name", "provisioningState", "systemData", "timeCreated", "type", "uniqueId"],
  required: [
    `${PROFILE}.networkProfile.networkInterfaceConfigurations[].name`,
    `${PROFILE}.networkProfile.networkInterfaceConfigurations[].ipConfigurations`,
    `${PROFILE}.networkProfile.networkInterfaceConfigurations[].ipConfigurations[].name`,
    `${PROFILE}.storageProfile.osDisk.createOption`,
  ],
  // Azure keeps the extensions of a scale set where a write does not name any.
  children: [{ path: [PROFILE, "extensionProfile", "extensions"], type: EXTENSION }],
  writeOnly: [`${PROFILE}.osProfile.adminPassword`, `${PROFILE}.osProfile.customData`, `${PROFILE}.userData`],
  readOnly: ["provisioningState", "timeCreated", "principalId", "clientId", "tenantId"],
  defaults: (body) => scaleSetDefaults(body),
  view: (resource, subscription) => {
    const body = resource.body as ScaleSetBody;
    const { identity } = body;
    return {
      uniqueId: resource.guid,
      timeCreated: resource.createdAt,
      ...(identity === undefined ? {} : { identity: identityView(identity, resource.guid, subscription) }),
    };
  },
};

export const extension: ResourceType = {
  token: "azure-native:compute:VirtualMachineScaleSetExtension",
  type: EXTENSION,
  apiVersion: "2024-11-01",
  path: "/virtualMachineScaleSets/{vmScaleSetName}/extensions/{vmssExtensionName}",
  naming: "copy",
  inputs: [
    ...["autoUpgradeMinorVersion", "enableAutomaticUpgrade", "forceUpdateTag", "name", "protectedSettings"],
    ...["protectedSettingsFromKeyVault", "provisionAfterExtensions", "publisher", "settings", "suppressFailures"],
    ...["type", "typeHandlerVersion"],
  ],
  outputs: ["provisioningState"],
  required: [],
  writeOnly: ["protectedSettings"],
};

export const runCommand: ResourceType = {
  token: "azure-native:compute:VirtualMachineScaleSetVMRunCommand",
  type: "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands",
  apiVersion: "2024-11-01",
  path: "/virtualMachineScaleSets/{vmScaleSetName}/virtualMachines/{instanceId}/runCommands/{runCommandName}",
  naming: "copy",
  inputs: [
    ...["asyncExecution", "errorBlobManagedIdentity", "errorBlobUri", "location", "outputBlobManagedIdentity"],
    ...["outputBlobUri", "parameters", "protectedParameters", "runAsPassword", "runAsUser", "source", "tags"],
    ...["timeoutInSeconds", "treatFailureAsDeploymentFailure"],
  ],
  outputs: ["instanceView", "name", "provisioningState", "systemData", "type"],
  required: [],
  writeOnly: ["protectedParameters", "runAsPassword"],
  readOnly: ["instanceView"],
};

/** What Azure fills in: documented beside each property of Microsoft.Compute/virtualMachineScaleSets. */
function scaleSetDefaults(body: ScaleSetBody): Body {
  const mode = body.orchestrationMode ?? "Uniform";
  const zonal = (body.zones ?? []).length > 0;
  const disk = body.virtualMachineProfile?.storageProfile?.osDisk;
  const filled: Body = {
    orchestrationMode: mode,
    singlePlacementGroup: mode === "Uniform" && !zonal,
    platformFaultDomainCount: mode === "Uniform" && !zonal ? 5 : 1,
    ...(mode === "Uniform" ? { overprovision: true, doNotRunExtensionsOnOverprovisionedVMs: false } : {}),
    ...(zonal ? { zoneBalance: false } : {}),
    ...body,
    sku: { tier: "Standard", ...body.sku },
  };
  const stored = disk && { caching: "ReadWrite", ...disk };
  return stored ? withValue(filled, [PROFILE, "storageProfile", "osDisk"], stored) : filled;
}

function identityView(
  { type, userAssignedIdentities }: NonNullable<ScaleSetBody["identity"]>,
  guid: string,
  subscription: Subscription,
): Body {
  const users = (userAssignedIdentities ?? []).map((id) => {
    const principalId = subscription.get(id)?.guid ?? "";
    return [id, { principalId, clientId: clientIdOf(principalId) }] as const;
  });
  return {
    type,
    ...(type?.includes("SystemAssigned") ? { principalId: guid, tenantId: TENANT } : {}),
    ...(users.length === 0 ? {} : { userAssignedIdentities: Object.fromEntries(users) }),
  };
}

/** What azure-native's getVirtualMachineScaleSetVM shows of one machine; undefined where there is none. */
export function machineView(scaleSetId: string, instanceId: string, subscription: Subscription): Body | undefined {
  const resource = subscription.get(scaleSetId);
  const set = subscription.state.scaleSets[key(scaleSetId)];
  const instance = set?.instances.find((each) => each.instanceId.toLowerCase() === instanceId.toLowerCase());
  if (resource === undefined || instance === undefined) {
    return undefined;
  }
  const body = resource.body as ScaleSetBody;
  const failed = instance.failure !== undefined || Object.values(instance.extensions).some((e) => e.state === "Failed");
  const cards = [...new Set(instance.ipConfigurations.map(({ id }) => parentOf(id)))];
  const status = (code: string, level: string, message?: string) => ({ code, level, ...(message ? { message } : {}) });
  const profile = body.virtualMachineProfile;
  return {
    id: instance.id,
    instanceId: instance.instanceId,
    name: instance.name,
    type: "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
    location: body.location,
    vmId: instance.vmId,
    latestModelApplied: instance.model === set.model,
    modelDefinitionApplied: "VirtualMachineScaleSet",
    provisioningState: failed ? "Failed" : "Succeeded",
    timeCreated: resource.createdAt,
    sku: { name: body.sku?.name, tier: body.sku?.tier },
    zones: instance.zone === undefined ? [] : [instance.zone],
    networkProfile: { networkInterfaces: cards.map((id) => ({ id })) },
    osProfile: { computerName: instance.computerName, adminUsername: profile?.osProfile?.adminUsername },
    storageProfile: { imageReference: valueAt(resource.body, [PROFILE, "storageProfile", "imageReference"]) },
    resources: [],
    instanceView: {
      computerName: instance.computerName,
      statuses: [
        instance.failure === undefined
          ? status(`ProvisioningState/${failed ? "failed/VMExtensionProvisioningError" : "succeeded"}`, "Info")
          : status("ProvisioningState/failed/OSProvisioningTimedOut", "Error", instance.failure),
        status("PowerState/running", "Info"),
      ],
      extensions: Object.entries(instance.extensions).map(([name, { state, message }]) => ({
        name,
        statuses: [
          state === "Succeeded"
            ? status("ProvisioningState/succeeded", "Info", message)
            : status("ProvisioningState/failed", "Error", message),
        ],
      })),
    },
  };
}
