import type { Looking } from "./evidence";
import type { EngineAccess, PlacedExpectation } from "./expectation";
import { operate, visit } from "./operator";
import { probeIn, type Prober, type Probe, type ProbeResult } from "./prober";
import { VISITOR } from "./visitor";

/** The source of what is asked from outside every container. */
const OPERATOR = "operator";

/** Seconds an attempt may take that is expected to succeed. Only one that fails takes them. */
export const PATIENCE = 2;

/** The same where one request follows another. */
const PATIENCE_FOR_MANY = 5;

/**
 * Seconds after which a target that is expected to be out of reach counts as such. Neighbours on a network answer within
 * milliseconds, as the control in the same moment shows; and every passing run waits this long.
 */
export const BLOCKED = 0.7;

/** What has to be tried from `from`; for `no-reach` the target, then the control. */
export function probesOf(expectation: PlacedExpectation): Probe[] {
  switch (expectation.kind) {
    case "reach":
      return [{ kind: "connect", ...expectation.to, seconds: PATIENCE }];
    case "no-reach":
      return [
        { kind: "connect", ...expectation.to, seconds: BLOCKED },
        { kind: "connect", ...expectation.control, seconds: PATIENCE },
      ];
    case "answer":
      return [
        {
          kind: "get",
          url: expectation.url,
          headers: expectation.headers,
          contains: expectation.contains,
          seconds: PATIENCE,
        },
      ];
    case "counted": {
      const { url, headers, requests, counter } = expectation;
      return [{ kind: "counted", url, headers, requests, counter, seconds: PATIENCE_FOR_MANY }];
    }
    case "resolve":
      return [{ kind: "resolve", host: expectation.host, through: expectation.through, seconds: PATIENCE }];
    case "shared-listener":
      return [{ kind: "listener", port: expectation.port, seconds: PATIENCE }];
    default:
      return [];
  }
}

/** Makes the probes of all expectations that take any, those of one source in one go. */
export async function probeAll(
  host: EngineAccess,
  expectations: readonly PlacedExpectation[],
  { environment, signal }: Pick<Looking, "environment" | "signal">,
): Promise<Map<PlacedExpectation, ProbeResult[]>> {
  const sources = new Map<string, PlacedExpectation[]>();
  for (const each of expectations.filter((one) => probesOf(one).length > 0)) {
    const from = (each as Extract<PlacedExpectation, { from: string }>).from;
    sources.set(from, [...(sources.get(from) ?? []), each]);
  }
  const results = [...sources].map(async ([from, each]) => {
    const probes = each.flatMap(probesOf);
    const waits = each.some(({ kind }) => kind === "no-reach");
    const found = await proberFor(from)(host, probes, { environment, signal, waits });
    let next = 0;
    return each.map((one) => [one, found.slice(next, (next += probesOf(one).length))] as const);
  });
  return new Map((await Promise.all(results)).flat());
}

function proberFor(from: string): Prober {
  return from === OPERATOR ? operate : from === VISITOR ? visit : probeIn(from);
}
