import { RESOURCE_GROUP } from "../arm/ids";
import type { ScaleSetBody } from "../types/bodies";
import { operatingSystem } from "../catalogue/images";
import { learn, onPut, type Rule } from "./rule";

const NAME_RULES = learn("azure/azure-resource-manager/management/resource-name-rules");
/** Letters, digits, `_`, `.`, `-`; begins with a letter or digit, ends with one or with `_`. */
const NETWORK_NAME = /^[a-z0-9]([\w.-]*\w)?$/i;

/** Names: each type has its own characters and its own length. */
export const names: readonly Rule[] = [
  onPut(
    "group-name",
    RESOURCE_GROUP,
    {
      status: 400,
      code: "InvalidResourceGroup",
      refuses: "a group's name of other characters, with a period at its end, or over 90 characters",
      known: "limit",
      reference: NAME_RULES,
    },
    ({ name }) =>
      name.length <= 90 && /^[\p{L}\p{N}_().-]*[\p{L}\p{N}_()-]$/u.test(name)
        ? undefined
        : `The provided resource group name '${name}' is invalid. The name can be up to 90 characters of letters, ` +
          "digits, '-', '.', '(', ')' or '_', and cannot end with a period.",
  ),
  ...["virtualNetworks", "natGateways", "networkSecurityGroups", "publicIPAddresses", "loadBalancers", "bastionHosts"]
    .map((type) => `Microsoft.Network/${type}`)
    .map((type) => networkName(type, type === "Microsoft.Network/virtualNetworks" ? [2, 64] : [1, 80])),
  networkName("Microsoft.Network/virtualNetworks/subnets", [1, 80]),
  networkName("Microsoft.Network/networkSecurityGroups/securityRules", [1, 80]),
  networkName("Microsoft.Network/loadBalancers/backendAddressPools", [1, 80]),
  networkName("Microsoft.Network/loadBalancers/inboundNatRules", [1, 80]),
  onPut<ScaleSetBody>(
    "scale-set-name",
    "Microsoft.Compute/virtualMachineScaleSets",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a scale set's name of other characters, or over 64 (Windows: 15) of them",
      known: "limit",
      reference: NAME_RULES,
    },
    ({ name, body }) => {
      const longest = operatingSystem(body.virtualMachineProfile) === "Windows" ? 15 : 64;
      return name.length <= longest && /^[^_\W][\w.-]*(?<![-.])$/.test(name)
        ? undefined
        : `The entity name 'vmScaleSetName' is invalid according to its validation rule: ^[^_\\W][\\w-._]{0,${longest - 1}}(?<![-.])$.`;
    },
  ),
  onPut(
    "extension-name",
    "Microsoft.Compute/virtualMachineScaleSets/extensions",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "an extension's name of other characters",
      known: "limit",
      reference: NAME_RULES,
    },
    ({ name }) =>
      name.length <= 80 && /^[^_\W][\w.-]*(?<![-.])$/.test(name)
        ? undefined
        : "The entity name 'vmssExtensionName' is invalid according to its validation rule: ^[^_\\W][\\w-._]{0,79}(?<![-.])$.",
  ),
  onPut(
    "identity-name",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    {
      status: 400,
      code: "InvalidResourceName",
      refuses: "an identity's name under 3 or over 128 characters, or not of letters, digits, - and _",
      known: "limit",
      reference: NAME_RULES,
    },
    ({ name }) =>
      /^[a-z0-9][\w-]{2,127}$/i.test(name)
        ? undefined
        : `Resource name ${name} is invalid. It must be 3 to 128 characters of letters, digits, '-' and '_', ` +
          "beginning with a letter or a digit.",
  ),
  onPut(
    "role-assignment-name",
    "Microsoft.Authorization/roleAssignments",
    {
      status: 400,
      code: "InvalidRoleAssignmentId",
      refuses: "a role assignment's name that is no guid",
      known: "recalled",
      reference: learn("azure/role-based-access-control/troubleshooting"),
    },
    ({ name }) =>
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)
        ? undefined
        : `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
  ),
];

function networkName(type: string, [shortest, longest]: readonly [number, number]): Rule {
  const kind = type.split("/").at(-1)!;
  return onPut(
    `name-of-${kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    type,
    {
      status: 400,
      code: "InvalidResourceName",
      refuses: `a name of ${kind} with other characters, or not of ${shortest} to ${longest} of them`,
      known: "recalled",
      reference: NAME_RULES,
    },
    ({ name }) =>
      shortest <= name.length && name.length <= longest && NETWORK_NAME.test(name)
        ? undefined
        : `Resource name ${name} is invalid. The name can be up to ${longest} characters long. It must begin with a ` +
          "word character, and it must end with a word character or with '_'. The name may contain word characters " +
          "or '.', '-', '_'.",
  );
}
