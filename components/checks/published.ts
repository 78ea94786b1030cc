import type { Looking } from "./evidence";
import type { PlacedExpectation, PublishedExpectation } from "./expectation";
import type { Verdict } from "./judge";
import type { KnockedMember } from "./knocked";
import { operate } from "./operator";
import type { Probe, ProbeResult } from "./prober";
import { PATIENCE } from "./probing";

type Published = PublishedExpectation & PlacedExpectation;

/** What a host of a cluster found when it asked itself. */
export interface MemberAnswer {
  readonly member: string;
  /** None of a host that could not be asked. */
  readonly result?: ProbeResult;
}

/** Has each host of a cluster ask itself for all of these ports, in one go. */
export async function askMembers(
  members: readonly KnockedMember[],
  expectations: readonly Published[],
  { environment, signal }: Looking,
): Promise<Map<PlacedExpectation, readonly MemberAnswer[]>> {
  if (expectations.length === 0) {
    return new Map();
  }
  const probes = expectations.map(({ url, contains }): Probe => ({ kind: "get", url, contains, seconds: PATIENCE }));
  const asked = await Promise.all(
    members.map(async ({ host, silent }) => ({
      member: host.name,
      results: silent === undefined ? await operate(host, probes, { environment, signal }) : [],
    })),
  );
  return new Map(
    expectations.map((each, i) => [each, asked.map(({ member, results }) => ({ member, result: results[i] }))]),
  );
}

const who = { one: "just one host", all: "every host", none: "no host" } as const;

/** Whether just one of the hosts answers as it should, or all of them, or none. */
export function judgePublished({ by, status, contains }: Published, answers: readonly MemberAnswer[]): Verdict {
  const asked = answers.flatMap(({ member, result }) => (result === undefined ? [] : [{ member, result }]));
  const told = answers.map(({ member, result }) => `${member}: ${result?.detail ?? "could not be asked"}`).join("; ");
  const ms = Math.max(0, ...asked.map(({ result }) => result.ms));
  const right = asked.filter(
    ({ result }) => result.outcome === "answered" && result.status === status && result.contains,
  );
  const other = asked.some((each) => each.result.outcome === "answered" && !right.includes(each));
  if (asked.length === 0 || asked.some(({ result }) => result.outcome === "error")) {
    return { status: "error", detail: told, ms };
  }
  const answered = right.length > 0 || other;
  // A host's own kernel refuses at once where nothing listens: an answer as well, and no prober that is dead gives it.
  if (by === "none" && !answered && asked.some(({ result }) => result.outcome !== "refused")) {
    return { status: "error", detail: `${told}: without a refusal nothing is shown`, ms };
  }
  const holds = by === "none" ? !answered : !other && right.length === (by === "one" ? 1 : asked.length);
  const page = by === "none" ? "an answer" : `${status} with ${JSON.stringify(contains)}`;
  return holds
    ? { status: "pass", detail: told, ms }
    : { status: "fail", detail: `${told}: it should be ${page} from ${who[by]}`, ms };
}
