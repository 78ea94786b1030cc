import { VirtualMachineScaleSet } from "@pulumi/azure-native/compute";
import { enums, type input } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import type { ScaleSetSettings } from "../settings";
import { bootstrapFor } from "./bootstrap";
import type { CloudPlace } from "./cloud-network";
import type { HostCredentials } from "./credentials";
import { diskOf } from "./disk";
import { images } from "./images";

export interface ScaleSetArgs extends CloudPlace {
  credentials: HostCredentials;
  /** Id of the hosts' managed identity. */
  identity?: pulumi.Output<string>;
  subnetId: pulumi.Output<string>;
  poolId: pulumi.Output<string>;
}

/** What Azure refuses to change, or would change only in machines to come: another one is another scale set. */
const replacing = [
  "sku.name",
  "zones",
  ...[
    "osProfile.adminUsername",
    "osProfile.computerNamePrefix",
    "osProfile.adminPassword",
    "osProfile.linuxConfiguration",
  ].map(profile),
  ...["storageProfile.imageReference", "storageProfile.osDisk"].map(profile),
];

/** The scale set whose machines are the hosts. */
export function declareScaleSet(name: string, args: ScaleSetArgs, opts: pulumi.CustomResourceOptions) {
  const { inGroup, settings, credentials, identity, subnetId, poolId } = args;
  const { name: vmScaleSetName, size, capacity, zones } = settings;
  const bootstrap = bootstrapFor(settings.os, {
    user: settings.adminUser,
    remoting: settings.administration.winrm,
    swarm: settings.cluster !== undefined,
  });
  return new VirtualMachineScaleSet(
    name,
    {
      ...inGroup,
      vmScaleSetName,
      zones,
      sku: { name: size, tier: "Standard", capacity },
      // Uniform: its machines are numbered, and leave by the rule below.
      orchestrationMode: "Uniform",
      overprovision: false,
      // Otherwise new certificates and scripts would reach no machine that is there, and `up` would not tell.
      upgradePolicy: { mode: enums.compute.UpgradeMode.Automatic },
      // The first hosts stay.
      scaleInPolicy: { rules: ["NewestVM"] },
      ...(identity === undefined ? {} : { identity: { type: "UserAssigned", userAssignedIdentities: [identity] } }),
      virtualMachineProfile: {
        osProfile: osProfile(settings, credentials, bootstrap.customData),
        storageProfile: { imageReference: images[settings.image].reference, osDisk: osDisk(settings) },
        securityProfile: {
          securityType: "TrustedLaunch",
          uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
        },
        // What a machine that doesn't come up has to say is in its serial log.
        diagnosticsProfile: { bootDiagnostics: { enabled: true } },
        networkProfile: {
          networkInterfaceConfigurations: [
            {
              name: "card",
              primary: true,
              ipConfigurations: [
                {
                  name: "main",
                  primary: true,
                  subnet: { id: subnetId },
                  loadBalancerBackendAddressPools: [{ id: poolId }],
                },
              ],
            },
          ],
        },
        extensionProfile: {
          extensions: [
            {
              name: "bootstrap",
              ...bootstrap.handler,
              protectedSettings: credentials.credentials.apply(bootstrap.protectedSettings),
            },
          ],
        },
      },
    },
    { ...opts, replaceOnChanges: replacing, deleteBeforeReplace: true },
  );
}

function profile(path: string): string {
  return `virtualMachineProfile.${path}`;
}

function osProfile(
  { name, os, adminUser }: ScaleSetSettings,
  { adminPassword, userPublicKey }: HostCredentials,
  customData: string,
): input.compute.VirtualMachineScaleSetOSProfileArgs {
  const all = { computerNamePrefix: name, adminUsername: adminUser, customData };
  return os === "windows"
    ? {
        ...all,
        adminPassword,
        // An update that restarts a host in the middle of a lab is no use; images are new enough.
        windowsConfiguration: { provisionVMAgent: true, enableAutomaticUpdates: false },
      }
    : {
        ...all,
        linuxConfiguration: {
          provisionVMAgent: true,
          disablePasswordAuthentication: true,
          ssh: {
            publicKeys: [{ path: `/home/${adminUser}/.ssh/authorized_keys`, keyData: userPublicKey }],
          },
        },
      };
}

function osDisk(settings: ScaleSetSettings): input.compute.VirtualMachineScaleSetOSDiskArgs {
  const { kind, sizeGb, placement } = diskOf(settings);
  return {
    createOption: "FromImage",
    diskSizeGB: sizeGb,
    ...(kind === "ephemeral"
      ? {
          caching: enums.compute.CachingTypes.ReadOnly,
          diffDiskSettings: { option: "Local", placement },
          managedDisk: { storageAccountType: "Standard_LRS" },
        }
      : {
          caching: enums.compute.CachingTypes.ReadWrite,
          managedDisk: { storageAccountType: "StandardSSD_LRS" },
        }),
  };
}
