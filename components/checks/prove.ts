import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { gather, type Evidence, type Looking } from "./evidence";
import type { Check, EngineAccess, Expectation, PlacedExpectation, Report, Target } from "./expectation";
import { judge, show, type Verdict, type Witnesses } from "./judge";
import { Knocked, type Silent } from "./knocked";
import { probesOf } from "./probing";

/** A signal stops the proof, which then rejects with the signal's reason. */
export interface ProveOptions extends Looking {
  /** For how long what does not hold is tried again. 0 is a single try. */
  readonly limitSeconds: number;
  /** Called for each check once it is final: a pass at once, the rest when the limit is reached. */
  readonly onSettled?: (check: Check) => void;
}

/** Foundation first, so that the first line that fails is the cause of those below. */
const order: readonly Expectation["kind"][] = [
  "member",
  "network",
  "endpoint",
  "resolve",
  "shared-listener",
  "reach",
  "no-reach",
  "answer",
  "published",
  "counted",
  "log",
  "digest",
  "artefact",
];

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 2000;

/**
 * Proves expectations against running labs. All hosts and containers are asked side by side; what does not hold is tried
 * again, with growing pauses, until the limit; a pass is final. It rejects only if it is aborted.
 */
export async function prove(
  expectations: readonly PlacedExpectation[],
  engines: readonly EngineAccess[],
  options: ProveOptions,
): Promise<Report> {
  const { environment, limitSeconds, onSettled, signal, secret } = options;
  if (signal !== undefined) {
    // Every call under way listens to it, and Node would warn of a leak from the eleventh on.
    setMaxListeners(0, signal);
  }
  const looking = { environment, signal, secret };
  const deadline = performance.now() + limitSeconds * 1000;
  const checks = new Map<PlacedExpectation, Check>();
  const witnesses = new TargetWitnesses(expectations);
  const ordered = sorted(expectations);
  let pending = ordered;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    for (const [expectation, verdict] of await round(pending, engines, witnesses, looking)) {
      checks.set(expectation, checkOf(expectation, verdict));
    }
    signal?.throwIfAborted();
    pending
      .map((each) => checks.get(each)!)
      .filter(passed)
      .forEach((check) => onSettled?.(check));
    pending = pending.filter((each) => !passed(checks.get(each)!));
    if (pending.length === 0 || performance.now() + pause > deadline) {
      break;
    }
    await sleep(pause, undefined, { signal });
  }
  pending.forEach((each) => onSettled?.(checks.get(each)!));
  return { environment, checks: ordered.map((each) => checks.get(each)!) };
}

const passed = ({ status }: Check): boolean => status === "pass";

/** Labs as they come, within each its hosts as they come, and within these the kinds in their order. */
function sorted(expectations: readonly PlacedExpectation[]): PlacedExpectation[] {
  const labs = [...new Set(expectations.map(({ lab }) => lab))];
  const hosts = [...new Set(expectations.map(({ at }) => at))];
  const rank = ({ lab, at, kind }: PlacedExpectation): number =>
    (labs.indexOf(lab) * hosts.length + hosts.indexOf(at)) * order.length + order.indexOf(kind);
  return [...expectations].sort((a, b) => rank(a) - rank(b));
}

async function round(
  expectations: readonly PlacedExpectation[],
  engines: readonly EngineAccess[],
  witnesses: TargetWitnesses,
  looking: Looking,
): Promise<[PlacedExpectation, Verdict][]> {
  const knocked = new Knocked(engines, looking);
  const places = [...new Set(expectations.map(provedAt))];
  const seen = await Promise.all(
    places.map(async (name) => {
      const here = expectations.filter((each) => provedAt(each) === name);
      return { here, found: await lookAt(name, here, knocked, looking) };
    }),
  );
  seen.forEach(({ found }) => "evidence" in found && witnesses.hear(found.evidence));
  return seen.flatMap(({ here, found }) =>
    here.map((each): [PlacedExpectation, Verdict] => [
      each,
      "evidence" in found
        ? judge(each, found.evidence, witnesses.of(each))
        : { status: "error", detail: found.problem, ms: found.ms },
    ]),
  );
}

/** Name of the host, or of the cluster, that is asked. */
const provedAt = ({ at, on }: PlacedExpectation): string => on ?? at;

type Found = { readonly evidence: Evidence } | Silent;

/** What the members of a cluster know together, each of them tells that answers; its other ports are those of a host each. */
async function lookAt(
  name: string,
  here: readonly PlacedExpectation[],
  knocked: Knocked,
  looking: Looking,
): Promise<Found> {
  const found = await knocked.at(name);
  if ("problem" in found) {
    return found;
  }
  const { host, members } = found;
  return { evidence: await gather(host, here, { ...looking, members }) };
}

/** Who tries to reach a target and is expected to: the `reach` checks, and the controls of the `no-reach` ones. */
class TargetWitnesses {
  private readonly tried: ReadonlySet<string>;
  private readonly reached = new Set<string>();

  constructor(expectations: readonly PlacedExpectation[]) {
    this.tried = new Set(expectations.flatMap((each) => attempts(each).map(({ target }) => place(each, target))));
  }

  hear({ probes }: Evidence): void {
    for (const [each, results] of probes) {
      for (const { target, index } of attempts(each)) {
        if (results[index].outcome === "connected") {
          this.reached.add(place(each, target));
        }
      }
    }
  }

  of(expectation: PlacedExpectation): Witnesses {
    return {
      tried: (target) => this.tried.has(place(expectation, target)),
      reached: (target) => this.reached.has(place(expectation, target)),
    };
  }
}

/** The attempts that are expected to succeed, each with its index among {@link probesOf}. */
function attempts(each: PlacedExpectation): { target: Target; index: number }[] {
  return each.kind === "reach"
    ? [{ target: each.to, index: 0 }]
    : each.kind === "no-reach"
      ? [{ target: each.control, index: probesOf(each).length - 1 }]
      : [];
}

/** Addresses mean something on their own host only; those of a cluster's networks, on all of its hosts. */
const place = ({ at, on = at }: PlacedExpectation, target: Target): string =>
  `${target.host.startsWith("127.") ? on : at} ${show(target)}`;

function checkOf(expectation: PlacedExpectation, { status, detail, ms }: Verdict): Check {
  const { lab, at, name, kind } = expectation;
  return { lab, at, name, kind, ...ends(expectation), status, detail, ms };
}

function ends(expectation: PlacedExpectation): Pick<Check, "from" | "to"> {
  switch (expectation.kind) {
    case "network":
      return { from: expectation.network, to: expectation.subnet };
    case "endpoint":
      return { from: expectation.container, to: expectation.address };
    case "resolve":
      return { from: expectation.from, to: expectation.host };
    case "shared-listener":
      return { from: expectation.from, to: `${expectation.owner}:${expectation.port}` };
    case "reach":
    case "no-reach":
      return { from: expectation.from, to: show(expectation.to) };
    case "answer":
    case "published":
    case "counted":
      return { from: expectation.from, to: expectation.url };
    case "log":
      return { from: expectation.from, to: "" };
    case "member":
      return { from: expectation.member, to: "" };
    case "digest":
      return { from: "operator", to: `${expectation.registry}/${expectation.repository}:${expectation.tag}` };
    case "artefact":
      return { from: `${expectation.image}:${expectation.path}`, to: expectation.file };
  }
}
