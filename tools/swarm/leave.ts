import type Docker from "dockerode";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClaimData, GATEWAY_BRIDGE } from "../../components/cluster/data";
import { label, labelsOf } from "../../components/labels";
import { UserError } from "../command";
import { connect } from "../pool/engine";
import { call, isLeaderless, membershipOf, wordsOf } from "./engine";

/** Milliseconds that the engine gets to take all off the bridge: each container that it had was on it. */
const RELEASE_MS = 180_000;

/** Milliseconds for which nothing has to be on the bridge until an engine that says otherwise counts as one that errs. */
const EMPTY_MS = 10_000;

/** Milliseconds within which it is asked once more to leave. */
const LEAVE_MS = 120_000;

/**
 * Prepares the engine of DOCKER_HOST for being a member: makes the bridge by which containers leave the host, unless there
 * is one, so that it has the addresses that were planned and goes with the stack.
 * @returns what the engine calls itself, which no other machine does.
 */
export async function claimMember({ stack, bridge }: ClaimData): Promise<string> {
  const engine = connect();
  if (bridge !== undefined && (await bridgeOf(engine)) === undefined) {
    await makeBridge(engine, stack, bridge);
  }
  // The engine's own id.
  return ((await engine.info()) as { ID: string }).ID;
}

async function makeBridge(engine: Docker, stack: string, subnet: string): Promise<void> {
  await engine.createNetwork({
    Name: GATEWAY_BRIDGE,
    CheckDuplicate: true,
    Driver: "bridge",
    IPAM: { Config: [{ Subnet: subnet }] },
    // As the engine would make it. Source: moby/moby, daemon/network.go and libnetwork.
    Options: {
      "com.docker.network.bridge.name": GATEWAY_BRIDGE,
      "com.docker.network.bridge.enable_icc": "false",
      "com.docker.network.bridge.enable_ip_masquerade": "true",
    },
    Labels: labelsOf(stack, "shared", "swarm"),
  });
}

/**
 * Takes the engine of DOCKER_HOST out of the stack's swarm, quietly if it is in none, with all that the swarm has there.
 * @returns what stays of it, in a sentence.
 * @throws UserError if it manages a swarm that is somebody else's.
 */
export async function leaveSwarm({ stack, member }: ClaimData): Promise<string | undefined> {
  const engine = connect();
  const is = await membershipOf(engine);
  const whose = is.Cluster?.Spec.Labels?.[label.stack];
  if (is.LocalNodeState === "active" && is.ControlAvailable && !isLeaderless(is) && whose !== stack) {
    throw new UserError(
      `Host "${member}" manages a swarm that is not of "${stack}" (node ${is.NodeID}), so it was left alone.`,
      1,
    );
  }
  if (is.LocalNodeState !== "inactive") {
    await leaveByForce(engine);
  }
  return (await removeBridge(engine, stack))
    ? undefined
    : `The engine keeps ${GATEWAY_BRIDGE}, as it counts endpoints on it that are not there.`;
}

/** A manager whose fellows leave at the same moment waits for them in vain: it takes a second call. */
async function leaveByForce(engine: Docker): Promise<void> {
  for (const end = Date.now() + LEAVE_MS; ; await sleep(1000)) {
    try {
      await call(engine, "POST", "/swarm/leave", { query: { force: true } });
      return;
    } catch (error) {
      const words = wordsOf(error);
      if (/not part of a swarm/i.test(words)) {
        return;
      }
      if (Date.now() > end || !/deadline|timeout|context canceled/i.test(words)) {
        throw new UserError(`The engine can't leave its swarm: ${words}`, 1, { cause: error });
      }
    }
  }
}

interface Bridge {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string | undefined>> | null;
}

async function bridgeOf(engine: Docker): Promise<Bridge | undefined> {
  const found = (await engine.listNetworks({ filters: { name: [GATEWAY_BRIDGE] } })) as unknown as (Bridge & {
    Name: string;
  })[];
  return found.find(({ Name }) => Name === GATEWAY_BRIDGE);
}

/**
 * The engine's own part of the bridge ends a moment after it has left. It may keep an empty bridge for good, as it loses
 * count of endpoints that end at the same time.
 * Source: https://github.com/moby/moby/issues/42119
 * @returns whether it is gone.
 */
export async function removeBridge(
  engine: Docker,
  stack: string,
  { pause = 500, release = RELEASE_MS, empty = EMPTY_MS } = {},
): Promise<boolean> {
  const bridge = await bridgeOf(engine);
  if (bridge?.Labels?.[label.stack] !== stack) {
    return true;
  }
  const network = engine.getNetwork(bridge.Id);
  const end = Date.now() + release;
  for (let since = Date.now(); ; await sleep(pause)) {
    try {
      await network.remove();
      return true;
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) {
        return true;
      }
      const { Containers } = (await network.inspect()) as { Containers: object };
      since = Object.keys(Containers).length === 0 ? since : Date.now();
      if (/has active endpoints/.test(wordsOf(error)) && Date.now() - since > empty) {
        return false;
      }
      if (Date.now() > end) {
        throw new UserError(`The bridge ${GATEWAY_BRIDGE} can't be removed: ${wordsOf(error)}`, 1, { cause: error });
      }
    }
  }
}
