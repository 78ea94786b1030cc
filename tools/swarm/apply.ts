import { setTimeout as sleep } from "node:timers/promises";
import type { SwarmData, SwarmReport } from "../../components/cluster/data";
import { UserError } from "../command";
import { call, membershipOf, wordsOf } from "./engine";
import { close, isOurs, look, nodesOf, type SeenMember, swarmOf } from "./look";
import { beginSwarm, foreignText, joinSwarm } from "./join";
import { settleNodes } from "./nodes";

export interface ApplyOptions {
  /** What a locked manager is unlocked with, where no other manager can tell. */
  readonly unlockKey?: string;
  /** Whether nodes that are no member's are left alone, as some members were not asked. */
  readonly keepOthers?: boolean;
  /** Is told what was done, a line each. */
  readonly say?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Milliseconds that a swarm gets to have a manager again once its managers are unlocked, and each member to find it. */
const ELECTION_MS = 30_000;

/**
 * Makes the members' engines one swarm, as declared: begins it, unlocks, has those join that are no members yet, gives and
 * takes managers' part, and takes nodes out that are declared no more. What is as declared is left alone.
 * @throws UserError if an engine does not answer, or is in a swarm of somebody else's.
 */
export async function applySwarm(data: SwarmData, options: ApplyOptions = {}): Promise<SwarmReport> {
  const done: string[] = [];
  const did = (what: string): void => {
    done.push(what);
    options.say?.(what);
  };
  let members: readonly SeenMember[] = await look(data);
  try {
    if (await unlock(members, data.stack, options, did)) {
      members = await electedAmong(members, data, options);
    }
    members = await foundAgain(members, options);
    let speaker = members.find((member) => isOurs(member, data.stack));
    const nodes = speaker === undefined ? [] : await nodesOf(speaker);
    refuseForeign(
      members,
      nodes.map(({ ID }) => ID),
      data.stack,
    );
    if (speaker === undefined) {
      speaker = await beginSwarm(members[0], data);
      did(`${speaker.name} began the swarm`);
    }
    await keepLocked(speaker, did);
    members = await joinSwarm(members, speaker, await nodesOf(speaker), did);
    const settled = await settleNodes(members, speaker, { ...options, stack: data.stack, did });
    return { changed: done.length > 0, done, swarm: (await swarmOf(settled.speaker)).ID, members: settled.members };
  } catch (error) {
    throw error instanceof UserError || options.signal?.aborted === true
      ? error
      : new UserError(`The cluster can't be made whole: ${wordsOf(error)}`, 1, { cause: error });
  } finally {
    close(members);
  }
}

/** The key that unlocks a swarm's managers: a secret. @throws UserError if no manager of the swarm answers. */
export async function unlockKeyOf(data: SwarmData): Promise<string> {
  const members = await look(data);
  try {
    const speaker = members.find((member) => isOurs(member, data.stack));
    if (speaker === undefined) {
      throw new UserError("The cluster has no manager that knows its key: npm run up makes it whole.", 1);
    }
    return await keyFrom(speaker);
  } finally {
    close(members);
  }
}

async function keyFrom({ api }: SeenMember): Promise<string> {
  return (await call<{ UnlockKey: string }>(api, "GET", "/swarm/unlockkey")).UnlockKey;
}

/** Managers whose engine was restarted are locked until they are told the key. @returns whether there were any. */
async function unlock(
  members: readonly SeenMember[],
  stack: string,
  { unlockKey }: ApplyOptions,
  did: (what: string) => void,
): Promise<boolean> {
  const locked = members.filter(({ is }) => is.LocalNodeState === "locked");
  const other = members.find((member) => isOurs(member, stack));
  if (locked.length === 0) {
    return false;
  }
  const key = other === undefined ? unlockKey : await keyFrom(other);
  const names = locked.map(({ name }) => name).join(", ");
  if (key === undefined) {
    throw new UserError(
      `The swarm on ${names} is locked, as its engine was restarted, and its key is in the stack's state: run npm run up, ` +
        "which unlocks it.",
      1,
    );
  }
  const failures = await Promise.all(
    locked.map(async ({ name, api }) => {
      try {
        await call(api, "POST", "/swarm/unlock", { body: { UnlockKey: key } });
      } catch (error) {
        // Any other failure comes after the key was found to be right: the others are not there yet, or took it out.
        if (/invalid/i.test(wordsOf(error))) {
          return (
            `Host "${name}" is in a swarm that this environment's key does not unlock. ` +
            "If that is of no use any more, take it out, on the host: docker swarm leave --force"
          );
        }
      }
      did(`${name} is unlocked`);
      return undefined;
    }),
  );
  const foreign = failures.filter((each) => each !== undefined);
  if (foreign.length > 0) {
    throw new UserError(foreign.join("\n"), 1);
  }
  return true;
}

/** The members, once one of them decides again, and the others had time to hear of it. */
async function electedAmong(
  members: readonly SeenMember[],
  { stack }: SwarmData,
  { signal }: ApplyOptions,
): Promise<SeenMember[]> {
  const locked = new Set(members.filter(({ is }) => is.LocalNodeState === "locked").map(({ name }) => name));
  for (const end = Date.now() + ELECTION_MS; ; await sleep(500, undefined, { signal })) {
    const now = await asTheyAreNow(members);
    const decided = now.some((member) => isOurs(member, stack));
    const back = now.every(({ name, is }) => !locked.has(name) || is.LocalNodeState === "active");
    if (decided && (back || Date.now() > end)) {
      return now;
    }
    if (Date.now() > end) {
      const states = now.map(({ name, is }) => `  ${name}: ${is.LocalNodeState} ${is.Error}`.trimEnd()).join("\n");
      throw new UserError(
        `The swarm has no manager that decides, ${ELECTION_MS / 1000} s after it was unlocked.\n${states}`,
        1,
      );
    }
  }
}

/**
 * The members, once those have found their managers that are looking for them: an engine that was restarted does so for a
 * while. Who never finds them has to join anew.
 */
async function foundAgain(members: readonly SeenMember[], { signal }: ApplyOptions): Promise<readonly SeenMember[]> {
  let now = members;
  for (const end = Date.now() + ELECTION_MS; now.some(isLooking) && Date.now() < end;) {
    await sleep(500, undefined, { signal });
    now = await asTheyAreNow(members);
  }
  return now;
}

function asTheyAreNow(members: readonly SeenMember[]): Promise<SeenMember[]> {
  return Promise.all(members.map(async (member) => ({ ...member, is: await membershipOf(member.api) })));
}

function isLooking({ is }: SeenMember): boolean {
  return is.LocalNodeState === "pending";
}

/** A node that was taken out still knows the managers that did so. */
function isOrWasAmong(nodes: readonly string[], { NodeID, RemoteManagers }: SeenMember["is"]): boolean {
  return nodes.includes(NodeID) || (RemoteManagers ?? []).some((manager) => nodes.includes(manager.NodeID));
}

/** @throws UserError that names each engine which is in a swarm that this stack did not make. */
function refuseForeign(members: readonly SeenMember[], nodes: readonly string[], stack: string): void {
  const foreign = members.filter(({ is }) => is.LocalNodeState === "active" && !isOrWasAmong(nodes, is));
  if (foreign.length > 0) {
    throw new UserError(foreign.map((member) => foreignText(member, stack)).join("\n"), 1);
  }
}

/** Without the lock, a copy of a manager's disk would hold the keys to all that the swarm keeps. */
async function keepLocked(speaker: SeenMember, did: (what: string) => void): Promise<void> {
  const { Spec, Version } = await swarmOf(speaker);
  if (Spec.EncryptionConfig?.AutoLockManagers !== true) {
    const body = { ...Spec, EncryptionConfig: { AutoLockManagers: true } };
    await call(speaker.api, "POST", "/swarm/update", { query: { version: Version.Index }, body });
    did("its managers lock when they are restarted");
  }
}
