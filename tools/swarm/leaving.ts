import type Docker from "dockerode";
import type { SwarmNode } from "../../components/cluster/node";
import type { EngineAddress } from "../../components/hosts/engine-address";
import { label } from "../../components/labels";
import { connect } from "../pool/engine";
import { call, membershipOf } from "./engine";

/** Seconds that a container gets to end by itself. */
const GRACE = 10;

/** What tells the containers of services, which Swarm itself moves. */
const taskLabel = "com.docker.swarm.task.id";

/** The engine of a node that is to go, if it can still be reached and is still that node. */
export async function reach({ ID, Spec }: SwarmNode): Promise<Docker | undefined> {
  const address = Spec.Labels?.[label.engine];
  if (address === undefined) {
    return undefined;
  }
  const engine = connect(JSON.parse(address) as EngineAddress);
  const is = await membershipOf(engine).catch(() => undefined);
  return is?.NodeID === ID ? engine : undefined;
}

/**
 * Stops a stack's containers that are on networks of the swarm. They are made anew elsewhere, at the same addresses: which
 * the swarm would keep from them for good if their node went while they run.
 */
export async function stopAttached(engine: Docker, stack: string): Promise<void> {
  const [networks, containers] = await Promise.all([
    engine.listNetworks({ filters: { scope: ["swarm"] } }),
    engine.listContainers({ filters: { label: [`${label.stack}=${stack}`] } }),
  ]);
  const shared = new Set(networks.map(({ Id }) => Id));
  const attached = containers.filter(
    ({ Labels, NetworkSettings }) =>
      Labels[taskLabel] === undefined &&
      Object.values(NetworkSettings.Networks).some(({ NetworkID }) => shared.has(NetworkID)),
  );
  await Promise.all(attached.map(({ Id }) => engine.getContainer(Id).stop({ t: GRACE }).catch(unlessStopped)));
}

/** Has an engine leave that manages nothing any more. */
export async function leave(engine: Docker): Promise<void> {
  await call(engine, "POST", "/swarm/leave").catch(() =>
    call(engine, "POST", "/swarm/leave", { query: { force: true } }),
  );
}

function unlessStopped(error: unknown): void {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== 304 && statusCode !== 404) {
    throw error;
  }
}
