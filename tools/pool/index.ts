import type { PoolData, PoolPart, PoolReport } from "../../components/containers/container-pool";
import { type EngineIds, wantedContainers } from "./create-options";
import { connect } from "./engine";
import { failed } from "./failures";
import { reconcile, removeAll, type Work } from "./reconcile";

type PoolOptions = Omit<Work, "engine" | "pool">;

/**
 * Makes what runs of a pool on the engine of DOCKER_HOST what is declared, and says what it did.
 * @throws UserError that names each container which failed, once all were tried.
 */
export async function applyPool(data: PoolData, ids: EngineIds, options: PoolOptions = {}): Promise<PoolReport> {
  const wanted = wantedContainers(data, ids);
  const { report, failures } = await reconcile(wanted, { ...options, engine: connect(), pool: data });
  if (failures.length > 0) {
    throw failed(data, failures, wanted.length);
  }
  return report;
}

/**
 * Removes a pool's containers on a network from the engine of DOCKER_HOST, quietly if there are none.
 * @throws UserError that names each container which could not be removed.
 */
export async function removePool(part: PoolPart, options: PoolOptions = {}): Promise<void> {
  const failures = await removeAll({ ...options, engine: connect(), pool: part }, part.network);
  if (failures.length > 0) {
    throw failed(part, failures);
  }
}
