import type { z } from "zod";
import { diskOf, type DiskSettings } from "../../azure/disk";
import { images, imagesFor, runsLabs, standardImage, type ImageName } from "../../azure/images";
import { hostNames } from "../../azure/names";
import { addressCount, bastionSubnetOf } from "../../azure/network-plan";
import { remotingAccount } from "../../azure/ports";
import { ephemeralRoom, sizes, type SizeName } from "../../azure/sizes";
import { contains, overlap } from "../../network/address";
import type { HostOs } from "../../labs/lab";
import { ipv4Range } from "../types";
import { CLUSTER, clusterRules } from "./cluster";
import { placementRules, refuser, type Refuse } from "./placement";

/**
 * The rules between the settings of a scale set. They are checked even where a setting is not of its type, so that all is
 * told at once: hence what they are given is as the user wrote it.
 */
type Written<Keys extends string> = Partial<Record<Keys, unknown>>;
type Context = Pick<z.core.$RefinementCtx<unknown>, "addIssue">;

type ScaleSet = Written<
  | ("name" | "os" | "image" | "size" | "capacity" | "maximum" | "disk" | "network")
  | ("administration" | "adminUser" | "zones" | "placement" | "cluster")
>;

/**
 * Names that Azure gives no administrator.
 * Source: https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets/create-or-update
 */
const reservedUsers = [
  ...["a", "actuser", "adm", "admin", "admin1", "admin2", "administrator", "aspnet", "backup", "console", "david"],
  ...["guest", "john", "owner", "root", "server", "sql", "support", "sys", "test", "test1", "test2", "test3"],
  ...["user", "user1", "user2", "user3", "user4", "user5"],
];

/** Memory with which Windows itself has little left for containers, in GB. */
const scarceGb = 4;

/** Azure keeps the first four addresses of a subnet and the last. */
const keptAddresses = 5;

/** What the engine's own network has on every host where nothing else is said. */
const engineSubnet = "172.17.0.0/16";

/** What is wrong between the settings of a scale set. */
export function scaleSetRules(given: ScaleSet, context: Context): void {
  const refuse = refuser(given, context);
  const { name, capacity, maximum, adminUser, zones, placement } = given;
  imageRules(given, refuse);
  networkRules(given, refuse);
  clusterRules(given, [{ os: given.os, at: [] }], refuse);
  remotingRules(given, refuse);
  if (isCount(capacity) && isCount(maximum) && capacity > maximum) {
    const allowed = `at most ${maximum}, for which the load balancer keeps ports`;
    refuse(["capacity"], { allowed, cure: `write a smaller number, or a larger one for maximum` });
  }
  if (typeof adminUser === "string" && reservedUsers.includes(adminUser)) {
    refuse(["adminUser"], { allowed: "a name that Azure allows", cure: "choose another, for example labs" });
  }
  if (Array.isArray(zones) && new Set(zones).size < zones.length) {
    refuse(["zones"], { allowed: "each zone once", cure: "remove the one that is there twice" });
  }
  if (typeof name === "string" && isCount(capacity)) {
    const known = hostNames({ name, capacity: Math.min(capacity, 1_000) });
    placementRules(placement, given.cluster === undefined ? known : [...known, CLUSTER], refuse);
  }
}

function imageRules({ os, image, size, disk }: ScaleSet, refuse: Refuse): void {
  const system = os === "windows" ? "windows" : "linux";
  const chosen = image === undefined ? standardImage[system] : image;
  if (typeof chosen !== "string" || !Object.hasOwn(images, chosen)) {
    return;
  }
  const known = images[chosen as ImageName];
  if (known.os !== system || !runsLabs(known)) {
    const allowed = imagesFor(system).join(" or ");
    const cure =
      known.os === system ? "write one whose containers the labs have" : `write one of these, or os: ${known.os}`;
    refuse(["image"], { allowed, cure });
  } else if (typeof size === "string" && Object.hasOwn(sizes, size)) {
    memoryRules(size as SizeName, system, refuse);
    diskRules({ image: chosen as ImageName, size: size as SizeName, disk: readable(disk) }, refuse);
  }
}

function memoryRules(size: SizeName, os: HostOs, refuse: Refuse): void {
  if (os === "windows" && sizes[size].memoryGb <= scarceGb) {
    const allowed = `a size with more than ${scarceGb} GB of memory for Windows and its containers`;
    refuse(["size"], { allowed, cure: "choose a larger one, for example Standard_D4ds_v5" });
  }
}

function diskRules(given: DiskSettings, refuse: Refuse): void {
  const { image, size, disk } = given;
  const { kind, sizeGb } = diskOf(given);
  const least = images[image].diskGb;
  if (disk?.sizeGb !== undefined && sizeGb < least) {
    refuse(["disk", "sizeGb"], {
      allowed: `at least ${least}, the disk of ${image}`,
      cure: "write more, or leave it out",
    });
  } else if (kind === "ephemeral") {
    const { roomGb = 0 } = ephemeralRoom(size) ?? {};
    if (sizeGb > roomGb) {
      const allowed = roomGb === 0 ? `managed: ${size} has no disk of its own` : `at most ${roomGb} GB on ${size}`;
      refuse(roomGb === 0 || disk?.sizeGb === undefined ? ["disk", "kind"] : ["disk", "sizeGb"], {
        allowed,
        cure: "write kind: managed, or choose a size with a larger disk of its own, for example Standard_D8ds_v5",
      });
    }
  }
}

function networkRules({ network, maximum, administration }: ScaleSet, refuse: Refuse): void {
  const { addressSpace, subnet } = (network ?? {}) as Written<"addressSpace" | "subnet">;
  if (!isSubnet(addressSpace) || !isSubnet(subnet)) {
    return;
  }
  if (overlap(addressSpace, engineSubnet)) {
    const allowed = `addresses outside ${engineSubnet}, which Docker has on every host`;
    refuse(["network", "addressSpace"], { allowed, cure: "choose others, for example 10.0.0.0/16" });
  }
  if (!contains(addressSpace, subnet)) {
    const allowed = `a subnet inside ${addressSpace}`;
    refuse(["network", "subnet"], { allowed, cure: "choose one inside it, or a larger addressSpace" });
    return;
  }
  const free = addressCount(subnet) - keptAddresses;
  if (isCount(maximum) && free < maximum) {
    const allowed = `a subnet with ${maximum} addresses beside the ${keptAddresses} that Azure keeps; it has ${Math.max(0, free)}`;
    refuse(["network", "subnet"], { allowed, cure: "choose a larger one, or a smaller maximum" });
  }
  const { through } = (administration ?? {}) as Written<"through">;
  if (through === "bastion" && bastionSubnetOf({ addressSpace, subnet }) === undefined) {
    const allowed = `an address space with a /26 at its end for Azure Bastion, apart from ${subnet}`;
    refuse(["network", "addressSpace"], {
      allowed,
      cure: "choose a larger one, another subnet, or through: load-balancer",
    });
  }
}

/** WinRM is Windows' own, and has ports of its own at the load balancer. */
function remotingRules({ os, administration, adminUser }: ScaleSet, refuse: Refuse): void {
  const { winrm, through } = (administration ?? {}) as Written<"winrm" | "through">;
  if (winrm !== true) {
    return;
  }
  if (os !== "windows") {
    refuse(["administration", "winrm"], {
      allowed: "false, unless os is windows: WinRM is a part of Windows",
      cure: "remove it: Linux hosts are administered over SSH",
    });
  } else if (through === "bastion") {
    refuse(["administration", "winrm"], {
      allowed: "false with through: bastion, whose tunnels lead to SSH",
      cure: "remove it, as PowerShell remoting goes over SSH, too; or write through: load-balancer",
    });
  } else if (adminUser === remotingAccount) {
    refuse(["adminUser"], {
      allowed: `a name other than ${remotingAccount}, whom WinRM logs in as`,
      cure: "choose another",
    });
  }
}

/** What is wrong with the administrators' way in, beyond what a subnet and a port are. */
export function administrationRules(given: Written<"through" | "sources" | "localPort">, context: Context): void {
  const { through, sources, localPort } = given;
  const refuse = refuser(given, context);
  if (through === "bastion" && sources !== undefined) {
    refuse(["sources"], {
      allowed: "nothing with through: bastion, where a login at Azure says who comes in, from wherever",
      cure: "leave it out; who may use the Bastion is said by roles in Azure, see docs/azure.md",
    });
  }
  if ((through === undefined || through === "load-balancer") && sources === undefined) {
    refuse(["sources"], {
      allowed: "a list of your own subnets, none of them wider than /8",
      cure: "write the public address that you come from, for example [198.51.100.7/32], or through: bastion",
    });
  }
  if (through !== "bastion" && localPort !== undefined) {
    refuse(["localPort"], {
      allowed: "nothing but with through: bastion, whose tunnels begin there",
      cure: "leave it out, or write through: bastion",
    });
  }
  const written = Array.isArray(sources) ? sources : [];
  written.forEach((source: unknown, index) => {
    const other = written.findIndex(
      (each: unknown, at) => at !== index && isSubnet(each) && isSubnet(source) && contains(each, source),
    );
    if (isSubnet(source) && other >= 0 && !(written[other] === source && other > index)) {
      const allowed = "subnets apart from each other";
      refuse(["sources", index], { allowed, cure: `remove it: sources[${other}] has its addresses` });
    }
  });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isSubnet(value: unknown): value is string {
  return ipv4Range.safeParse(value).success;
}

/** A disk as far as what is said of it is of its type. */
function readable(disk: unknown): DiskSettings["disk"] {
  const { kind, sizeGb } = (disk ?? {}) as Written<"kind" | "sizeGb">;
  return {
    ...(kind === "ephemeral" || kind === "managed" ? { kind } : {}),
    ...(isCount(sizeGb) ? { sizeGb } : {}),
  };
}
