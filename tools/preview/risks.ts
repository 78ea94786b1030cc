import type { Plan } from "../../components/plan";
import { admitsTheWorld, type EntryChange } from "./entries";
import type { ExpectationChanges } from "./expectations";
import type { ResourceChanges } from "./resources";
import type { Before } from "./review";

/** What `--fail-on` knows. */
export const riskNames = ["open-administration", "broken-expectation", "all-hosts-replaced"] as const;
export type RiskName = (typeof riskNames)[number];

export interface Risk {
  readonly risk: RiskName;
  /** What is about to happen, in a sentence. */
  readonly text: string;
}

interface Found {
  readonly before?: Before;
  readonly after: Plan;
  readonly expectations: ExpectationChanges;
  readonly entries: readonly EntryChange[];
  readonly resources?: ResourceChanges;
}

/** What of a change somebody should have seen before it is applied. */
export function risksOf({ before, after, expectations, entries, resources }: Found): Risk[] {
  return [
    ...entries.flatMap(openAdministration),
    ...brokenExpectations(expectations),
    ...allHostsReplaced(before, after, resources),
  ];
}

function openAdministration(change: EntryChange): Risk[] {
  const { entry } = change;
  const gained = change.change === "changes" ? change.gained : change.change === "opens" ? entry.sources : [];
  return entry.administers !== undefined && admitsTheWorld(gained)
    ? [
        {
          risk: "open-administration",
          text: `${entry.administers} of ${entry.host} would be open to ${gained!.join(", ")}, which is as good as everybody.`,
        },
      ]
    : [];
}

/** Those that may hold now. What never did is no news of this change. */
function brokenExpectations({ broken }: ExpectationChanges): Risk[] {
  const held = broken.filter(({ heldBefore, expected }) => heldBefore || expected);
  const what = held.length === 1 ? `an expectation: ${held[0].name}` : `${held.length} expectations, named below`;
  return held.length === 0 ? [] : [{ risk: "broken-expectation", text: `This breaks ${what}.` }];
}

function allHostsReplaced(before: Before | undefined, after: Plan, resources: ResourceChanges | undefined): Risk[] {
  const were = before?.topology.hosts ?? [];
  const same = were.filter((host) =>
    after.topology.hosts.some(({ name, kind, os }) => name === host.name && kind === host.kind && os === host.os),
  );
  const remade = [...(resources?.replaced ?? []), ...(resources?.deleted ?? [])].some(({ type }) =>
    /:(VirtualMachineScaleSet|ResourceGroup)$/.test(type),
  );
  return were.length > 0 && (same.length === 0 || remade)
    ? [{ risk: "all-hosts-replaced", text: "Every host would be another one: nothing that is on them stays." }]
    : [];
}
