import { sameId } from "../arm/ids";
import type { LoadBalancerBody } from "../types/bodies";
import { membersOf } from "../types/load-balancer";
import { first, issue, onDelete, onPut, type Rule } from "./rule";

const BALANCER = "Microsoft.Network/loadBalancers";

/** What may not be taken from a load balancer while machines use it. */
export const loadBalancerUse: readonly Rule[] = [
  onPut<LoadBalancerBody>(
    "used-pool-removed",
    BALANCER,
    {
      status: 400,
      code: "LoadBalancerBackendAddressPoolInUseByVirtualMachineScaleSet",
      refuses: "removal of a pool that machines are in",
      known: "recalled",
      reference: issue("Azure/vm-scale-sets", 53),
    },
    ({ id, before, body, subscription }) => {
      const left = (body.backendAddressPools ?? []).map(({ name }) => name?.toLowerCase());
      const gone = (before?.backendAddressPools ?? []).filter(({ name }) => !left.includes(name?.toLowerCase()));
      return first(gone, ({ name }) => {
        const [member] = membersOf(`${id}/backendAddressPools/${name}`, subscription);
        return (
          member &&
          `Cannot remove backend address pool ${name} from load balancer since it is in use by virtual machine scale ` +
            `set ${setOf(member.id)}.`
        );
      });
    },
  ),
  onPut<LoadBalancerBody>(
    "health-probe-removed",
    BALANCER,
    {
      status: 400,
      code: "CannotRemoveRuleUsedByProbeUsedByVMSS",
      refuses: "removal of the last rule of a probe that is a scale set's health probe",
      known: "message",
      reference: issue("hashicorp/terraform-provider-azurerm", 9076),
    },
    ({ id, before, body, subscription }) => {
      const uses = (rules: LoadBalancerBody["loadBalancingRules"], probe: string) =>
        (rules ?? []).find((rule) => sameId(rule.probe?.id ?? "", probe));
      return first(subscription.scaleSets(), ({ id: setId, body: set }) => {
        const probe = set.virtualMachineProfile?.networkProfile?.healthProbe?.id;
        const gone =
          probe && uses(body.loadBalancingRules, probe) === undefined
            ? uses(before?.loadBalancingRules, probe)
            : undefined;
        return (
          gone &&
          `Load balancer rule ${id}/loadBalancingRules/${gone.name} cannot be removed because the rule references the ` +
            `load balancer probe ${probe} that is used as health probe by VM scale set ${setId}. To remove this rule, ` +
            "please update VM scale set to remove the reference to the probe."
        );
      });
    },
  ),
  onDelete<LoadBalancerBody>(
    "balancer-in-use",
    BALANCER,
    {
      status: 400,
      code: "LoadBalancerInUseByVirtualMachineScaleSet",
      refuses: "removal of a load balancer with machines in its pools",
      known: "message",
      reference: issue("kubernetes-sigs/cluster-api-provider-azure", 3163),
    },
    ({ id, body, subscription }) =>
      first(body.backendAddressPools ?? [], ({ name }) => {
        const [member] = membersOf(`${id}/backendAddressPools/${name}`, subscription);
        return (
          member &&
          `Cannot delete load balancer ${id} since its child resources ${name} are in use by virtual machine scale ` +
            `set ${setOf(member.id)}.`
        );
      }),
  ),
];

/** The scale set of an ip configuration of a Uniform machine; for others, the configuration itself. */
function setOf(configurationId: string): string {
  return /^.*\/virtualMachineScaleSets\/[^/]+/i.exec(configurationId)?.[0] ?? configurationId;
}
