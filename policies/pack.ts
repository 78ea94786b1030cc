import { PolicyPack, type ReportViolation, type ResourceValidationArgs, UnknownValueError } from "@pulumi/policy";
import { type DeclaredResource, type Properties, UNKNOWN } from "./resource";
import type { Rule } from "./rule";
import { rules } from "./rules";
import type { SwitchedOff } from "./switches";

/** A rule as Pulumi asks it, once for each resource and before that is made. */
function policyOf(name: string, { description, level, cure, broken }: Rule) {
  return {
    name,
    description,
    enforcementLevel: level,
    remediationSteps: cure,
    configSchema: { properties: { reason: { type: "string" as const, minLength: 1 } } },
    validateResource: (args: ResourceValidationArgs, report: ReportViolation) => {
      const { reason } = args.getConfig<Partial<SwitchedOff>>();
      for (const what of broken(declared(args))) {
        // What a sentence is about is told by Pulumi, beside it.
        report(`${sentence(what)} ${reason === undefined ? cure : `Switched off here: ${sentence(reason)}`}`);
      }
    },
  };
}

function declared({ type, name, urn, props }: ResourceValidationArgs): DeclaredResource {
  const stack = urn.split("::")[0].split(":").at(-1)!;
  return { type, name, stack, properties: plain(props) as Properties };
}

/** A value that can be looked at whole: Pulumi's throws where it holds what only the update will tell. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return Array.from({ length: value.length }, (_, index) => known(() => value[index] as unknown));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.keys(value).map((key) => [key, known(() => (value as Properties)[key])]))
    : value;
}

function known(read: () => unknown): unknown {
  try {
    return plain(read());
  } catch (error) {
    if (error instanceof UnknownValueError) {
      return UNKNOWN;
    }
    throw error;
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

new PolicyPack("container-network-labs", {
  policies: Object.entries(rules).map(([name, rule]) => policyOf(name, rule)),
});
