import type { ScaleSetSettings } from "../settings/hosts";
import type { Priced } from "./costs";
import { diskOf } from "./disk";
import { endpointsOf, type PlacedOpening } from "./openings";

/** What of a scale set's environment is paid for: one public address leads in, one out, and Azure Bastion has its own. */
export function pricedOf(settings: ScaleSetSettings, openings: readonly PlacedOpening[]): Priced {
  const { location, size, os, capacity, administration } = settings;
  const bastion = administration.through === "bastion";
  const rules = endpointsOf(openings).length;
  return { location, size, os, capacity, disk: diskOf(settings), rules, publicAddresses: bastion ? 3 : 2, bastion };
}
