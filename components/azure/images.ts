import type { HostOs } from "../labs/lab";

/** An image of the marketplace that a scale set's machines start from, and what may run on them. */
export interface MachineImage {
  readonly os: HostOs;
  readonly reference: {
    readonly publisher: string;
    readonly offer: string;
    readonly sku: string;
    readonly version: string;
  };
  /** Trusted Launch needs generation 2. */
  readonly generation: 1 | 2;
  /** Size of the OS disk that the image comes with, in GB: no machine's is smaller. */
  readonly diskGb: number;
  /** Windows: the build, which containers with process isolation have to match. */
  readonly build?: number;
  /** Windows: tags of base images by the isolation that they run with. */
  readonly tags?: Readonly<Record<"process" | "hyperv", readonly string[]>>;
}

/**
 * The images, by the names that settings know them by.
 *
 * Windows Server 2022 has an offer of its own since 2026, 2025 has not; the images with containers built in are gone.
 * Sources: https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/version-compatibility,
 * https://techcommunity.microsoft.com/t5/containers/ba-p/3620989, kubernetes-sigs/image-builder#2037.
 */
export const images = {
  "ubuntu-24.04": linux("ubuntu-24_04-lts", "server"),
  "ubuntu-22.04": linux("0001-com-ubuntu-server-jammy", "22_04-lts-gen2"),
  "windows-2022-core": windows("windowsserver2022", "2022-datacenter-core-g2", 20_348, ["ltsc2022"]),
  "windows-2025-core": windows("WindowsServer", "2025-datacenter-core-g2", 26_100, ["ltsc2025", "ltsc2022"]),
} as const satisfies Record<string, MachineImage>;

export type ImageName = keyof typeof images;

/** The image that a system's machines start from where the settings name none. */
export const standardImage: Readonly<Record<HostOs, ImageName>> = {
  linux: "ubuntu-24.04",
  windows: "windows-2022-core",
};

/** The tag of the base images that the labs' Windows images start from, which run with process isolation. */
export const labsTag = "ltsc2022";

/** The images of a system whose machines run the labs' containers. */
export function imagesFor(os: HostOs): ImageName[] {
  return (Object.keys(images) as ImageName[]).filter((name) => images[name].os === os && runsLabs(images[name]));
}

/** Whether an image's machines run the labs' containers: on Linux any, on Windows by build and tag. */
export function runsLabs({ tags }: MachineImage): boolean {
  return tags === undefined || tags.process.includes(labsTag);
}

function linux(offer: string, sku: string): MachineImage {
  return {
    os: "linux",
    reference: { publisher: "Canonical", offer, sku, version: "latest" },
    generation: 2,
    diskGb: 30,
  };
}

/** With Hyper-V isolation a host also runs what is older than itself. */
function windows(offer: string, sku: string, build: number, process: readonly string[]): MachineImage {
  const older = ["ltsc2022", "ltsc2019", "ltsc2016"].filter((tag) => !process.includes(tag));
  return {
    os: "windows",
    reference: { publisher: "MicrosoftWindowsServer", offer, sku, version: "latest" },
    generation: 2,
    diskGb: 127,
    build,
    tags: { process, hyperv: [...process, ...older] },
  };
}
