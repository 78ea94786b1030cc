import type { SecurityGroupBody, SecurityRuleBody } from "../types/bodies";
import { cardsUnder, subnetsUnder } from "../types/security-group";
import { first, issue, learn, onDelete, onPut, pair, type Rule } from "./rule";
import { isPrefix } from "./virtual-network";

const GROUP = "Microsoft.Network/networkSecurityGroups";
const RULE = "Microsoft.Network/networkSecurityGroups/securityRules";
const HIGHEST_PORT = 65535;

/** https://learn.microsoft.com/azure/virtual-network/service-tags-overview: those that labs may name. */
const SERVICE_TAGS = [
  ...["VirtualNetwork", "AzureLoadBalancer", "Internet", "AzureCloud", "Storage", "AzureActiveDirectory"],
  ...["AzureMonitor", "AzureResourceManager", "AzureKeyVault", "MicrosoftContainerRegistry", "AzureContainerRegistry"],
  ...["AzureFrontDoor.FirstParty", "GatewayManager", "AzurePlatformIMDS", "AzurePlatformDNS"],
];

function sources(rule: SecurityRuleBody): readonly string[] {
  return [rule.sourceAddressPrefix ?? [], rule.sourceAddressPrefixes ?? []].flat();
}

function destinations(rule: SecurityRuleBody): readonly string[] {
  return [rule.destinationAddressPrefix ?? [], rule.destinationAddressPrefixes ?? []].flat();
}

function isAddress(text: string): boolean {
  const [tag] = text.split(".");
  const known = SERVICE_TAGS.includes(text) || SERVICE_TAGS.includes(tag);
  return text === "*" || known || isPrefix(text) || isPrefix(`${text}/32`);
}

function portRanges(rule: SecurityRuleBody): readonly string[] {
  const { sourcePortRange, sourcePortRanges, destinationPortRange, destinationPortRanges } = rule;
  const single = [sourcePortRange ?? [], destinationPortRange ?? []].flat();
  return [...single, ...(sourcePortRanges ?? []), ...(destinationPortRanges ?? [])];
}

function isPortRange(text: string): boolean {
  const [low, high = low] = text.split("-").map((part) => (/^\d+$/.test(part) ? Number(part) : NaN));
  return text === "*" || (low <= high && high <= HIGHEST_PORT && text.split("-").length <= 2);
}

/** Network security groups and their rules. */
export const securityGroups: readonly Rule[] = [
  onPut<SecurityRuleBody>(
    "rule-priority",
    RULE,
    {
      status: 400,
      code: "SecurityRuleInvalidPriority",
      refuses: "a rule's priority outside 100 to 4096",
      known: "recalled",
      reference: learn("azure/virtual-network/network-security-groups-overview#security-rules"),
    },
    ({ body: { priority } }) =>
      priority !== undefined && (priority < 100 || priority > 4096)
        ? `Security rule has invalid Priority. Value provided: ${priority} Allowed range 100-4096.`
        : undefined,
  ),
  onPut<SecurityRuleBody>(
    "rule-port-range",
    RULE,
    {
      status: 400,
      code: "SecurityRuleInvalidPortRange",
      refuses: "a port range that is none, or beyond 65535",
      known: "recalled",
      reference: learn("azure/virtual-network/network-security-groups-overview#security-rules"),
    },
    ({ body }) => {
      const wrong = portRanges(body).find((range) => !isPortRange(range));
      return (
        wrong &&
        `Security rule has invalid Port range. Value provided: ${wrong}. Value should be an integer OR integer range ` +
          "with '-' delimiter. Valid range 0-65535."
      );
    },
  ),
  onPut<SecurityRuleBody>(
    "rule-without-ports",
    RULE,
    {
      status: 400,
      code: "SecurityRuleMissingPortRange",
      refuses: "a rule without a source or a destination port range",
      known: "limit",
      reference: learn("azure/templates/microsoft.network/networksecuritygroups/securityrules"),
    },
    ({ id, body }) => {
      const source = body.sourcePortRange ?? body.sourcePortRanges?.[0];
      const destination = body.destinationPortRange ?? body.destinationPortRanges?.[0];
      return source === undefined || destination === undefined
        ? `Security rule ${id} must specify SourcePortRange(s) and DestinationPortRange(s).`
        : undefined;
    },
  ),
  onPut<SecurityRuleBody>(
    "rule-address",
    RULE,
    {
      status: 400,
      code: "SecurityRuleInvalidAddressPrefix",
      refuses: "an address of a rule that is no prefix, address or service tag",
      known: "message",
      reference: issue("hashicorp/terraform-provider-azurerm", 16761),
    },
    ({ id, body }) => {
      const wrong = [...sources(body), ...destinations(body)].find((text) => !isAddress(text));
      return wrong === undefined
        ? undefined
        : `Security rule ${id} has invalid Address prefix. Value provided: ${wrong}`;
    },
  ),
  onPut<SecurityRuleBody>(
    "rule-without-addresses",
    RULE,
    {
      status: 400,
      code: "SecurityRuleMissingAddressPrefix",
      refuses: "a rule without a source or a destination address",
      known: "limit",
      reference: learn("azure/templates/microsoft.network/networksecuritygroups/securityrules"),
    },
    ({ id, body }) =>
      sources(body).length === 0 || destinations(body).length === 0
        ? `Security rule ${id} must specify SourceAddressPrefix(es) and DestinationAddressPrefix(es).`
        : undefined,
  ),
  onPut<SecurityRuleBody>(
    "rule-any-among-several",
    RULE,
    {
      status: 400,
      code: "SecurityRuleParameterContainsUnsupportedValue",
      refuses: "`*` in a list of several addresses or ports",
      known: "recalled",
      reference: learn("azure/virtual-network/network-security-groups-overview#augmented-security-rules"),
    },
    ({ id, body }) => {
      const { sourceAddressPrefixes, destinationAddressPrefixes, sourcePortRanges, destinationPortRanges } = body;
      const lists = Object.entries({
        SourceAddressPrefixes: sourceAddressPrefixes,
        DestinationAddressPrefixes: destinationAddressPrefixes,
        SourcePortRanges: sourcePortRanges,
        DestinationPortRanges: destinationPortRanges,
      });
      return first(lists, ([name, list]) =>
        list?.includes("*")
          ? `Security rule parameter ${name} for rule with Id ${id} cannot specify existing VIRTUALNETWORK, ` +
            "INTERNET, AZURELOADBALANCER, '*' or system tags. Unsupported value used: *."
          : undefined,
      );
    },
  ),
  onPut<SecurityGroupBody>(
    "rule-name-twice",
    GROUP,
    {
      status: 400,
      code: "DuplicateResourceName",
      refuses: "two rules of one name",
      known: "limit",
      reference: learn("azure/virtual-network/network-security-groups-overview#security-rules"),
    },
    ({ body }) => {
      const same = (a: SecurityRuleBody, b: SecurityRuleBody) => a.name?.toLowerCase() === b.name?.toLowerCase();
      const clash = pair(body.securityRules ?? [], same);
      return clash && `Resource securityRules has two child resources with the same name (${clash[1].name}).`;
    },
  ),
  onPut<SecurityGroupBody>(
    "rule-priority-twice",
    GROUP,
    {
      status: 400,
      code: "SecurityRuleConflict",
      refuses: "two rules of one direction with one priority",
      known: "recalled",
      reference: learn("azure/virtual-network/network-security-groups-overview#security-rules"),
    },
    ({ body }) => {
      const same = (a: SecurityRuleBody, b: SecurityRuleBody) =>
        a.priority === b.priority && a.direction.toLowerCase() === b.direction.toLowerCase();
      const clash = pair(body.securityRules ?? [], same);
      return (
        clash &&
        `Security rule ${clash[0].name} conflicts with rule ${clash[1].name}. Rules cannot have the same Priority ` +
          "and Direction."
      );
    },
  ),
  onDelete<SecurityGroupBody>(
    "security-group-in-use",
    GROUP,
    {
      status: 400,
      code: "InUseNetworkSecurityGroupCannotBeDeleted",
      refuses: "removal of a security group that is on a subnet or a network card",
      known: "message",
      reference: issue("pulumi/pulumi-azure-native", 3051),
    },
    ({ id, subscription }) => {
      const users = [...subnetsUnder(id, subscription), ...cardsUnder(id, subscription)];
      return users.length === 0
        ? undefined
        : `Network security group ${id} cannot be deleted because it is in use by the following resources: ` +
            `${users.join(", ")}. In order to delete the Network security group, remove the association with the ` +
            "resource(s). To learn how to do this, see aka.ms/deletensg.";
    },
  ),
];
