import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { gather, probesOf, type Evidence } from "./evidence";
import type { Check, EngineAccess, Expectation, PlacedExpectation, Report, Target } from "./expectation";
import { judge, show, type Verdict, type Witnesses } from "./judge";

export interface ProveOptions {
  readonly environment: string;
  /** For how long what does not hold is tried again. 0 is a single try. */
  readonly limitSeconds: number;
  /** Called for each check once it is final: a pass at once, the rest when the limit is reached. */
  readonly onSettled?: (check: Check) => void;
  /** Stops the proof, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Foundation first, so that the first line that fails is the cause of those below. */
const order: readonly Expectation["kind"][] = [
  "network",
  "endpoint",
  "resolve",
  "shared-listener",
  "reach",
  "no-reach",
  "answer",
  "counted",
  "log",
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
  const { environment, limitSeconds, onSettled, signal } = options;
  if (signal !== undefined) {
    // Every call under way listens to it, and Node would warn of a leak from the eleventh on.
    setMaxListeners(0, signal);
  }
  const deadline = performance.now() + limitSeconds * 1000;
  const checks = new Map<PlacedExpectation, Check>();
  const witnesses = new TargetWitnesses(expectations);
  const ordered = sorted(expectations);
  let pending = ordered;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    for (const [expectation, verdict] of await round(pending, engines, witnesses, signal)) {
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

/** Labs as they come, and within each the kinds in their order. */
function sorted(expectations: readonly PlacedExpectation[]): PlacedExpectation[] {
  const labs = [...new Set(expectations.map(({ lab }) => lab))];
  const rank = ({ lab, kind }: PlacedExpectation): number => labs.indexOf(lab) * order.length + order.indexOf(kind);
  return [...expectations].sort((a, b) => rank(a) - rank(b));
}

async function round(
  expectations: readonly PlacedExpectation[],
  engines: readonly EngineAccess[],
  witnesses: TargetWitnesses,
  signal?: AbortSignal,
): Promise<[PlacedExpectation, Verdict][]> {
  const hosts = [...new Set(expectations.map(({ at }) => at))];
  const seen = await Promise.all(
    hosts.map(async (at) => {
      const here = expectations.filter((each) => each.at === at);
      const host = engines.find(({ name }) => name === at);
      return { at, here, evidence: host && (await gather(host, here, signal)) };
    }),
  );
  seen.forEach(({ evidence }) => evidence && witnesses.hear(evidence));
  return seen.flatMap(({ at, here, evidence }) =>
    here.map((each): [PlacedExpectation, Verdict] => [
      each,
      evidence === undefined
        ? { status: "error", detail: `there is no container host ${at}`, ms: 0 }
        : judge(each, evidence, witnesses.on(at)),
    ]),
  );
}

/** Who tries to reach a target and is expected to: the `reach` checks, and the controls of the `no-reach` ones. */
class TargetWitnesses {
  private readonly tried: ReadonlySet<string>;
  private readonly reached = new Set<string>();

  constructor(expectations: readonly PlacedExpectation[]) {
    this.tried = new Set(expectations.flatMap((each) => attempts(each).map(({ target }) => place(each.at, target))));
  }

  hear({ probes }: Evidence): void {
    for (const [each, results] of probes) {
      for (const { target, index } of attempts(each)) {
        if (results[index].outcome === "connected") {
          this.reached.add(place(each.at, target));
        }
      }
    }
  }

  on(at: string): Witnesses {
    return {
      tried: (target) => this.tried.has(place(at, target)),
      reached: (target) => this.reached.has(place(at, target)),
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

/** Addresses mean something on their own host only. */
const place = (at: string, target: Target): string => `${at} ${show(target)}`;

function checkOf(expectation: PlacedExpectation, { status, detail, ms }: Verdict): Check {
  const { lab, name, kind } = expectation;
  return { lab, name, kind, ...ends(expectation), status, detail, ms };
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
    case "counted":
      return { from: expectation.from, to: expectation.url };
    case "log":
      return { from: expectation.from, to: "" };
  }
}
