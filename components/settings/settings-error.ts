import { RunError } from "@pulumi/pulumi/errors";
import type { Fault } from "./fault";
import { HIDDEN, holdsSecret } from "./hidden";

/** How much of a value a message shows, in characters. */
const SHOWN = 80;

/** The file that holds an environment's settings, from the project's root. */
export function settingsFile(environment: string): string {
  return `stacks/Pulumi.${environment}.yaml`;
}

/** The settings cannot be used. Holds every fault, and says them all; the Pulumi CLI shows it without a stack trace. */
export class SettingsError extends RunError {
  constructor(
    readonly faults: readonly Fault[],
    readonly environment: string,
  ) {
    const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
    const header = `${count} in the settings of environment "${environment}" (${settingsFile(environment)}). Nothing was created.`;
    super([header, ...faults.map(paragraph)].join("\n\n"));
    this.name = "SettingsError";
  }
}

function paragraph({ key, value, allowed, cure }: Fault): string {
  return [`  ${key}`, `    value:   ${shown(value)}`, `    allowed: ${allowed}`, `    cure:    ${cure}`].join("\n");
}

function shown(value: unknown): string {
  const hide = (key: string, each: unknown) => (holdsSecret(key) && typeof each === "string" ? HIDDEN : each);
  const text = value === undefined ? "missing" : JSON.stringify(value, hide);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`;
}
