import { roleAssignment, userAssignedIdentity } from "./access";
import { bastionHost } from "./bastion";
import { backendAddressPool, inboundNatRule, loadBalancer } from "./load-balancer";
import { natGateway, publicIPAddress } from "./outbound";
import { resourceGroup } from "./resource-group";
import type { ResourceType } from "./resource-type";
import { extension, runCommand, scaleSet } from "./scale-set";
import { networkSecurityGroup, securityRule } from "./security-group";
import { subnet, virtualNetwork } from "./virtual-network";

/** Every type that the simulator answers for. */
export const types: readonly ResourceType[] = [
  resourceGroup,
  virtualNetwork,
  subnet,
  natGateway,
  publicIPAddress,
  networkSecurityGroup,
  securityRule,
  loadBalancer,
  backendAddressPool,
  inboundNatRule,
  bastionHost,
  scaleSet,
  extension,
  runCommand,
  userAssignedIdentity,
  roleAssignment,
];

const byName = new Map(types.map((type) => [type.type.toLowerCase(), type]));
const byToken = new Map(types.map((type) => [type.token, type]));

/** The type by its ARM name. Throws where the simulator does not know it. */
export function typeNamed(name: string): ResourceType {
  const type = byName.get(name.toLowerCase());
  if (type === undefined) {
    throw new Error(`the simulator does not know the ARM type ${name}`);
  }
  return type;
}

/** Whether the simulator answers for an ARM type. */
export function isKnown(name: string): boolean {
  return byName.has(name.toLowerCase());
}

/** The type by its token; undefined where the simulator does not know it. */
export function typeOfToken(token: string): ResourceType | undefined {
  return byToken.get(token);
}
