import { closed, type AclRule } from "../acl/rule";
import type { StackCommand } from "../dialect";
import type { EndpointSpec } from "../topology";
import { hostCommand, sourceOf } from "./powershell";

/**
 * An ACL policy of an endpoint, as HCN takes it.
 * Source: https://github.com/microsoft/hcsshim, `hcn/hcnpolicy.go` (EndpointPolicy, AclPolicySetting), and `HNS_Schema.md`
 * of https://github.com/MicrosoftDocs/Virtualization-Documentation for `Id`.
 */
export interface HnsPolicy {
  readonly Type: "ACL";
  readonly Settings: {
    /** Begins with {@link idPrefix}. */
    readonly Id: string;
    /** IANA's number, or 256 for any. */
    readonly Protocols: string;
    readonly Action: "Allow" | "Block";
    readonly Direction: "In" | "Out";
    /** Lists with commas between; left out where any will do, for which HNS has no word. */
    readonly LocalAddresses?: string;
    readonly RemoteAddresses?: string;
    readonly LocalPorts?: string;
    readonly RemotePorts?: string;
    /** `nat` networks have no virtual filtering platform, which `Switch` would need. */
    readonly RuleType: "Host";
    readonly Priority: number;
  };
}

/** By which the program's ACLs are told from others'. */
export const idPrefix = "container-network-labs:";

/** The C# that a host compiles; the name of the first is that of the class that is called. */
export const sources = ["EndpointAcl.cs", "Policies.cs", "Record.cs", "Hcn.cs"];

/** An endpoint's rules in HCN's form. */
export function hnsPolicies(rules: readonly AclRule[]): HnsPolicy[] {
  return rules.map((rule) => ({
    Type: "ACL",
    Settings: {
      Id: `${idPrefix}${rule.direction}:${rule.priority}`,
      Protocols: String(rule.protocol),
      Action: rule.action,
      Direction: rule.direction,
      ...list("LocalAddresses", rule.localAddresses),
      ...list("RemoteAddresses", rule.remoteAddresses),
      ...list("LocalPorts", rule.localPorts),
      ...list("RemotePorts", rule.remotePorts),
      RuleType: "Host",
      Priority: rule.priority,
    },
  }));
}

function list(name: string, values: readonly string[]): Record<string, string> {
  return values.length === 0 ? {} : { [name]: values.join(",") };
}

/**
 * An endpoint's ACL, in the Windows dialect: a script on the container's host. What it does stands in EndpointAcl.cs, which
 * goes along as text, so that a host needs no toolchain; the request goes along as text, too, which PowerShell does not read.
 */
export function windowsAclCommand({ address, network, acl = [] }: EndpointSpec): StackCommand {
  const request = { address, network, idPrefix, policies: hnsPolicies(acl), open: hnsPolicies(closed([])) };
  return hostCommand({
    function: "Sync-EndpointAcl",
    scripts: ["docker", "acl"],
    data: {
      request: JSON.stringify(request),
      source: sources.map(sourceOf).join("\n"),
    },
  });
}
