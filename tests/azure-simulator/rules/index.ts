import { ArmError } from "../arm/errors";
import { access } from "./access";
import { bastions } from "./bastion";
import { extensions } from "./extension";
import { general } from "./general";
import { inboundNat } from "./inbound-nat";
import { loadBalancers } from "./load-balancer";
import { loadBalancerUse } from "./load-balancer-use";
import { machineDisks } from "./machine-disk";
import { machineProfiles } from "./machine-profile";
import { names } from "./names";
import { publicAddresses } from "./public-ip";
import type { Request, Rule } from "./rule";
import { scaleSets } from "./scale-set";
import { securityGroups } from "./security-group";
import { tags } from "./tags";
import { virtualNetworks } from "./virtual-network";

/** Every rule, by area, in the order in which they are asked: what is wrong with one part before what does not fit. */
export const areas: Readonly<Record<string, readonly Rule[]>> = {
  general,
  names,
  tags,
  virtualNetworks,
  publicAddresses,
  securityGroups,
  loadBalancers,
  loadBalancerUse,
  inboundNat,
  bastions,
  scaleSets,
  machineProfiles,
  machineDisks,
  extensions,
  access,
};

export const rules: readonly Rule[] = Object.values(areas).flat();

/** Throws the first refusal of a request. */
export function judge(request: Request): void {
  const type = request.type.toLowerCase();
  for (const rule of rules) {
    if (rule.event === request.event && (rule.on === "*" || rule.on.toLowerCase() === type)) {
      const message = rule.check(request);
      if (message) {
        throw new ArmError(rule.status, rule.code, message, undefined, rule.name);
      }
    }
  }
}
