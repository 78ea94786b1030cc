import { z } from "zod";
import { images, standardImage, type ImageName } from "../../azure/images";
import { sizes, type SizeName } from "../../azure/sizes";
import { tunnelPortCount } from "../../azure/tunnel-ports";
import { ipv4Range, ipv4Subnet, matching, wholeNumber, words } from "../types";
import { cluster } from "./cluster";
import { placement } from "./placement";
import { administrationRules, scaleSetRules } from "./scale-set-rules";
import { hostOs, readySeconds, rehearsed } from "./shared";

/** Hosts in a single placement group, which load balancer and subnet are sized for. */
const mostHosts = 100;

/** Begins every machine's name, of which Windows takes nine characters and not digits alone. */
const name = matching(/^(?!\d+$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 9, {
  allowed: "1 to 9 lower-case letters, digits and -, neither first nor last a -, and not digits alone",
  cure: "choose such a name, for example labs",
});

const zone = z
  .enum(["1", "2", "3"])
  .register(words, { allowed: 'the zone "1", "2" or "3"', cure: "write it in quotes: a zone is a name" });

const zones = z
  .array(zone)
  .min(1)
  .optional()
  .describe("Availability zones that the hosts are spread over. Without them, Azure chooses.")
  .register(words, { allowed: 'a list of "1", "2" and "3"', cure: 'write them in quotes, for example ["1", "2"]' });

const disk = z
  .strictObject({
    kind: z
      .enum(["ephemeral", "managed"])
      .optional()
      .describe("`ephemeral` lies on the machine itself: fast, free, and empty after a failure.")
      .register(words, { byDefault: "`ephemeral` where the size has room for it" }),
    sizeGb: wholeNumber(30, 1_023)
      .optional()
      .describe("Size in GB, not under the image's.")
      .register(words, { byDefault: "`64`; `127` on Windows" }),
  })
  .prefault({})
  .describe("Each host's OS disk.");

const network = z
  .strictObject({
    addressSpace: ipv4Subnet.default("10.0.0.0/16").describe("Addresses of the virtual network."),
    subnet: ipv4Subnet.default("10.0.1.0/24").describe("The part of them that the hosts are in."),
  })
  .prefault({})
  .describe("The virtual network that the hosts are in.");

const administration = z
  .strictObject({
    through: z
      .enum(["load-balancer", "bastion"])
      .default("load-balancer")
      .describe(
        "How SSH and Docker of each host are reached. `load-balancer` has ports that lead to them, open to `sources`. " +
          "`bastion` is Azure Bastion: whoever may by a login at Azure, and no port of a host is open to the internet.",
      ),
    sources: z
      .array(ipv4Range)
      .min(1)
      .optional()
      .describe(
        "Subnets from which the load balancer lets SSH and Docker in: those that you come from, and nobody else's.",
      )
      .register(words, {
        allowed: "a list of your own subnets, none of them wider than /8",
        cure: "write the public address that you come from, for example [198.51.100.7/32]",
        byDefault: "none, it must be said with `through: load-balancer`",
      }),
    localPort: wholeNumber(1_024, 65_536 - tunnelPortCount)
      .optional()
      .describe(
        `The first of the ${tunnelPortCount} ports of 127.0.0.1 on this machine at which tunnels through the Bastion begin.`,
      )
      .register(words, { byDefault: "follows from the environment's name" }),
    winrm: z
      .boolean()
      .default(false)
      .describe(
        "Whether Windows hosts also have PowerShell remoting over HTTPS (WinRM, 5986), from the same `sources`.",
      ),
  })
  .superRefine(administrationRules, { when: isObject })
  .describe("Who may administer the hosts.")
  .register(words, {
    allowed: "an object with the keys through, sources, localPort, winrm",
    cure:
      "write it with the public address that you come from, for example { sources: [198.51.100.7/32] }, or as " +
      "{ through: bastion }",
  });

/** A virtual machine scale set of Azure. */
export const scaleSet = z
  .strictObject({
    kind: z.literal("scale-set").describe("`scale-set` is a virtual machine scale set of Azure."),
    rehearsed,
    subscription: z.guid().optional().describe("Id of the subscription.").register(words, {
      allowed: "the id of a subscription",
      cure: "copy it from `az account list --output table`",
      byDefault: "that of `ARM_SUBSCRIPTION_ID` or of `az login`",
    }),
    name: name.default("labs").describe("Name of the scale set. The hosts are called so with -1, -2, … behind it."),
    os: hostOs,
    location: matching(/^[a-z]+\d?$/, 40, {
      allowed: "a region's short name: lower-case letters, and a digit at its end",
      cure: "copy one from `az account list-locations --output table`, for example westeurope",
    })
      .default("westeurope")
      .describe("The region."),
    image: z
      .enum(Object.keys(images) as [ImageName, ...ImageName[]])
      .optional()
      .describe("What the machines start from.")
      .register(words, { byDefault: `\`${standardImage.linux}\`; \`${standardImage.windows}\` on Windows` }),
    size: z
      .enum(Object.keys(sizes) as [SizeName, ...SizeName[]])
      .default("Standard_D4ds_v5")
      .describe("Size of each machine."),
    capacity: wholeNumber(1, mostHosts).default(1).describe("How many hosts there are."),
    maximum: wholeNumber(1, mostHosts)
      .default(20)
      .describe("How many there can be: the load balancer keeps ports for them."),
    zones,
    disk,
    network,
    administration,
    adminUser: matching(/^[a-z_][a-z0-9_-]*$/, 20, {
      allowed: "1 to 20 lower-case letters, digits, _ and -, the first a letter or _",
      cure: "choose such a name, for example labs",
    })
      .default("labs")
      .describe("Who logs in on the hosts."),
    // A Windows machine restarts before it is ready.
    readySeconds: readySeconds(900),
    cluster,
    placement,
    identity: z
      .boolean()
      .default(false)
      .describe("Whether the hosts have a managed identity, of which every container may then ask for tokens."),
  })
  .superRefine(scaleSetRules, { when: isObject })
  .transform((given) => ({ ...given, image: given.image ?? standardImage[given.os] }))
  .describe("A virtual machine scale set of Azure.");

export type ScaleSetSettings = z.infer<typeof scaleSet>;

function isObject({ value }: { value: unknown }): boolean {
  return typeof value === "object" && value !== null;
}
