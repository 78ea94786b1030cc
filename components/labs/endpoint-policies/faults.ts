import { contains } from "../../network/address";
import { aclFaults } from "../../settings/acl";
import type { Fault } from "../../settings/fault";
import { members, type EndpointPoliciesSettings, type Member } from "./settings";

/** What is wrong beyond the schema and beyond the rules that hold for every lab. Keys are below the lab. */
export function faults(settings: EndpointPoliciesSettings): Fault[] {
  return members.flatMap((member) => [
    ...aclFaults(settings.policies[member], `policies.${member}`, settings.closing),
    ...localAddressFaults(settings, member),
  ]);
}

/** Rules for an address that is not the endpoint's: traffic of that kind never comes by, so they would do nothing. */
function localAddressFaults({ policies, ...settings }: EndpointPoliciesSettings, member: Member): Fault[] {
  const { name, address } = settings[member];
  return policies[member].flatMap(({ localAddresses }, i) =>
    localAddresses.length === 0 || localAddresses.some((each) => contains(each, address))
      ? []
      : [
          {
            key: `policies.${member}[${i}].localAddresses`,
            value: localAddresses,
            allowed: `addresses of which one is ${name}'s, ${address}`,
            cure: `write ${address}, or leave them out: the rule is on ${name}'s endpoint, which has no other address`,
          },
        ],
  );
}
