/** A size of machine. Disks in GB. */
export interface MachineSize {
  readonly cores: number;
  readonly memoryGb: number;
  /** Room for an ephemeral OS disk: in the cache, and on the machine's temporary disk. */
  readonly cacheGb: number;
  readonly temporaryGb: number;
}

/**
 * Sizes that were thought of for labs; all have Trusted Launch.
 * Sources: https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/ddsv5-series and the pages beside it,
 * https://learn.microsoft.com/azure/virtual-machines/ephemeral-os-disks.
 */
export const sizes = {
  Standard_B2s: size(2, 4, 0, 8),
  Standard_B2ms: size(2, 8, 0, 16),
  Standard_D2s_v3: size(2, 8, 50, 16),
  Standard_D4s_v3: size(4, 16, 100, 32),
  Standard_D8s_v3: size(8, 32, 200, 64),
  Standard_D2s_v5: size(2, 8, 0, 0),
  Standard_D4s_v5: size(4, 16, 0, 0),
  Standard_D8s_v5: size(8, 32, 0, 0),
  Standard_D2ds_v5: size(2, 8, 0, 75),
  Standard_D4ds_v5: size(4, 16, 0, 150),
  Standard_D8ds_v5: size(8, 32, 0, 300),
  Standard_D2as_v5: size(2, 8, 0, 0),
  Standard_D4as_v5: size(4, 16, 0, 0),
  Standard_E2s_v5: size(2, 16, 0, 0),
  Standard_F2s_v2: size(2, 4, 32, 16),
  Standard_F4s_v2: size(4, 8, 64, 32),
} as const satisfies Record<string, MachineSize>;

export type SizeName = keyof typeof sizes;

/** Where an ephemeral OS disk has most room on a size, and how much; none where there is no room at all. */
export function ephemeralRoom(name: SizeName): { placement: "CacheDisk" | "ResourceDisk"; roomGb: number } | undefined {
  const { cacheGb, temporaryGb } = sizes[name];
  if (cacheGb === 0 && temporaryGb === 0) {
    return undefined;
  }
  return cacheGb >= temporaryGb
    ? { placement: "CacheDisk", roomGb: cacheGb }
    : { placement: "ResourceDisk", roomGb: temporaryGb };
}

function size(cores: number, memoryGb: number, cacheGb: number, temporaryGb: number): MachineSize {
  return { cores, memoryGb, cacheGb, temporaryGb };
}
