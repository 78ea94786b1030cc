import type { CommandLines } from "../dialect";
import { namedRules, type Opening } from "../opening";
import { bootstrap, inputDocument, powershell } from "./powershell";

/** A rule as `New-NetFirewallRule` takes it. */
export interface WindowsFirewallRule {
  readonly name: string;
  readonly displayName: string;
  /** `LocalPort` */
  readonly ports: string;
  readonly protocol: "TCP" | "UDP";
  /** `LocalAddress` */
  readonly listen: string;
  /** `RemoteAddress` */
  readonly sources: readonly string[];
}

/** The openings as rules of Windows' firewall, which has a word for all addresses. */
export function windowsFirewallRules(openings: readonly Opening[]): WindowsFirewallRule[] {
  return openings.flatMap((opening) =>
    namedRules(opening).map((rule) => ({
      ...rule,
      listen: opening.listen === "0.0.0.0" ? "Any" : opening.listen,
      sources: opening.sources.includes("0.0.0.0/0") ? ["Any"] : opening.sources,
    })),
  );
}

/** The command that makes the rules of a group what the openings say; `delete` removes the group's rules. */
export function windowsFirewallCommand(
  group: string,
  openings: readonly Opening[],
): { readonly stdin: string; readonly lines: CommandLines } {
  const line = (action: string) => powershell(bootstrap(`Sync-FirewallRule -Action ${action}`)).join(" ");
  return {
    lines: { create: line("apply"), delete: line("remove") },
    stdin: inputDocument(["firewall"], { group, rules: windowsFirewallRules(openings) }),
  };
}
