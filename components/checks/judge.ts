import type { Asked, Evidence, InspectedContainer, InspectedNetwork } from "./evidence";
import type {
  ArtefactExpectation,
  Check,
  DigestExpectation,
  EndpointExpectation,
  NetworkExpectation,
  PlacedExpectation,
  Target,
} from "./expectation";
import type { Compared } from "./artefact";
import { judgeMember } from "./member";
import type { ProbeResult } from "./prober";
import { judgePublished } from "./published";

export type Verdict = Pick<Check, "status" | "detail" | "ms">;

/** What is known of targets besides the expectation's own attempt: who else tries them, and which were reached. */
export interface Witnesses {
  /** Others try to reach it, so that it can be known to be there. */
  tried(target: Target): boolean;
  /** Someone did reach it. */
  reached(target: Target): boolean;
}

/** Whether an expectation holds. A pass needs positive evidence; what could not be seen is an error. */
export function judge(expectation: PlacedExpectation, evidence: Evidence, witnesses: Witnesses): Verdict {
  switch (expectation.kind) {
    case "network":
      return inspected(evidence.networks.get(expectation.network)!, "the network", networkFaults(expectation));
    case "endpoint":
      return inspected(evidence.containers.get(expectation.container)!, "the container", endpointFaults(expectation));
    case "log":
      return log(evidence.logs.get(expectation.from)!, expectation.contains);
    case "published":
      return judgePublished(expectation, evidence.published.get(expectation)!);
    case "member":
      return judgeMember(expectation, evidence);
    case "digest":
      return digest(expectation, evidence);
    case "artefact":
      return artefact(expectation, evidence.artefacts.get(expectation)!);
    default:
      return probed(expectation, evidence, witnesses);
  }
}

function inspected<T>(asked: Asked<T>, what: string, judgeFound: (found: T) => Finding): Verdict {
  const { ms } = asked;
  if ("problem" in asked) {
    return { status: "error", detail: asked.problem, ms };
  }
  if (asked.found === undefined) {
    return { status: "fail", detail: `${what} does not exist`, ms };
  }
  const { faults, seen } = judgeFound(asked.found);
  return faults.length === 0 ? { status: "pass", detail: seen, ms } : { status: "fail", detail: faults.join("; "), ms };
}

interface Finding {
  readonly faults: readonly string[];
  readonly seen: string;
}

function networkFaults(wanted: NetworkExpectation) {
  return ({ Driver, IPAM, Options }: InspectedNetwork): Finding => {
    const configs = IPAM.Config ?? [];
    const { Subnet, Gateway, IPRange } = configs[0] ?? {};
    const faults = [
      ...differs("driver", Driver, wanted.driver),
      ...differs("subnet", Subnet, wanted.subnet),
      ...differs("gateway", Gateway, wanted.gateway),
      ...differs("ip-range", IPRange, wanted.ipRange),
      ...(configs.length > 1 ? [`it has ${configs.length} subnets`] : []),
      ...Object.entries(wanted.options).flatMap(([name, value]) => differs(name, Options?.[name], value)),
    ];
    return { faults, seen: `${Driver} ${Subnet}, gateway ${Gateway}${IPRange ? `, ip-range ${IPRange}` : ""}` };
  };
}

function differs(what: string, found: string | undefined, wanted: string | undefined): string[] {
  // The engine leaves an option out or empties it, as it likes.
  const [is, should] = [found || "none", wanted || "none"];
  return is === should ? [] : [`${what} is ${is}, not ${should}`];
}

function endpointFaults({ network, address }: EndpointExpectation) {
  return ({ State, NetworkSettings }: InspectedContainer): Finding => {
    const place = NetworkSettings.Networks?.[network];
    const faults = !State.Running
      ? [`the container is ${State.Status}`]
      : place === undefined
        ? [`it is not on ${network}`]
        : differs("its address", place.IPAddress, address);
    return { faults, seen: `${address} on ${network}` };
  };
}

function log(asked: Asked<string>, contains: readonly string[]): Verdict {
  const { ms } = asked;
  if ("problem" in asked) {
    return { status: "error", detail: asked.problem, ms };
  }
  const missing = contains.filter((text) => !(asked.found ?? "").includes(text));
  return missing.length === 0
    ? { status: "pass", detail: `it holds ${contains.length === 1 ? "the text" : `all ${contains.length} texts`}`, ms }
    : { status: "fail", detail: `it lacks ${missing.map((text) => JSON.stringify(text)).join(", ")}`, ms };
}

/** The engine names an image by its digest only where that is how it was had from the registry. */
function digest(expectation: DigestExpectation & PlacedExpectation, { containers, digests }: Evidence): Verdict {
  const { container, registry, repository, tag } = expectation;
  const served = digests.get(expectation)!;
  if ("problem" in served) {
    return { status: "error", detail: served.problem, ms: served.ms };
  }
  return inspected(containers.get(container)!, container, ({ Config: { Image } }) => {
    const own = Image.startsWith(`${registry}/${repository}@`) ? Image.split("@")[1] : undefined;
    const faults =
      own === undefined
        ? [`${container} was made from ${Image}, not from an image of ${registry}/${repository}`]
        : served.found === undefined
          ? [`the registry has no ${repository}:${tag}`]
          : served.found === own
            ? []
            : [`the registry serves ${served.found}, and ${container} was made from ${own}`];
    return { faults, seen: `${own} is what the registry serves` };
  });
}

function artefact({ file, path, image }: ArtefactExpectation, asked: Asked<Compared>): Verdict {
  return inspected(asked, image, ({ files, missing, different }) => {
    const all = (what: readonly string[]): string =>
      what.map((each) => (each === "" ? file : `${file}/${each}`)).join(", ");
    const faults = [
      ...(files === 0 ? [`there is no file in ${path} of the image`] : []),
      ...(missing.length > 0 ? [`${all(missing)} was removed here`] : []),
      ...(different.length > 0 ? [`${all(different)} is not what the image holds`] : []),
    ];
    return { faults, seen: `${files === 1 ? "the file is" : `all ${files} files are`} what the image holds` };
  });
}

type Probed = Exclude<
  PlacedExpectation,
  { kind: "network" | "endpoint" | "log" | "published" | "member" | "digest" | "artefact" }
>;

function probed(expectation: Probed, evidence: Evidence, witnesses: Witnesses): Verdict {
  const [result, control] = evidence.probes.get(expectation)!;
  const { detail, ms } = result;
  if (result.outcome === "error") {
    return { status: "error", detail, ms };
  }
  switch (expectation.kind) {
    case "reach":
      return { status: result.outcome === "connected" ? "pass" : "fail", detail, ms };
    case "no-reach":
      return blocked(expectation, result, control, witnesses);
    case "answer": {
      const holds = result.outcome === "answered" && result.status === expectation.status && result.contains;
      const wanted = `, not ${expectation.status} with ${JSON.stringify(expectation.contains)}`;
      return { status: holds ? "pass" : "fail", detail: holds ? detail : `${detail}${wanted}`, ms };
    }
    case "counted": {
      const { requests } = expectation;
      const holds = result.outcome === "counted" && result.sent === requests && result.seen === requests;
      return {
        status: holds ? "pass" : "fail",
        detail: holds ? detail : `${detail}, not ${requests} and ${requests}`,
        ms,
      };
    }
    case "resolve": {
      const holds = result.outcome === "resolved" && result.addresses.every((found) => found === expectation.address);
      return { status: holds ? "pass" : "fail", detail: holds ? detail : `${detail}, not ${expectation.address}`, ms };
    }
    case "shared-listener":
      return shared(expectation, result, evidence);
  }
}

function blocked(
  { to, control }: Extract<PlacedExpectation, { kind: "no-reach" }>,
  result: ProbeResult,
  controlResult: ProbeResult,
  witnesses: Witnesses,
): Verdict {
  const { detail, ms } = result;
  if (result.outcome === "connected") {
    return { status: "fail", detail, ms };
  }
  if (result.outcome === "unresolved") {
    return { status: "error", detail: `${detail}, so it was not tried`, ms };
  }
  if (controlResult.outcome !== "connected") {
    const why = `the control ${show(control)} was not reached either (${controlResult.detail})`;
    return { status: "error", detail: `${why}, so nothing is shown`, ms };
  }
  // A target that is down is out of everyone's reach, and that shows nothing about this one's.
  if (witnesses.tried(to) && !witnesses.reached(to)) {
    return { status: "error", detail: `nobody else reached ${show(to)} either, so nothing is shown`, ms };
  }
  return { status: "pass", detail: `${detail}, while ${show(control)} was reached`, ms };
}

function shared(
  { from, owner }: Extract<PlacedExpectation, { kind: "shared-listener" }>,
  result: ProbeResult,
  { containers }: Evidence,
): Verdict {
  const { detail, ms } = result;
  if (result.outcome !== "listening") {
    return { status: "fail", detail, ms };
  }
  if (result.own.length > 0) {
    return { status: "fail", detail: `${detail}, by ${from}'s own process ${result.own.join(", ")}`, ms };
  }
  if (result.hidden > 0) {
    const hiding = result.hidden === 1 ? "1 process does" : `${result.hidden} processes do`;
    return { status: "error", detail: `${hiding} not show what is listening`, ms };
  }
  const sharer = containers.get(from)!;
  if ("problem" in sharer) {
    return { status: "error", detail: sharer.problem, ms };
  }
  return inspected(containers.get(owner)!, owner, ({ Id }) => {
    const mode = sharer.found?.HostConfig.NetworkMode;
    const faults = mode === `container:${Id}` ? [] : [`${from} is in the network stack ${mode}, not in ${owner}'s`];
    return { faults, seen: `${detail}, and no process of ${from} listens` };
  });
}

/** An address and port as people write them. */
export function show({ host, port }: Target): string {
  return `${host}:${port}`;
}
