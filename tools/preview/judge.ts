import type { ContainerSpec, HostTopology, NetworkSpec } from "../../components/network/topology";
import type { PlacedExpectation, Target } from "../../components/checks/expectation";
import type { Plan } from "../../components/plan";
import { containersOf, networksOf, Reach, resolveByDns, stackOwner } from "./reach";

/** What a plan says of an expectation: `open` is what only a running environment can tell. */
export interface Verdict {
  readonly holds: "yes" | "no" | "open";
  /** Why it does not hold. */
  readonly why?: string;
}

const yes: Verdict = { holds: "yes" };
const open: Verdict = { holds: "open" };

/** Judges expectations, whoever states them, by what a plan puts on the hosts. */
export class Judge {
  private readonly reach: Reach;

  constructor(private readonly plan: Pick<Plan, "topology" | "openings">) {
    this.reach = new Reach(plan.topology, plan.openings);
  }

  verdict(expectation: PlacedExpectation): Verdict {
    const host = this.plan.topology.hosts.find(({ name }) => name === expectation.at);
    if (host === undefined) {
      return no(`there is no host ${expectation.at}`);
    }
    switch (expectation.kind) {
      case "network":
        return addressed(networksOf(host), expectation);
      case "endpoint": {
        const { container: name, network, address } = expectation;
        const container = named(host, name);
        const endpoint = container?.endpoints.find((each) => each.network === network);
        return endpoint === undefined
          ? no(`${name} is not on network ${network}`)
          : endpoint.address === address
            ? yes
            : no(`it is at ${endpoint.address}`);
      }
      case "resolve":
        return this.resolves(host, expectation);
      case "shared-listener": {
        const [from, owner] = [named(host, expectation.from), named(host, expectation.owner)];
        const shared = from !== undefined && owner !== undefined && stackOwner(host, from) === stackOwner(host, owner);
        return shared ? yes : no(`${expectation.from} does not share the network stack of ${expectation.owner}`);
      }
      case "reach":
        return this.reaches(expectation, expectation.to);
      case "no-reach": {
        const { passes, within } = this.to(expectation, expectation.to);
        if (passes !== false) {
          // Within a stack it is a matter of what listens there.
          return passes === true && within !== true ? no("it would be reached") : open;
        }
        return ofControl(this.reaches(expectation, expectation.control));
      }
      case "answer":
        return this.reaches(expectation, targetOf(expectation.url));
      case "published": {
        const { port } = targetOf(expectation.url);
        const published = containersOf(host).some(({ ports }) => ports.some(({ hostPort }) => hostPort === port));
        return published === (expectation.by !== "none")
          ? yes
          : no(`${published ? "something" : "nothing"} is published at port ${port}`);
      }
      case "counted": {
        const counter = this.reaches(expectation, targetOf(expectation.counter));
        return counter.holds === "no" ? counter : this.reaches(expectation, targetOf(expectation.url));
      }
      case "log":
        return named(host, expectation.from) === undefined ? no(`there is no container ${expectation.from}`) : open;
      case "digest":
        return named(host, expectation.container) === undefined
          ? no(`there is no container ${expectation.container}`)
          : open;
      case "member":
        return host.members?.includes(expectation.member) === true
          ? open
          : no(`${expectation.member} is no host of it`);
      case "artefact":
        return open;
    }
  }

  private resolves(
    host: HostTopology,
    { from, host: name, through, address }: Extract<PlacedExpectation, { kind: "resolve" }>,
  ): Verdict {
    const container = named(host, from);
    if (container === undefined) {
      return no(`there is no container ${from}`);
    }
    const entry = container.hostsEntries.find((each) => each.name === name)?.address;
    const found = through === "hosts" ? entry : resolveByDns(host, [container, stackOwner(host, container)], name);
    return found === address ? yes : no(found === undefined ? `${from} would not find it` : `it would be ${found}`);
  }

  private reaches(from: { at: string; from: string }, to: Target): Verdict {
    const { passes, why } = this.to(from, to);
    return passes === true ? yes : passes === undefined ? open : { holds: "no", why };
  }

  private to({ at: host, from }: { at: string; from: string }, { host: to, port }: Target) {
    return this.reach.of({ host, from, to, port });
  }
}

function addressed(
  networks: readonly NetworkSpec[],
  expected: Extract<PlacedExpectation, { kind: "network" }>,
): Verdict {
  const network = networks.find(({ name }) => name === expected.network);
  if (network === undefined) {
    return no(`there is no network ${expected.network}`);
  }
  const other = (["subnet", "gateway", "ipRange"] as const).find((key) => network[key] !== expected[key]);
  return other === undefined ? yes : no(`its ${other} would be ${network[other] ?? "left to the engine"}`);
}

/** Without its control, nothing is proved. */
function ofControl(control: Verdict): Verdict {
  return control.holds === "no" ? no(`what it is compared with is not reached: ${control.why}`) : control;
}

function named(host: HostTopology, name: string): ContainerSpec | undefined {
  return containersOf(host).find((container) => container.name === name);
}

/** Host and port that a URL leads to. */
export function targetOf(url: string): Target {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) };
}

function no(why: string): Verdict {
  return { holds: "no", why };
}
