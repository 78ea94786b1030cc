import { normalRegion } from "./regions";

/** A size of virtual machine, as far as the rules look at it. Disk sizes in GiB. */
export interface Size {
  readonly cores: number;
  /** Where an ephemeral OS disk may lie, and how large it may be there. */
  readonly cache: number;
  readonly temporary: number;
  readonly trustedLaunch: boolean;
  /** Regions that do not offer it. */
  readonly notIn?: readonly string[];
}

/**
 * Sizes that labs use, and a few that they must not.
 * https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/dsv5-series (and the pages beside it)
 * https://learn.microsoft.com/azure/virtual-machines/ephemeral-os-disks
 */
const sizes: Readonly<Record<string, Size>> = {
  Standard_B2s: { cores: 2, cache: 0, temporary: 8, trustedLaunch: true },
  Standard_B2ms: { cores: 2, cache: 0, temporary: 16, trustedLaunch: true },
  Standard_A2_v2: { cores: 2, cache: 0, temporary: 20, trustedLaunch: false },
  Standard_D2s_v3: { cores: 2, cache: 50, temporary: 16, trustedLaunch: true },
  Standard_D4s_v3: { cores: 4, cache: 100, temporary: 32, trustedLaunch: true },
  Standard_D8s_v3: { cores: 8, cache: 200, temporary: 64, trustedLaunch: true },
  Standard_D2s_v5: { cores: 2, cache: 0, temporary: 0, trustedLaunch: true, notIn: ["ukwest"] },
  Standard_D4s_v5: { cores: 4, cache: 0, temporary: 0, trustedLaunch: true, notIn: ["ukwest"] },
  Standard_D8s_v5: { cores: 8, cache: 0, temporary: 0, trustedLaunch: true, notIn: ["ukwest"] },
  Standard_D2ds_v5: { cores: 2, cache: 0, temporary: 75, trustedLaunch: true, notIn: ["ukwest"] },
  Standard_D4ds_v5: { cores: 4, cache: 0, temporary: 150, trustedLaunch: true, notIn: ["ukwest"] },
  Standard_D8ds_v5: { cores: 8, cache: 0, temporary: 300, trustedLaunch: true, notIn: ["ukwest"] },
  Standard_D2as_v5: { cores: 2, cache: 0, temporary: 0, trustedLaunch: true },
  Standard_D4as_v5: { cores: 4, cache: 0, temporary: 0, trustedLaunch: true },
  Standard_E2s_v5: { cores: 2, cache: 0, temporary: 0, trustedLaunch: true },
  Standard_F2s_v2: { cores: 2, cache: 32, temporary: 16, trustedLaunch: true },
  Standard_F4s_v2: { cores: 4, cache: 64, temporary: 32, trustedLaunch: true },
};

const byName = new Map(Object.entries(sizes).map(([name, size]) => [name.toLowerCase(), size]));

export const sizeNames: readonly string[] = Object.keys(sizes);

/** The size of a name; undefined where Azure has none such. */
export function sizeNamed(name: string): Size | undefined {
  return byName.get(name.toLowerCase());
}

/** Whether a size is offered in a region. */
export function isOffered({ notIn = [] }: Size, location: string): boolean {
  return !notIn.includes(normalRegion(location));
}
