import { type Check, type Report } from "../../components/checks/expectation";
import { about } from "../expiry/listing";
import type { KnownStack } from "../expiry/stacks";
import { spanText } from "../expiry/words";
import { declarationIn } from "../stack";
import { columns } from "../terminal/columns";

/** What `verify` left of its last run. */
export interface LastVerify {
  readonly report: Report;
  readonly at: Date;
}

/**
 * All environments on one screen: what is up with its hosts, labs and last checks, then in a line what is not.
 * @param declared Names of those that have a file of settings, whether or not the backend knows them.
 */
export function statusLines(
  stacks: readonly KnownStack[],
  declared: readonly string[],
  lastVerify: (environment: string) => LastVerify | undefined,
  { now = Date.now(), bold = (text: string): string => text } = {},
): string[] {
  const there = stacks.filter(({ resources, broken }) => resources > 0 || broken !== undefined);
  const down = declared.filter((name) => !there.some((stack) => stack.name === name));
  return [
    ...there.flatMap((stack) => {
      const settled = declared.includes(stack.name) ? "" : " (its settings are gone)";
      const rows = details(stack, lastVerify(stack.name), now);
      return [`${bold(stack.name)}${settled}`, ...columns(rows.map(([what, text]) => [`  ${what}`, text])), ""];
    }),
    ...(down.length === 0 ? [] : [`Not up: ${down.join(", ")}`]),
  ];
}

function details(stack: KnownStack, last: LastVerify | undefined, now: number): [string, string][] {
  const [age, cost, end] = about(stack, now);
  if (stack.broken !== undefined) {
    return [["state", end]];
  }
  const declaration = declarationIn(stack.state);
  const hosts = declaration?.topology.hosts ?? [];
  return [
    ["up", [...(age === "" ? [] : [`for ${age}`]), end, ...(cost === "" ? [] : [cost])].join("; ")],
    ...(declaration === undefined
      ? ([["labs", "unknown: no update has got through; npm run up mends it"]] as [string, string][])
      : hosts.map(({ name, kind, labs }): [string, string] => [
          "host",
          `${name} (${kind}): ${labs.map(({ lab }) => lab).join(", ") || "no lab"}`,
        ])),
    ["checks", checks(last, stack, now)],
  ];
}

function checks(last: LastVerify | undefined, { state }: KnownStack, now: number): string {
  if (last === undefined) {
    return "never proved here: npm run verify";
  }
  const count = (status: Check["status"]): number => last.report.checks.filter((each) => each.status === status).length;
  const parts = [
    `${count("pass")} of ${last.report.checks.length} hold`,
    ...(count("fail") > 0 ? [`${count("fail")} do not`] : []),
    ...(count("error") > 0 ? [`${count("error")} could not be tested`] : []),
  ];
  const updated = Date.parse(state?.deployment.manifest?.time ?? "");
  const stale = updated > last.at.getTime() ? ", before the last update" : "";
  return `${parts.join(", ")}; ${spanText(now - last.at.getTime())} ago${stale}`;
}
