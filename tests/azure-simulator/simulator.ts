import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { ResourceManager } from "./arm/resource-manager";
import { Store } from "./arm/store";
import { type InstanceHosts, loadHosts } from "./instances/hosts";
import { Machines } from "./instances/work";
import { Orders } from "./orders/settings";

/** The subscription that is used where nobody names one. */
export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000000";

/** A simulated subscription, ready to be asked. */
export interface Simulator {
  readonly arm: ResourceManager;
  readonly store: Store;
  readonly orders: Orders;
  readonly subscriptionId: string;
}

/**
 * Opens a subscription as the environment says: AZURE_SIMULATOR_STORE is the folder that holds it,
 * AZURE_SIMULATOR_SETTINGS the file with what is ordered (orders/settings.ts), ARM_SUBSCRIPTION_ID its id.
 * @param hosts What makes the machines, in place of what the settings name.
 */
export function openSimulator(
  subscription?: string,
  env: NodeJS.ProcessEnv = process.env,
  hosts?: InstanceHosts,
): Simulator {
  const subscriptionId = subscription ?? env.ARM_SUBSCRIPTION_ID ?? SUBSCRIPTION;
  const folder = env.AZURE_SIMULATOR_STORE ?? join(tmpdir(), `azure-simulator-${userInfo().username}`);
  const orders = new Orders(env.AZURE_SIMULATOR_SETTINGS);
  const store = new Store(folder, subscriptionId);
  const machines = new Machines(hosts ?? loadHosts(orders.settings.hosts), orders);
  return { arm: new ResourceManager(store, orders, machines), store, orders, subscriptionId };
}
