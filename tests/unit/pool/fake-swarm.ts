import type Docker from "dockerode";
import type { Service, ServiceSpec } from "dockerode";
import { label } from "../../../components/labels";
import type { Task } from "../../../tools/swarm/task";

/** A swarm in memory, as a manager of it shows it. Whoever asks for its tasks lets it go on by one step. */
export class FakeSwarm {
  /** What it did, as `create app-8090`. */
  readonly log: string[] = [];
  readonly services = new Map<string, Service>();
  /** Says why no container of a service comes to run. */
  fails: (name: string) => string | undefined = () => undefined;
  /** How often tasks are asked for until one runs, or is gone. */
  slowness = 2;
  /** How many of those that are to go are gone each time. */
  ending = Infinity;
  private tasks: (Task & { readonly name: string; asked: number })[] = [];
  private made = 0;

  get names(): string[] {
    return [...this.services.values()].map(({ Spec }) => Spec!.Name!).sort();
  }

  get running(): number {
    return this.tasks.filter(({ Status }) => Status.State === "running").length;
  }

  get docker(): Docker {
    return {
      listServices: async () => [...this.services.values()],
      listNetworks: async () => [{ Name: "pool", Id: "n1" }],
      listTasks: async () => this.step(),
      createService: async (spec: ServiceSpec) => this.create(spec),
      getService: (id: string) => ({
        update: async ({ version, ...spec }: ServiceSpec & { version: number }) => this.update(id, version, spec),
        remove: async () => this.remove(id),
      }),
    } as unknown as Docker;
  }

  private create(spec: ServiceSpec): void {
    const ID = `s${++this.made}`;
    this.log.push(`create ${spec.Name}`);
    this.services.set(ID, { ID, Version: { Index: 1 }, Spec: structuredClone(spec) } as Service);
    this.want(ID, spec);
  }

  private update(id: string, version: number, spec: ServiceSpec): void {
    const service = this.services.get(id)!;
    if (service.Version!.Index !== version) {
      throw Object.assign(new Error("update out of sequence"), { statusCode: 500 });
    }
    this.log.push(`update ${spec.Name}`);
    this.services.set(id, { ID: id, Version: { Index: version + 1 }, Spec: structuredClone(spec) } as Service);
    this.unwant(id);
    this.want(id, spec);
  }

  private remove(id: string): void {
    const service = this.services.get(id);
    if (service === undefined) {
      throw Object.assign(new Error("service not found"), { statusCode: 404 });
    }
    this.log.push(`remove ${service.Spec!.Name}`);
    this.services.delete(id);
    this.unwant(id);
  }

  private want(ServiceID: string, spec: ServiceSpec): void {
    const Labels = { [label.spec]: spec.Labels![label.spec] };
    const task = { ServiceID, Spec: { ContainerSpec: { Labels } }, Status: { State: "new" }, DesiredState: "running" };
    this.tasks.push({ ...task, name: spec.Name!, asked: 0 });
  }

  private unwant(id: string): void {
    this.tasks = this.tasks.map((task) =>
      task.ServiceID === id ? { ...task, DesiredState: "remove", asked: 0 } : task,
    );
  }

  private step(): Task[] {
    let ending = this.ending;
    this.tasks = this.tasks.map((task) => {
      const asked = task.asked + 1;
      const goes = task.DesiredState === "remove" && task.Status.State !== "shutdown";
      if (asked < this.slowness || (goes && ending-- <= 0)) {
        return { ...task, asked };
      }
      const Err = this.fails(task.name);
      const State = task.DesiredState === "remove" ? "shutdown" : Err === undefined ? "running" : "rejected";
      return { ...task, asked, Status: { State, Err } };
    });
    return this.tasks;
  }
}
