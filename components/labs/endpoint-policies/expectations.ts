import type { Expectation, Target } from "../../checks/expectation";
import { connects, type End } from "../../network/acl/evaluate";
import type { AclRule, Direction } from "../../network/acl/rule";
import type { HostOs } from "../lab";
import { placementExpectations } from "../placement";
import type { EndpointPoliciesSettings } from "./settings";
import { ports, topology } from "./topology";

/** A container as the rules see it. */
interface Container extends End {
  readonly name: string;
}

type Listener = Container & { readonly port: number };

/** What must hold in the lab: who reaches whom, as it follows from the rules. */
export function expectations(settings: EndpointPoliciesSettings, os: HostOs): Expectation[] {
  const placed = topology(settings, os);
  const all = placed.containers.map(({ name, endpoints: [{ address, acl }] }): Container => ({ name, address, acl }));
  const listeners = all.flatMap((container) => ports.map((port): Listener => ({ ...container, port })));
  return [
    ...placementExpectations(placed, os),
    ...listeners.map(listens),
    ...all.flatMap((from) =>
      listeners.filter(({ name }) => name !== from.name).flatMap((to) => between(from, to, listeners)),
    ),
  ];
}

/** No rule is asked about it, so that a web server that is down is not taken for one that is out of reach. */
function listens(listener: Listener): Expectation {
  const { name, port } = listener;
  return { kind: "reach", name: `${name} itself reaches its port ${port}`, from: name, to: target(listener) };
}

/** What the rules say of a connection; nothing where it hangs on the port that the client will be lent. */
function between(from: Container, to: Listener, listeners: readonly Listener[]): Expectation[] {
  const passes = connects(from, to);
  if (passes === undefined) {
    return [];
  }
  const where = `${to.name}:${to.port}`;
  const ends = { from: from.name, to: target(to) };
  return [
    passes
      ? { kind: "reach", name: `${from.name} reaches ${where}`, ...ends }
      : {
          kind: "no-reach",
          name: `${from.name} does not reach ${where} (${reason(from, to)})`,
          ...ends,
          control: target(control(from, to, listeners)),
        },
  ];
}

/** What `from` reaches beyond doubt, as near to `to` as there is: another port, another container, itself. */
function control(from: Container, to: Listener, listeners: readonly Listener[]): Listener {
  const distance = ({ name }: Listener): number => (name === to.name ? 0 : name === from.name ? 2 : 1);
  const nearest = [...listeners].sort((a, b) => distance(a) - distance(b));
  return nearest.find((each) => connects(from, each) === true)!;
}

/** The rule that blocks the connection, as a person would look it up. */
function reason(from: Container, to: Listener): string {
  // What gets through to an open endpoint is blocked by the other's rules.
  const [direction, rules] = connects(from, { ...to, acl: [] }) === false ? ["Out", from.acl] : ["In", to.acl];
  const rule = (rules ?? [])
    .filter((each) => each.direction === direction && matches(each, from, to))
    .sort((a, b) => a.priority - b.priority)[0];
  return rule === undefined ? `no ${direction} rule allows it` : `Block ${direction}, priority ${rule.priority}`;
}

/** A rule matches what it lets through when it is the only one. */
function matches(rule: AclRule, from: Container, to: Listener): boolean {
  const alone = (direction: Direction): AclRule[] =>
    rule.direction === direction ? [{ ...rule, action: "Allow" }] : [];
  return connects({ ...from, acl: alone("Out") }, { ...to, acl: alone("In") }) === true;
}

function target({ address, port }: Listener): Target {
  return { host: address, port };
}
