import { setTimeout as sleep } from "node:timers/promises";
import { MANAGER_PORT, MEMBER_PORT, type SwarmData } from "../../components/cluster/data";
import type { SwarmNode } from "../../components/cluster/node";
import { label } from "../../components/labels";
import { UserError } from "../command";
import { call, isLeaderless, membershipOf, wordsOf } from "./engine";
import { nodesOf, type SeenMember, swarmOf } from "./look";

/** Milliseconds that an engine gets to be a member once it has joined: a manager first gets all that the swarm keeps. */
const JOIN_MS = 300_000;

/** What an engine says after 20 s, though it goes on. Source: moby/moby, `errSwarmJoinTimeoutReached` in `daemon/cluster`. */
const GOES_ON = /timeout was reached before node joined/i;

/** Where a member listens, and where it is reached: at its address, and at no other where that is known. */
function places({ address }: Pick<SeenMember, "address">) {
  return address === undefined
    ? { ListenAddr: `0.0.0.0:${MANAGER_PORT}` }
    : { ListenAddr: `${address}:${MANAGER_PORT}`, AdvertiseAddr: address, DataPathAddr: address };
}

/** Begins the stack's swarm with a first manager. */
export async function beginSwarm(first: SeenMember, { stack, addresses }: SwarmData): Promise<SeenMember> {
  const body = {
    ...places(first),
    DefaultAddrPool: [addresses],
    SubnetSize: 22,
    Spec: {
      Name: "default",
      Labels: { [label.stack]: stack },
      EncryptionConfig: { AutoLockManagers: true },
    },
  };
  await call(first.api, "POST", "/swarm/init", { body }).catch((error: unknown) => refuse(first, error));
  return { ...first, is: await membershipOf(first.api) };
}

/** Has those engines join that are no members yet, one after the other: each new manager has to be heard by the others. */
export async function joinSwarm(
  members: readonly SeenMember[],
  speaker: SeenMember,
  nodes: readonly SwarmNode[],
  did: (what: string) => void,
): Promise<SeenMember[]> {
  const known = new Set(nodes.map(({ ID }) => ID));
  const joined: SeenMember[] = [];
  for (const member of members) {
    if (member.name === speaker.name) {
      joined.push(speaker);
    } else if (member.is.LocalNodeState === "active" && known.has(member.is.NodeID)) {
      joined.push(member);
    } else {
      joined.push(await join(member, speaker));
      did(`${member.name} joined as ${member.role}`);
    }
  }
  return joined;
}

async function join(member: SeenMember, speaker: SeenMember): Promise<SeenMember> {
  const { api, is, role } = member;
  if (is.LocalNodeState !== "inactive") {
    // It was a member once, or never became one quite: what it has of it is of no use.
    await call(api, "POST", "/swarm/leave", { query: { force: true } });
  }
  const [{ JoinTokens }, managers] = await Promise.all([swarmOf(speaker), managersOf(speaker)]);
  const body = {
    ...places(member),
    RemoteAddrs: managers,
    JoinToken: role === "manager" ? JoinTokens.Manager : JoinTokens.Worker,
  };
  await call(api, "POST", "/swarm/join", { body }).catch((error: unknown) => {
    if (!GOES_ON.test(wordsOf(error))) {
      refuse(member, error);
    }
  });
  for (const end = Date.now() + JOIN_MS; ; await sleep(250)) {
    const now = await membershipOf(api);
    if (now.LocalNodeState === "active") {
      return { ...member, is: now };
    }
    if (now.LocalNodeState === "error" || Date.now() > end) {
      throw new UserError(
        `Host "${member.name}" does not get into the cluster: ${now.Error || now.LocalNodeState}.`,
        1,
      );
    }
  }
}

async function managersOf(speaker: SeenMember): Promise<string[]> {
  const nodes = await nodesOf(speaker);
  const reachable = nodes.filter(({ ManagerStatus }) => ManagerStatus?.Reachability === "reachable");
  const addresses = reachable.map((node) => node.ManagerStatus?.Addr).filter(isText);
  return addresses.length > 0 ? addresses : [`${speaker.is.NodeAddr}:${MANAGER_PORT}`];
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

/** What to do, where the engine's own words do not say it. */
function refuse({ name, address }: SeenMember, error: unknown): never {
  const words = wordsOf(error);
  const unsure = /multiple addresses|could not (?:choose|find)/i.test(words);
  const cure = unsure
    ? `say which one: memberAddress of hosts.servers' "${name}"`
    : /timeout|refused|no route|unreachable|deadline/i.test(words)
      ? `let the hosts reach each other on TCP ${MANAGER_PORT} and ${MEMBER_PORT}, and UDP ${MEMBER_PORT} and 4789`
      : undefined;
  const where = address === undefined ? "" : ` at ${address}`;
  throw new UserError(
    `Host "${name}"${where} does not get into the cluster: ${words}${cure === undefined ? "" : `\nTo put it right, ${cure}.`}`,
    1,
  );
}

/** What a user is told of an engine in a swarm that is not the stack's. */
export function foreignText({ name, is }: Pick<SeenMember, "name" | "is">, stack: string): string {
  if (isLeaderless(is)) {
    return (
      `Host "${name}" manages a swarm that has no leader: more than half of its managers have to answer. It goes on by itself ` +
      "once they are back. If they are gone for good, on the host: docker swarm leave --force; the next up begins a new one."
    );
  }
  const managers = (is.RemoteManagers ?? []).map(({ Addr }) => Addr).join(", ");
  return (
    `Host "${name}" is in a swarm that is not of "${stack}": it is node ${is.NodeID}${managers && ` of the one at ${managers}`}. ` +
    "If that is of no use any more, take it out, on the host: docker swarm leave --force. Otherwise remove hosts.cluster."
  );
}
