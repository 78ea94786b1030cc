import type { ImageReference, MachineProfile } from "../types/bodies";

export interface Image {
  readonly os: "Windows" | "Linux";
  /** Only generation 2 can have Trusted Launch. */
  readonly generation: 1 | 2;
  /** Size of the OS disk that the image comes with, in GB. */
  readonly disk: number;
}

const SERVER = "MicrosoftWindowsServer";
const FULL_DISK = 127;
const SMALL_DISK = 30;

/**
 * Windows Server images as the marketplace has them: 2022 moved to an offer of its own, 2025 did not; images
 * `…-with-containers` are gone. Azure Edition images are of generation 2 whatever they are called.
 * https://techcommunity.microsoft.com/t5/containers/ba-p/3620989 · kubernetes-sigs/image-builder#2037
 */
function windows(offer: string, release: string): [string, Image][] {
  const editions = ["datacenter", "datacenter-core", "datacenter-smalldisk", "datacenter-core-smalldisk"];
  const plain = editions.flatMap((edition): [string, Image][] => [
    [`${SERVER}:${offer}:${release}-${edition}`, image(edition, 1)],
    [`${SERVER}:${offer}:${release}-${edition}-g2`, image(edition, 2)],
  ]);
  const azure = ["", "-core", "-smalldisk", "-core-smalldisk"].map((kind): [string, Image] => [
    `${SERVER}:${offer}:${release}-datacenter-azure-edition${kind}`,
    image(kind, 2),
  ]);
  return [...plain, ...azure];
}

function image(edition: string, generation: 1 | 2): Image {
  return { os: "Windows", generation, disk: edition.includes("smalldisk") ? SMALL_DISK : FULL_DISK };
}

function linux(name: string, generation: 1 | 2): [string, Image] {
  return [name, { os: "Linux", generation, disk: 30 }];
}

const images = new Map<string, Image>(
  [
    ...windows("windowsserver2022", "2022"),
    ...windows("WindowsServer", "2025"),
    linux("Canonical:0001-com-ubuntu-server-jammy:22_04-lts", 1),
    linux("Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2", 2),
    linux("Canonical:ubuntu-24_04-lts:server", 2),
    linux("Canonical:ubuntu-24_04-lts:server-gen1", 1),
    linux("Debian:debian-12:12", 1),
    linux("Debian:debian-12:12-gen2", 2),
    linux("Debian:debian-13:13", 1),
    linux("Debian:debian-13:13-gen2", 2),
  ].map(([name, found]) => [name.toLowerCase(), found]),
);

/** publisher:offer:sku:version, as Azure's messages have it. */
export function imageName({ publisher, offer, sku, version }: ImageReference): string {
  return [publisher, offer, sku, version].join(":");
}

/** The marketplace's image; undefined where it has none such. Of versions, any that looks like one is there. */
export function imageNamed({ publisher, offer, sku, version }: ImageReference): Image | undefined {
  const known = /^(latest|\d+(\.\d+)+)$/.test(version ?? "");
  return known ? images.get([publisher, offer, sku].join(":").toLowerCase()) : undefined;
}

/** The system of a scale set's machines, as far as its profile tells. */
export function operatingSystem(profile: MachineProfile | undefined): Image["os"] | undefined {
  const { imageReference, osDisk } = profile?.storageProfile ?? {};
  return imageNamed(imageReference ?? {})?.os ?? (osDisk?.osType as Image["os"] | undefined);
}
