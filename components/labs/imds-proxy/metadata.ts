import { z } from "zod";
import { ipv4Address, ipv4Subnet, line, matching, words } from "../../settings/types";

const uuid = matching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 36, {
  allowed: "a UUID",
  cure: "write 32 hexadecimal digits in five groups, for example a7c7a8a7-7cdb-4c49-a3a5-d67dc6aa2050",
});

/** Text that may be empty, as many of the service's values are. */
const text = matching(/^(?:\S(?:.*\S)?)?$/, 200, {
  allowed: "one line of at most 200 characters, without space at its ends, or nothing",
  cure: 'write a short text on one line, or ""',
});

const macAddress = matching(/^[0-9A-F]{12}$/, 12, {
  allowed: "12 hexadecimal digits in upper case, without anything between them",
  cure: "write it as the service does, for example 000D3AF9AECA",
});

const emptyOrAddress = z.union([ipv4Address, z.literal("")]).register(words, {
  allowed: "an IPv4 address, or nothing",
  cure: 'write four numbers from 0 to 255 with dots between them, or ""',
});

/** What the stand-in says of the machine. The defaults are what the document's machine was told. */
export const metadata = z
  .strictObject({
    location: line.default("westus2").describe("Azure's region."),
    name: line.default("wp35723900-vmss_1").describe("Name of the machine, an instance of a scale set."),
    offer: line.default("WindowsServerSemiAnnual").describe("Offer of the machine's image."),
    osType: z.enum(["Windows", "Linux"]).default("Windows").describe("System of the machine."),
    platformFaultDomain: text.default("1").describe("Fault domain of the machine."),
    platformUpdateDomain: text.default("1").describe("Update domain of the machine."),
    publisher: line.default("MicrosoftWindowsServer").describe("Publisher of the machine's image."),
    sku: line.default("Datacenter-Core-1709-with-Containers-smalldisk").describe("SKU of the machine's image."),
    version: line.default("1709.0.20171219").describe("Version of the machine's image."),
    vmId: uuid
      .default("a7c7a8a7-7cdb-4c49-a3a5-d67dc6aa2050")
      .describe("The machine's unique id, by which clients tell who answered."),
    vmSize: line.default("Standard_D2s_v3").describe("Size of the machine."),
    resourceGroupName: line
      .default("container-network-labs")
      .describe("Resource group of the machine, from version 2017-08-01 on."),
    subscriptionId: uuid
      .default("00000000-0000-0000-0000-000000000000")
      .describe("Subscription of the machine, from version 2017-08-01 on."),
    vmScaleSetName: text.default("wp35723900-vmss").describe("Scale set of the machine, from version 2017-12-01 on."),
    zone: text.default("").describe("Availability zone of the machine, from version 2017-12-01 on."),
    tags: text.default("").describe("Tags of the machine as `name:value;name:value`, from version 2017-08-01 on."),
    privateIpAddress: ipv4Address.default("10.0.0.5").describe("The machine's address in its virtual network."),
    publicIpAddress: emptyOrAddress.default("").describe("The machine's public address."),
    subnet: ipv4Subnet.default("10.0.0.0/16").describe("Subnet of the machine in its virtual network."),
    macAddress: macAddress.default("000D3AF9AECA").describe("The machine's MAC address."),
  })
  .prefault({})
  .describe("What the stand-in says of the machine that it pretends to run on.");

export type MetadataSettings = z.infer<typeof metadata>;

/**
 * The answer to `/metadata/instance` with all that the newest version has. The stand-in leaves out what an older one did
 * not have yet. Disks, plans and profiles are not pretended.
 * Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#instance-metadata
 */
export function instanceDocument({
  subnet,
  privateIpAddress,
  publicIpAddress,
  macAddress,
  ...compute
}: MetadataSettings) {
  const { resourceGroupName, subscriptionId, vmScaleSetName, name, tags } = compute;
  const inScaleSet = `virtualMachineScaleSets/${vmScaleSetName}/virtualMachines/${name.replace(/^.*_/, "")}`;
  const [address, prefix] = subnet.split("/");
  return {
    compute: {
      ...compute,
      azEnvironment: "AzurePublicCloud",
      customData: "",
      placementGroupId: "",
      provider: "Microsoft.Compute",
      publicKeys: [],
      resourceId:
        `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/Microsoft.Compute/` +
        (vmScaleSetName === "" ? `virtualMachines/${name}` : inScaleSet),
      tagsList: tags
        .split(";")
        .filter((tag) => tag !== "")
        .map((tag) => ({ name: tag.split(":")[0], value: tag.split(":").slice(1).join(":") })),
    },
    network: {
      interface: [
        {
          ipv4: { ipAddress: [{ privateIpAddress, publicIpAddress }], subnet: [{ address, prefix }] },
          ipv6: { ipAddress: [] },
          macAddress,
        },
      ],
    },
  };
}
