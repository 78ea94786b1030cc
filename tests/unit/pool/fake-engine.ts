import type Docker from "dockerode";
import type { ContainerCreateOptions, ContainerInfo } from "dockerode";
import { setTimeout as sleep } from "node:timers/promises";
import type { WantedContainer } from "../../../tools/pool/create-options";
import { listed } from "./support";

/** An engine in memory, with what of it a pool uses. It takes a moment for everything and keeps a record. */
export class FakeEngine {
  /** What it did, as `create app-8090`. */
  readonly log: string[] = [];
  readonly containers = new Map<string, ContainerInfo>();
  /** The most that were on their way down and up again at once. */
  mostAway = 0;
  /** Decides whether something fails: called with what the log would get. */
  fails: (what: string) => Error | undefined = () => undefined;
  private readonly wanted = new Map<string, WantedContainer>();
  private made = 0;

  constructor(wanted: readonly WantedContainer[], found: readonly ContainerInfo[] = []) {
    this.intend(wanted);
    found.forEach((each) => this.containers.set(each.Id, each));
  }

  /** Makes these known, for a container is made from its options alone. */
  intend(wanted: readonly WantedContainer[]): void {
    wanted.forEach((each) => this.wanted.set(each.name, each));
  }

  get names(): string[] {
    return [...this.containers.values()].map(({ Names }) => Names[0].slice(1)).sort();
  }

  get docker(): Docker {
    return {
      listContainers: async () => [...this.containers.values()],
      createContainer: (options: ContainerCreateOptions) => this.create(options.name!),
      getContainer: (id: string) => this.container(id),
      getNetwork: (network: string) => ({
        connect: ({ Container }: { Container: string }) => this.does(`connect ${Container} ${network}`),
      }),
    } as unknown as Docker;
  }

  private async create(name: string) {
    await this.does(`create ${name}`);
    const Id = `${name}-${++this.made}`;
    this.containers.set(Id, listed(this.wanted.get(name)!, "created", { Id }));
    return this.container(Id);
  }

  private container(id: string) {
    const name = () => this.containers.get(id)?.Names[0].slice(1);
    return {
      id,
      start: async () => {
        await this.does(`start ${name()}`);
        this.containers.set(id, listed(this.wanted.get(name()!)!, "running", { Id: id }));
      },
      stop: () => this.does(`stop ${name()}`),
      remove: async () => {
        await this.does(`remove ${name()}`);
        this.containers.delete(id);
        this.mostAway = Math.max(this.mostAway, this.wanted.size - this.containers.size);
      },
    };
  }

  private async does(what: string): Promise<void> {
    this.log.push(what);
    await sleep(1);
    const error = this.fails(what);
    if (error !== undefined) {
      throw error;
    }
  }
}

/** An error as the engine's library throws them. */
export function engineError(statusCode: number, message: string): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) - ${message}`), { statusCode, json: { message } });
}
