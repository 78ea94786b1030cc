/**
 * A few regions of the public cloud, and whether they have availability zones.
 * https://learn.microsoft.com/azure/reliability/regions-list
 */
const regions: Readonly<Record<string, { readonly display: string; readonly zones: boolean }>> = {
  eastus: { display: "East US", zones: true },
  eastus2: { display: "East US 2", zones: true },
  centralus: { display: "Central US", zones: true },
  northcentralus: { display: "North Central US", zones: false },
  southcentralus: { display: "South Central US", zones: true },
  westus: { display: "West US", zones: false },
  westus2: { display: "West US 2", zones: true },
  westus3: { display: "West US 3", zones: true },
  canadacentral: { display: "Canada Central", zones: true },
  brazilsouth: { display: "Brazil South", zones: true },
  northeurope: { display: "North Europe", zones: true },
  westeurope: { display: "West Europe", zones: true },
  uksouth: { display: "UK South", zones: true },
  ukwest: { display: "UK West", zones: false },
  francecentral: { display: "France Central", zones: true },
  germanywestcentral: { display: "Germany West Central", zones: true },
  swedencentral: { display: "Sweden Central", zones: true },
  switzerlandnorth: { display: "Switzerland North", zones: true },
  norwayeast: { display: "Norway East", zones: true },
  japaneast: { display: "Japan East", zones: true },
  australiaeast: { display: "Australia East", zones: true },
  southeastasia: { display: "Southeast Asia", zones: true },
  centralindia: { display: "Central India", zones: true },
};

/** A region's name as Azure compares it: `West US 2` and `westus2` are one. */
export function normalRegion(location: string): string {
  return location.toLowerCase().replaceAll(" ", "");
}

export const regionNames: readonly string[] = Object.keys(regions);

export function isRegion(location: string): boolean {
  return normalRegion(location) in regions;
}

/** Whether a region has availability zones. */
export function hasZones(location: string): boolean {
  return regions[normalRegion(location)]?.zones ?? false;
}
