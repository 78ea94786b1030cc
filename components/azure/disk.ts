import { images, type ImageName } from "./images";
import { ephemeralRoom, type SizeName } from "./sizes";

/** What the settings say of a machine's disk. */
export interface DiskSettings {
  readonly image: ImageName;
  readonly size: SizeName;
  readonly disk?: { readonly kind?: "ephemeral" | "managed"; readonly sizeGb?: number };
}

export interface Disk {
  readonly kind: "ephemeral" | "managed";
  readonly sizeGb: number;
  /** Where an ephemeral disk lies. */
  readonly placement?: "CacheDisk" | "ResourceDisk";
}

/** Images and layers of the labs need some room beside the system. */
const linuxDiskGb = 64;

/**
 * The OS disk of each machine. Where the settings do not say it, it is ephemeral if the size has room for it: that costs
 * nothing, is fast, and there is nothing on a lab's machine that has to outlive it.
 */
export function diskOf({ image, size, disk = {} }: DiskSettings): Disk {
  const sizeGb = disk.sizeGb ?? Math.max(images[image].diskGb, linuxDiskGb);
  const room = ephemeralRoom(size);
  const kind = disk.kind ?? (room !== undefined && room.roomGb >= sizeGb ? "ephemeral" : "managed");
  return { kind, sizeGb, ...(kind === "ephemeral" ? { placement: room?.placement } : {}) };
}
