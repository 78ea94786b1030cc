import { assignPorts } from "../instances/ports";
import { reconcile } from "../instances/machines";
import { Machines } from "../instances/work";
import type { Orders } from "../orders/settings";
import { typeNamed } from "../types";
import { machineView } from "../types/scale-set";
import { ArmError, notFound, ProvisioningError } from "./errors";
import { groupOf, isWithin, key, nameOf, typeOf } from "./ids";
import { isAlive } from "./lock";
import type { Body, Instance, Leaving, Operation, Resource, State } from "./resource";
import type { Store } from "./store";
import { Subscription } from "./subscription";
import { show } from "./view";
import { rootOf, Writes } from "./writes";

const SCALE_SET = "Microsoft.Compute/virtualMachineScaleSets";
const RUN_COMMAND = `${SCALE_SET}/virtualMachines/runCommands`;

/** Azure Resource Manager for one subscription: what it is asked, it refuses or does, as its orders say how. */
export class ResourceManager {
  constructor(
    private readonly store: Store,
    private readonly orders: Orders,
    private readonly machines: Machines,
  ) {}

  /** What Azure shows of a resource; undefined where there is none. */
  async get(id: string): Promise<Body | undefined> {
    await this.orders.latency();
    await this.goOn(rootOf(id));
    return this.look(id);
  }

  /** What Azure shows of a scale set's machine. Throws ArmError 404 where there is none. */
  async getMachine(scaleSetId: string, instanceId: string): Promise<Body> {
    await this.orders.latency();
    const view = machineView(scaleSetId, instanceId, new Subscription(this.store.read()));
    if (view === undefined) {
      const name = `${nameOf(scaleSetId)}/${instanceId}`;
      throw notFound(scaleSetId, `${SCALE_SET}/virtualMachines`, name, nameOf(groupOf(scaleSetId) ?? ""));
    }
    return view;
  }

  /**
   * Makes or changes a resource and returns what Azure then shows of it. Throws ArmError where it is refused, and
   * ProvisioningError where it was accepted and failed afterwards: then the resource is there.
   */
  async put(id: string, body: Body): Promise<Body> {
    await this.orders.latency();
    const { token } = typeNamed(typeOf(id));
    await this.orders.refuse(token);
    const operation = await this.store.change((state) => this.accept(state, id, body));
    await this.orders.provisioning(token);
    const failure = await this.finish(operation);
    if (failure !== undefined) {
      throw failure;
    }
    return this.look(id)!;
  }

  /** Takes a resource away. Throws ArmError where it is refused; one that is not there is gone already. */
  async delete(id: string): Promise<void> {
    await this.orders.latency();
    const { token } = typeNamed(typeOf(id));
    await this.orders.refuse(token);
    if (new Subscription(this.store.read()).get(id) === undefined) {
      return;
    }
    const leaving = await this.store.change((state) => this.leave(state, id));
    await this.orders.provisioning(token);
    await this.machines.remove(leaving, this.store);
    // Only now: had this been killed, the machines that are left could still be found.
    await this.store.change((state) => {
      new Writes(state, this.orders.settings).remove(id);
      for (const set of Object.keys(state.scaleSets).filter((each) => isWithin(id, each))) {
        delete state.scaleSets[set];
      }
      assignPorts(new Subscription(state));
    });
    await this.machines.settle(this.store);
  }

  /**
   * Takes a machine away as if someone else had: its scale set's capacity goes down, too, as it does in Azure; or up
   * again at once where Azure replaces it, under a new number. Throws ArmError 404 where there is none.
   */
  async deleteMachine(scaleSetId: string, instanceId: string, replace: boolean): Promise<void> {
    const removed = await this.store.change((state) => {
      const set = state.scaleSets[key(scaleSetId)];
      const instance = set?.instances.find((each) => each.instanceId === instanceId);
      const resource = state.resources[key(scaleSetId)];
      if (instance === undefined) {
        const name = `${nameOf(scaleSetId)}/${instanceId}`;
        throw notFound(scaleSetId, `${SCALE_SET}/virtualMachines`, name, nameOf(groupOf(scaleSetId) ?? ""));
      }
      set.instances = set.instances.filter((each) => each !== instance);
      const sku = resource.body.sku as { capacity: number };
      const capacity = replace ? sku.capacity : sku.capacity - 1;
      resource.body = { ...resource.body, sku: { ...sku, capacity } };
      reconcile(resource, new Subscription(state), false);
      assignPorts(new Subscription(state));
      return [{ scaleSetId, instance }];
    });
    await this.machines.remove(removed, this.store);
    await this.machines.settle(this.store, scaleSetId);
  }

  private look(id: string): Body | undefined {
    const subscription = new Subscription(this.store.read());
    const resource = subscription.get(id);
    return resource && show(resource, subscription);
  }

  /** In Azure, a write goes on without the one who asked for it. Here its process may have been killed. */
  private async goOn(rootId: string): Promise<void> {
    const orphaned = await this.store.change((state) => {
      const root: Resource | undefined = state.resources[key(rootId)];
      if (root?.operation === undefined || isAlive(root.operation.pid)) {
        return undefined;
      }
      root.operation = { ...root.operation, pid: process.pid };
      return root.operation;
    });
    if (orphaned !== undefined) {
      await this.finish(orphaned);
    }
  }

  /** Does the work of a write and writes down how it ended. */
  private async finish(operation: Operation): Promise<ProvisioningError | undefined> {
    const failure = await this.work(operation);
    await this.store.change((state) => end(state, operation.id, failure));
    return failure;
  }

  /** Writes what was asked for, marked as going on. */
  private accept(state: State, id: string, body: Body): Operation {
    const subscription = new Subscription(state);
    const unfinished = subscription.get(rootOf(id))?.operation?.leaving ?? [];
    const scaleSetId = typeOf(id).startsWith(SCALE_SET) ? rootOf(id) : undefined;
    const before = scaleSetId && profileOf(scaleSetId, subscription);
    const resource = new Writes(state, this.orders.settings).put(id, body);
    resource.state = "Updating";
    let removed: Instance[] = [];
    if (scaleSetId !== undefined && typeOf(id) !== RUN_COMMAND) {
      const newModel = profileOf(scaleSetId, subscription) !== before;
      removed = reconcile(subscription.get(scaleSetId)!, subscription, newModel);
    }
    assignPorts(subscription);
    const leaving = [...unfinished, ...removed.map((instance) => ({ scaleSetId: scaleSetId!, instance }))];
    const operation: Operation = { pid: process.pid, id, leaving };
    (subscription.get(rootOf(id)) ?? resource).operation = operation;
    return operation;
  }

  /** Judges a removal and marks it as going on, nothing gone yet. Returns the machines that are to go. */
  private leave(state: State, id: string): Leaving[] {
    const copy = structuredClone(state);
    new Writes(copy, this.orders.settings).remove(id);
    return Object.entries(state.scaleSets)
      .filter(([set]) => isWithin(id, set))
      .flatMap(([set, { instances }]) =>
        instances.map((instance) => ({ scaleSetId: state.resources[set].id, instance })),
      );
  }

  /** Lets the machines follow: those that are to go, those that are new, and what runs on them. */
  private async work({ id, leaving }: Operation): Promise<ProvisioningError | undefined> {
    try {
      await this.machines.remove(leaving, this.store);
      const isCommand = typeOf(id) === RUN_COMMAND;
      const scaleSetId = typeOf(id).startsWith(SCALE_SET) && !isCommand ? rootOf(id) : undefined;
      const [broken] = isCommand ? [] : await this.machines.settle(this.store, scaleSetId);
      const failure = isCommand ? await this.machines.run(id, this.store) : broken;
      return failure && new ProvisioningError(id, 409, failure.code, failure.message);
    } catch (error) {
      if (error instanceof ArmError) {
        return new ProvisioningError(id, error.status, error.code, error.reason);
      }
      throw error;
    }
  }
}

/** What decides whether a scale set has a new model: its machines' profile, extensions and all, and its size. */
function profileOf(scaleSetId: string, subscription: Subscription): string | undefined {
  const resource = subscription.get(scaleSetId);
  const body = resource && subscription.whole(resource);
  const { name } = (body?.sku ?? {}) as { name?: string };
  return body && JSON.stringify([name, body.virtualMachineProfile]);
}

function end(state: State, id: string, failure: ProvisioningError | undefined): void {
  const resource: Resource | undefined = state.resources[key(id)];
  const root = state.resources[key(rootOf(id))];
  for (const each of [resource, root]) {
    if (each !== undefined) {
      delete each.operation;
    }
  }
  if (resource !== undefined) {
    resource.state = failure === undefined ? "Succeeded" : "Failed";
  }
}
