import type { PoolData, PoolPart, PoolReport } from "../../components/containers/container-pool";
import { containersOn } from "./containers";
import { type EngineIds, wantedContainers } from "./create-options";
import { connect } from "./engine";
import { failed } from "./failures";
import { reconcile, removeAll, type Work } from "./reconcile";
import { wantedServices } from "./service-spec";
import { servicesOn } from "./services";

type PoolOptions = Pick<Work<never, never>, "onDone" | "signal">;

/**
 * Makes what runs of a pool on the engine of DOCKER_HOST, or on the swarm that it is a manager of, what is declared, and
 * says what it did.
 * @throws UserError that names each container which failed, once all were tried.
 */
export async function applyPool(data: PoolData, ids: EngineIds, options: PoolOptions = {}): Promise<PoolReport> {
  const { swarm, instances } = data;
  const engine = connect();
  const { report, failures } =
    swarm === undefined
      ? await reconcile(wantedContainers(data, ids), { ...options, parts: containersOn(engine, data), pool: data })
      : await reconcile(wantedServices({ ...data, swarm }, ids), {
          ...options,
          parts: servicesOn(engine, data),
          pool: data,
        });
  if (failures.length > 0) {
    throw failed(data, failures, Object.keys(instances).length);
  }
  return report;
}

/**
 * Removes a pool's containers on a network from the engine of DOCKER_HOST, or from its swarm, quietly if there are none.
 * @throws UserError that names each container which could not be removed.
 */
export async function removePool(part: PoolPart, options: PoolOptions = {}): Promise<void> {
  const engine = connect();
  const failures =
    part.swarm === undefined
      ? await removeAll({ ...options, parts: containersOn(engine, part), pool: part }, part.network)
      : await removeAll({ ...options, parts: servicesOn(engine, part), pool: part }, part.network);
  if (failures.length > 0) {
    throw failed(part, failures);
  }
}
