import type { CheckStatus, PlacedExpectation, Report } from "../../components/checks/expectation";

/**
 * Each expectation's status in a report, undefined where it has none. Checks do not say their host, so those of one name
 * are taken in their order, which a report keeps.
 */
export function statusesOf(
  expectations: readonly PlacedExpectation[],
  report?: Report,
): readonly (CheckStatus | undefined)[] {
  const known = new Map<string, CheckStatus[]>();
  for (const check of report?.checks ?? []) {
    const key = keyOf(check);
    known.set(key, [...(known.get(key) ?? []), check.status]);
  }
  return expectations.map((expectation) => known.get(keyOf(expectation))?.shift());
}

function keyOf({ lab, kind, name }: { lab: string; kind: string; name: string }): string {
  return JSON.stringify([lab, kind, name]);
}

/** The status of a whole: what failed outweighs what could not be tested, and that what was not. */
export function worst(statuses: readonly (CheckStatus | undefined)[]): CheckStatus | undefined {
  for (const status of ["fail", "error", undefined] as const) {
    if (statuses.includes(status)) {
      return status;
    }
  }
  return statuses.length > 0 ? "pass" : undefined;
}
