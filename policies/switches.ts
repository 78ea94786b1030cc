/** Why an environment does without a rule. */
export interface SwitchedOff {
  readonly reason: string;
}

/** The setting `policies`: the rules that an environment does without, by their names. */
export type PolicySwitches = Readonly<Record<string, SwitchedOff | undefined>>;

/** What `pulumi --policy-pack-config` reads: a rule that is switched off still tells what breaks it, and why it may. */
export function packConfig(switches: PolicySwitches): Record<string, object> {
  return Object.fromEntries(
    switchedOff(switches).map(({ rule, reason }) => [rule, { enforcementLevel: "advisory", reason }]),
  );
}

/** The rules that an environment does without, for whoever reads its preview. */
export function switchedOff(switches: PolicySwitches): { rule: string; reason: string }[] {
  return Object.entries(switches).flatMap(([rule, off]) => (off === undefined ? [] : [{ rule, reason: off.reason }]));
}
