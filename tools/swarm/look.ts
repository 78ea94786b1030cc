import type Docker from "dockerode";
import type { MemberData, SwarmData } from "../../components/cluster/data";
import type { SwarmNode } from "../../components/cluster/node";
import { label } from "../../components/labels";
import { UserError } from "../command";
import { connect } from "../pool/engine";
import { call, membershipOf, type Membership, type SwarmObject, wordsOf } from "./engine";

/** A member that is to be, and what its engine says of itself. */
export interface SeenMember extends MemberData {
  readonly api: Docker;
  readonly is: Membership;
}

/** Milliseconds after which an engine counts as one that does not answer. */
const PATIENCE = 30_000;

/**
 * Asks all members' engines at the same time what they are.
 * @throws UserError that names those which do not answer.
 */
export async function look({ members }: Pick<SwarmData, "members">): Promise<SeenMember[]> {
  const asked = await Promise.all(members.map((member) => lookAt(member)));
  const silent = asked.filter((each) => "silent" in each);
  if (silent.length > 0) {
    const why = silent.map(({ name, silent: words }) => `  ${name}: ${words}`).join("\n");
    throw new UserError(
      `The cluster is left as it is: ${silent.length} of ${members.length} engines do not answer.\n${why}`,
      1,
    );
  }
  return asked.filter((each): each is SeenMember => "is" in each);
}

/** What one says of itself, or why it does not. It never rejects. */
export async function lookAt(member: MemberData): Promise<SeenMember | (MemberData & { readonly silent: string })> {
  const api = connect(member.engine);
  try {
    return { ...member, api, is: await inTime(membershipOf(api)) };
  } catch (error) {
    close([{ api }]);
    return { ...member, silent: wordsOf(error) };
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Ends the connections to engines: some are processes, which a longer run would keep. */
export function close(members: readonly Pick<SeenMember, "api">[]): void {
  for (const { api } of members) {
    (api.modem as { agent?: { destroy(): void } }).agent?.destroy();
  }
}

/** Whether a member is a manager that decides at present. */
export function decides({ is }: Pick<SeenMember, "is">): boolean {
  return is.LocalNodeState === "active" && is.ControlAvailable;
}

/** Whether a member is a manager of a swarm that this stack made. */
export function isOurs(member: Pick<SeenMember, "is">, stack: string): boolean {
  return decides(member) && member.is.Cluster?.Spec.Labels?.[label.stack] === stack;
}

export function nodesOf({ api }: Pick<SeenMember, "api">): Promise<SwarmNode[]> {
  return call<SwarmNode[]>(api, "GET", "/nodes");
}

export function swarmOf({ api }: Pick<SeenMember, "api">): Promise<SwarmObject> {
  return call<SwarmObject>(api, "GET", "/swarm");
}
