import { setTimeout as sleep } from "node:timers/promises";
import type { SwarmReport } from "../../components/cluster/data";
import { hostOfNode, isReady, stateOf, type SwarmNode } from "../../components/cluster/node";
import { label } from "../../components/labels";
import { UserError } from "../command";
import { call } from "./engine";
import { leave, reach, stopAttached } from "./leaving";
import { nodesOf, type SeenMember } from "./look";
import { isOver, type Task } from "./task";

export interface SettleOptions {
  readonly stack: string;
  readonly did: (what: string) => void;
  readonly keepOthers?: boolean;
  readonly signal?: AbortSignal;
}

/** Milliseconds that nodes get to be ready, and to have the part that they were given. */
const READY_MS = 120_000;

/** Milliseconds that what runs on a node which goes gets to move to the others. */
const DRAIN_MS = 60_000;

const PAUSE_MS = 500;

/** A swarm whose nodes are the members, and a manager of it. */
export interface Settled {
  readonly speaker: SeenMember;
  readonly members: SwarmReport["members"];
}

/**
 * Gives each node its member's name and part, and takes out those that are no member's, unless others are to be kept.
 * Managers are made before any is unmade, so that there are enough of them at any moment.
 */
export async function settleNodes(
  members: readonly SeenMember[],
  first: SeenMember,
  options: SettleOptions,
): Promise<Settled> {
  const { did } = options;
  for (const member of members.filter(({ role }) => role === "manager")) {
    await settleNode(member, first, did);
  }
  await untilReady(first, members, "manager", options);
  // From here on by one that stays a manager.
  const speaker = members.find(({ role }) => role === "manager") ?? first;
  for (const member of members.filter(({ role }) => role === "worker")) {
    await settleNode(member, speaker, did);
    // One after the other: the managers that stay have to agree on each.
    await untilNoManager(speaker, member.is.NodeID, options);
  }
  await removeStrangers(speaker, members, options);
  await untilReady(speaker, members, "worker", options);
  const nodes = await nodesOf(speaker);
  return {
    speaker,
    members: members.map(({ name, is }) => ({
      name,
      node: is.NodeID,
      address: nodes.find(({ ID }) => ID === is.NodeID)?.Status.Addr ?? is.NodeAddr,
    })),
  };
}

async function settleNode(member: SeenMember, speaker: SeenMember, did: (what: string) => void): Promise<void> {
  const { name, role, is, engine } = member;
  const { Role, Availability, Labels } = (await nodeOf(speaker, is.NodeID)).Spec;
  const own = { [label.member]: name, [label.engine]: JSON.stringify(engine) };
  const labelled = Object.entries(own).every(([key, value]) => Labels?.[key] === value);
  if (Role === role && Availability === "active" && labelled) {
    return;
  }
  await update(speaker, is.NodeID, { Role: role, Availability: "active", Labels: { ...Labels, ...own } });
  if (Role !== role) {
    did(`${name} is a ${role} now`);
  }
  if (Availability !== "active") {
    did(`${name} takes containers again`);
  }
}

/** Takes out the nodes that are no member's, one after the other, or only those that a member was before. */
async function removeStrangers(
  speaker: SeenMember,
  members: readonly SeenMember[],
  options: SettleOptions,
): Promise<void> {
  const own = new Set(members.map(({ is }) => is.NodeID));
  const goes = (node: SwarmNode): boolean =>
    !own.has(node.ID) && (options.keepOthers !== true || members.some(({ name }) => name === hostOfNode(node)));
  for (const stranger of (await nodesOf(speaker)).filter(goes)) {
    const { ID, Status, Description } = stranger;
    await update(speaker, ID, { Availability: "drain" });
    const leaving = Status.State === "ready" ? await reach(stranger) : undefined;
    if (leaving !== undefined) {
      await stopAttached(leaving, options.stack);
    }
    if (Status.State === "ready") {
      await untilEmpty(speaker, ID, options);
    }
    await update(speaker, ID, { Role: "worker" });
    await untilNoManager(speaker, ID, options);
    if (leaving !== undefined) {
      await leave(leaving);
    }
    await call(speaker.api, "DELETE", `/nodes/${ID}`, { query: { force: true } });
    options.did(`${hostOfNode(stranger) ?? Description?.Hostname ?? ID} was taken out`);
  }
}

/**
 * Changes a node's specification. Somebody else, the swarm itself among them, may be at it, or its managers may just be
 * choosing another leader: then once more.
 */
async function update(speaker: SeenMember, id: string, change: Partial<SwarmNode["Spec"]>): Promise<void> {
  for (const end = Date.now() + DRAIN_MS; ; await sleep(PAUSE_MS)) {
    try {
      const { Spec, Version } = await nodeOf(speaker, id);
      const options = { query: { version: Version.Index }, body: { ...Spec, ...change } };
      await call(speaker.api, "POST", `/nodes/${id}/update`, options);
      return;
    } catch (error) {
      if (Date.now() > end || !/out of sequence|leader|deadline|unavailable/i.test(String(error))) {
        throw error;
      }
    }
  }
}

function nodeOf({ api }: SeenMember, id: string): Promise<SwarmNode> {
  return call<SwarmNode>(api, "GET", `/nodes/${id}`);
}

/** What does not end in time ends with the node. */
async function untilEmpty(speaker: SeenMember, id: string, { signal }: SettleOptions): Promise<void> {
  const filters = JSON.stringify({ node: [id] });
  for (const end = Date.now() + DRAIN_MS; Date.now() < end; await sleep(PAUSE_MS, undefined, { signal })) {
    const tasks = await call<Task[]>(speaker.api, "GET", "/tasks", { query: { filters } });
    if (tasks.every(isOver)) {
      return;
    }
  }
}

async function untilNoManager(speaker: SeenMember, id: string, { signal }: SettleOptions): Promise<void> {
  for (const end = Date.now() + DRAIN_MS; Date.now() < end; await sleep(PAUSE_MS, undefined, { signal })) {
    if (((await nodeOf(speaker, id)).ManagerStatus ?? undefined) === undefined) {
      return;
    }
  }
}

/** @throws UserError that names the nodes which are not ready in time. */
async function untilReady(
  speaker: SeenMember,
  members: readonly SeenMember[],
  role: SeenMember["role"],
  { signal }: SettleOptions,
): Promise<void> {
  const awaited = members.filter((member) => member.role === role);
  for (const end = Date.now() + READY_MS; ; await sleep(PAUSE_MS, undefined, { signal })) {
    const nodes = await nodesOf(speaker);
    const unready = awaited.filter(
      ({ is }) =>
        !isReady(
          nodes.find(({ ID }) => ID === is.NodeID),
          role,
        ),
    );
    if (unready.length === 0) {
      return;
    }
    if (Date.now() > end) {
      const states = unready.map(({ name, is }) => `  ${name}: ${stateOf(nodes.find(({ ID }) => ID === is.NodeID))}`);
      throw new UserError(`Not ready in the cluster after ${READY_MS / 1000} s:\n${states.join("\n")}`, 1);
    }
  }
}
