import { imageNamed } from "../catalogue/images";
import { sizeNamed } from "../catalogue/sizes";
import type { MachineProfile, OsDisk, ScaleSetBody } from "../types/bodies";
import { issue, learn, onPut, type Request, type Rule } from "./rule";

const SET = "Microsoft.Compute/virtualMachineScaleSets";
const ERROR_MESSAGES = learn("azure/virtual-machines/windows/error-messages");
const EPHEMERAL = learn("azure/virtual-machines/ephemeral-os-disks");

function diskOf({ body }: Request<ScaleSetBody>): OsDisk | undefined {
  return body.virtualMachineProfile?.storageProfile?.osDisk;
}

function isEphemeral(disk: OsDisk | undefined): disk is OsDisk {
  return disk?.diffDiskSettings?.option === "Local";
}

function imageOf(profile: MachineProfile | undefined) {
  return imageNamed(profile?.storageProfile?.imageReference ?? {});
}

/** A machine's disk, and how it starts. */
export const machineDisks: readonly Rule[] = [
  onPut<ScaleSetBody>(
    "ephemeral-disk-size",
    SET,
    {
      status: 409,
      code: "NotSupported",
      refuses: "an ephemeral disk that is larger than the size's cache (or temporary disk, where that is said)",
      known: "message",
      reference: "https://github.com/cloudfoundry/bosh-azure-cpi-release/pull/674",
    },
    (request) => {
      const disk = diskOf(request);
      const { sku, virtualMachineProfile } = request.body;
      const size = sizeNamed(sku?.name ?? "");
      if (!isEphemeral(disk) || size === undefined) {
        return undefined;
      }
      const placement = disk.diffDiskSettings?.placement ?? (size.cache > 0 ? "CacheDisk" : "ResourceDisk");
      const room = placement === "CacheDisk" ? size.cache : size.temporary;
      const wanted = disk.diskSizeGB ?? imageOf(virtualMachineProfile)?.disk ?? 0;
      return wanted > room
        ? `OS disk of Ephemeral VM with size greater than ${room} GB is not allowed for VM size ${sku?.name} when the ` +
            `DiffDiskPlacement is ${placement}. Please refer to https://aka.ms/Ephemeral for more details.`
        : undefined;
    },
  ),
  onPut<ScaleSetBody>(
    "ephemeral-disk-caching",
    SET,
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "an ephemeral disk whose caching is not ReadOnly",
      known: "limit",
      reference: EPHEMERAL,
    },
    (request) => {
      const disk = diskOf(request);
      return isEphemeral(disk) && disk.caching !== "ReadOnly"
        ? `Caching mode '${disk.caching}' is not supported for Ephemeral OS disks. Use 'ReadOnly'.`
        : undefined;
    },
  ),
  onPut<ScaleSetBody>(
    "ephemeral-disk-type",
    SET,
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "an ephemeral disk of a storage type that is not Standard_LRS",
      known: "limit",
      reference: EPHEMERAL,
    },
    (request) => {
      const disk = diskOf(request);
      const type = disk?.managedDisk?.storageAccountType ?? "Standard_LRS";
      return isEphemeral(disk) && type !== "Standard_LRS"
        ? `Storage account type '${type}' is not supported for Ephemeral OS disks. Use 'Standard_LRS'.`
        : undefined;
    },
  ),
  onPut<ScaleSetBody>(
    "disk-smaller-than-image",
    SET,
    {
      status: 409,
      code: "OperationNotAllowed",
      refuses: "an OS disk that is smaller than its image's",
      known: "message",
      reference: ERROR_MESSAGES,
    },
    (request) => {
      const image = imageOf(request.body.virtualMachineProfile);
      const size = diskOf(request)?.diskSizeGB;
      return image !== undefined && size !== undefined && size < image.disk
        ? `Disk with size ${size}GB, which is smaller than the size ${image.disk}GB of corresponding disk in Image, is not allowed.`
        : undefined;
    },
  ),
  onPut<ScaleSetBody>(
    "trusted-launch-image",
    SET,
    {
      status: 400,
      code: "BadRequest",
      refuses: "Trusted Launch with an image of generation 1",
      known: "message",
      reference: issue("Azure/azure-cli", 27975),
    },
    ({ body: { virtualMachineProfile: profile } }) =>
      profile?.securityProfile?.securityType === "TrustedLaunch" && imageOf(profile)?.generation === 1
        ? "Use of TrustedLaunch setting is not supported for the provided image. Please select Trusted Launch Supported " +
          "Gen2 OS Image. For more information, see https://aka.ms/TrustedLaunch-FAQ."
        : undefined,
  ),
  onPut<ScaleSetBody>(
    "trusted-launch-size",
    SET,
    {
      status: 400,
      code: "BadRequest",
      refuses: "Trusted Launch with a size that does not have it",
      known: "recalled",
      reference: issue("Azure/azure-cli", 28005),
    },
    ({ body: { sku, virtualMachineProfile: profile } }) =>
      profile?.securityProfile?.securityType === "TrustedLaunch" && sizeNamed(sku?.name ?? "")?.trustedLaunch === false
        ? `The VM size '${sku?.name}' is not supported for creation of VMs and Virtual Machine Scale Set with ` +
          "'TrustedLaunch' security type. For more information, see https://aka.ms/TrustedLaunch-FAQ"
        : undefined,
  ),
];
