import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock, writeAtomically } from "../../../tests/azure-simulator/arm/lock";
import { UserError } from "../../command";
import { CommandError } from "../../processes";
import { ensureContainer, findContainers, type Stage, type Wanted } from "../container";
import type { Docker } from "../docker";
import { nameOf } from "../labels";
import { type Balanced, balancing } from "./balancing";

const script = "/etc/rehearsal/load-balancer";

/** How long it has to take other settings, in ms. */
const TAKE_MS = 30_000;

/** The load balancer's part in its rehearsal. No instance has this name: theirs end with a number. */
const part = "load-balancer";

/** Docker's name of an environment's load balancer. */
export function balancerName(environment: string): string {
  return nameOf(environment, part);
}

/** The container that is the load balancer, on this machine's own addresses. */
export function balancerContainer(environment: string, image: string, docker: Docker): Wanted {
  const name = balancerName(environment);
  return {
    title: "load balancer",
    name,
    image,
    network: "host",
    options: [],
    command: ["sh", script],
    files: {},
    async ready() {
      await docker(["exec", name, "test", "-S", "/run/load-balancer-console.sock"], { timeout: 10_000 });
    },
  };
}

/**
 * Keeps the load balancer of an environment at what its machines' frontends are. Several processes may do so at once.
 * Without a machine there is none.
 */
export class LoadBalancer {
  /**
   * @param folder Where it is written down what leads where.
   * @param image What it is made from; it has to be there.
   */
  constructor(
    private readonly stage: Stage,
    private readonly folder: string,
    private readonly image: string,
  ) {}

  /** Has exactly these ports lead to a machine, and returns once they do. */
  async lead(balanced: Balanced): Promise<void> {
    await this.change(() => writeAtomically(this.fileOf(balanced.machine), JSON.stringify(balanced, undefined, 2)));
  }

  /** Has no port lead to a machine any more. */
  async forget(machine: string): Promise<void> {
    await this.change(() => rmSync(this.fileOf(machine), { force: true }));
  }

  private fileOf(machine: string): string {
    return join(this.folder, `${machine}.json`);
  }

  private async change(change: () => void): Promise<void> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    await withLock(join(this.folder, "lock"), async () => {
      change();
      const files = readdirSync(this.folder).filter((file) => file.endsWith(".json"));
      const machines = files.map((file) => JSON.parse(readFileSync(join(this.folder, file), "utf8")) as Balanced);
      await this.balance(machines);
    });
  }

  private async balance(machines: readonly Balanced[]): Promise<void> {
    const { docker, environment } = this.stage;
    const found = await findContainers(docker, environment);
    const wanted = balancerContainer(environment, this.image, docker);
    if (machines.length > 0) {
      await ensureContainer(this.stage, wanted, found);
      await this.take(wanted.name, balancing(machines));
    } else if (found.has(wanted.name)) {
      await docker(["container", "rm", "--force", wanted.name]);
    }
  }

  private async take(name: string, settings: string): Promise<void> {
    const { docker } = this.stage;
    try {
      await docker(["exec", "--interactive", name, "sh", script, "take"], { input: settings, timeout: TAKE_MS });
    } catch (error) {
      if (error instanceof CommandError) {
        throw new UserError(
          `The rehearsal's load balancer could not open its ports: ${error.message}\n` +
            `Where a port is taken on this machine, end what has it; what the load balancer says: docker logs ${name}`,
        );
      }
      throw error;
    }
  }
}
