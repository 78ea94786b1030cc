import { createHash } from "node:crypto";
import { handlerOf, extensionFailure } from "../rules/extension";
import { isWithin, key, nameOf, parentOf, sameId } from "../arm/ids";
import type { Body, ExtensionStatus, Instance, Leaving, Resource, State } from "../arm/resource";
import type { Store } from "../arm/store";
import { Subscription } from "../arm/subscription";
import type { Orders } from "../orders/settings";
import { operatingSystem } from "../catalogue/images";
import type { ExtensionBody, RunCommandBody, ScaleSetBody } from "../types/bodies";
import { extensionCommand, hostedInstance, runCommandOf } from "./hosted";
import type { CommandResult, HostedInstance, InstanceHosts } from "./hosts";

/** Something that went wrong on a machine. */
export interface Failure {
  /** Id of the machine. */
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

interface Settled {
  readonly instance: Instance;
  readonly failure?: Failure;
}

/** The machines behind scale sets: brings them to what the subscription says. */
export class Machines {
  constructor(
    private readonly hosts: InstanceHosts,
    private readonly orders: Orders,
  ) {}

  /** Takes machines away, all at once. */
  async remove(leaving: readonly Leaving[], store: Store): Promise<void> {
    const subscription = new Subscription(store.read());
    await Promise.all(
      leaving.map(async ({ scaleSetId, instance }) => {
        const scaleSet = subscription.get(scaleSetId);
        // One whose making was cut short is there in part.
        if (scaleSet !== undefined) {
          await this.hosts.remove(hostedInstance(scaleSet, instance, subscription));
        }
      }),
    );
  }

  /**
   * Makes the machines of a scale set that are not there yet, and runs what its extensions ask for. All other machines
   * that are there are told of frontend ports that changed.
   */
  async settle(store: Store, scaleSetId?: string): Promise<Failure[]> {
    const subscription = new Subscription(store.read());
    const results = await Promise.all(
      subscription
        .machines()
        .map(async ({ scaleSet, instance }): Promise<Settled> =>
          scaleSetId !== undefined && sameId(scaleSet.id, scaleSetId)
            ? this.settleOne(scaleSet, instance, subscription)
            : { instance: await this.tell(instance, hostedInstance(scaleSet, instance, subscription)) },
        ),
    );
    await store.change((state) => results.forEach(({ instance }) => keep(state, instance)));
    return results.flatMap(({ failure }) => failure ?? []);
  }

  /** Runs a run command and keeps what came of it. */
  async run(id: string, store: Store): Promise<Failure | undefined> {
    const subscription = new Subscription(store.read());
    const body = subscription.get(id)!.body as RunCommandBody;
    const { scaleSet, instance } = subscription.machines().find((each) => isWithin(each.instance.id, id))!;
    const startTime = new Date().toISOString();
    const result = await this.hosts.run(
      hostedInstance(scaleSet, instance, subscription),
      runCommandOf(nameOf(id), body),
    );
    const { exitCode, output, error } = result;
    const instanceView: Body = {
      executionState: exitCode === 0 ? "Succeeded" : "Failed",
      exitCode,
      output,
      error,
      startTime,
      endTime: new Date().toISOString(),
    };
    await store.change((state) => {
      const resource = state.resources[key(id)];
      resource.body = { ...resource.body, instanceView };
    });
    // Azure lets a failed script stay green unless it was asked not to.
    return exitCode !== 0 && body.treatFailureAsDeploymentFailure === true
      ? {
          id: parentOf(id),
          code: "VMRunCommandFailed",
          message: `Run command '${nameOf(id)}' ended with exit code ${exitCode}. ${error}`,
        }
      : undefined;
  }

  private async settleOne(scaleSet: Resource, before: Instance, subscription: Subscription): Promise<Settled> {
    let instance: Instance = { ...before, extensions: { ...before.extensions } };
    const host = hostedInstance(scaleSet, instance, subscription);
    try {
      instance = before.hosted ? await this.tell(instance, host) : await this.make(instance, host);
    } catch (error) {
      instance.failure = (error as Error).message;
      const message = `OS Provisioning for VM '${instance.name}' did not finish in the allotted time. ${instance.failure}`;
      return { instance, failure: { id: instance.id, code: "OSProvisioningTimedOut", message } };
    }
    delete instance.failure;
    const message = await this.extend(scaleSet, instance, host, subscription);
    return message === undefined
      ? { instance }
      : { instance, failure: { id: instance.id, code: "VMExtensionProvisioningError", message } };
  }

  private async make(instance: Instance, host: HostedInstance): Promise<Instance> {
    await this.hosts.create(host);
    return { ...instance, hosted: true, published: JSON.stringify(host.frontends) };
  }

  private async tell(instance: Instance, host: HostedInstance): Promise<Instance> {
    const published = JSON.stringify(host.frontends);
    if (!instance.hosted || instance.published === published) {
      return instance;
    }
    await this.hosts.publish(host);
    return { ...instance, published };
  }

  /** Runs the extensions of the model that a machine is on; those that ran well with the same settings stay. */
  private async extend(
    scaleSet: Resource,
    instance: Instance,
    host: HostedInstance,
    subscription: Subscription,
  ): Promise<string | undefined> {
    const set = subscription.state.scaleSets[key(scaleSet.id)];
    if (instance.model !== set.model) {
      return undefined;
    }
    const { virtualMachineProfile } = subscription.whole(scaleSet) as ScaleSetBody;
    const extensions = virtualMachineProfile?.extensionProfile?.extensions ?? [];
    let failed: string | undefined;
    for (const extension of extensions) {
      const name = extension.name ?? "";
      const status = await this.runExtension(name, extension, instance, host);
      instance.extensions[name] = status;
      if (status.state === "Failed" && extension.suppressFailures !== true) {
        const windows = operatingSystem(virtualMachineProfile) === "Windows";
        failed ??= extensionFailure(name, handlerOf(extension), status.message, windows);
      }
    }
    const names = extensions.map(({ name }) => name);
    instance.extensions = Object.fromEntries(
      Object.entries(instance.extensions).filter(([name]) => names.includes(name)),
    );
    return failed;
  }

  private async runExtension(
    name: string,
    extension: ExtensionBody,
    instance: Instance,
    host: HostedInstance,
  ): Promise<ExtensionStatus> {
    const settings = createHash("sha256").update(JSON.stringify(extension)).digest("hex");
    const last = instance.extensions[name] as ExtensionStatus | undefined;
    if (last?.state === "Succeeded" && last.settings === settings) {
      return last;
    }
    const ordered = await this.orders.extensionFailure(instance.instanceId, name);
    if (ordered !== undefined) {
      return { state: "Failed", message: ordered, settings };
    }
    const command = extensionCommand(name, extension);
    const result = command === undefined ? undefined : await this.hosts.run(host, command);
    return result === undefined || result.exitCode === 0
      ? { state: "Succeeded", message: result?.output ?? "", settings }
      : { state: "Failed", message: commandFailure(result, host.os), settings };
  }
}

/** How the two handlers of scripts tell of one that failed. Linux's has the end of what the script wrote. */
function commandFailure({ exitCode, output, error }: CommandResult, os: HostedInstance["os"]): string {
  return os === "windows"
    ? `Command execution finished, but failed because it returned a non-zero exit code of: '${exitCode}'. ${error}`
    : "Enable failed: failed to execute command: command terminated with exit status=" +
        `${exitCode}\n[stdout]\n${output.slice(-WRITTEN)}\n[stderr]\n${error.slice(-WRITTEN)}`;
}

/** How much of what a script wrote is told, in characters. */
const WRITTEN = 4096;

/** Writes down what became of a machine that is still wanted. */
function keep(state: State, done: Instance): void {
  for (const set of Object.values(state.scaleSets)) {
    const index = set.instances.findIndex(({ id }) => id === done.id);
    if (index >= 0) {
      const { extensions, hosted, published, failure } = done;
      // `failure` is written even where it is undefined: JSON leaves it out, and with it a failure that was mended.
      set.instances[index] = { ...set.instances[index], extensions, hosted, published, failure };
    }
  }
}
