/** What a run of Pulumi found that breaks a rule. */
export interface Violation {
  readonly rule: string;
  /** Whether it is refused, or only told. */
  readonly mandatory: boolean;
  /** Name of the resource. */
  readonly resource: string;
  /** What is wrong and what to do, in sentences; where the rule is switched off, why. */
  readonly message: string;
}

interface PolicyEvent {
  readonly resourceUrn?: string;
  readonly message: string;
  readonly policyName: string;
  readonly enforcementLevel: string;
}

/**
 * The violations in an event log: `pulumi preview --event-log FILE` writes it where PULUMI_DEBUG_COMMANDS is set. What
 * `--json` prints has none of them.
 */
export function violationsIn(eventLog: string): Violation[] {
  return eventLog
    .split("\n")
    .filter((line) => line.trim() !== "")
    .flatMap((line) => (JSON.parse(line) as { policyEvent?: PolicyEvent }).policyEvent ?? [])
    .map(({ resourceUrn = "", message, policyName, enforcementLevel }) => ({
      rule: policyName,
      mandatory: enforcementLevel === "mandatory",
      resource: resourceUrn.split("::").at(-1)!,
      // Pulumi writes the rule's description on a line before it.
      message: message.trimEnd().split("\n").slice(1).join("\n"),
    }));
}
