import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { nthAddress } from "../../../components/network/address";
import type {
  CommandResult,
  HostCommand,
  HostedInstance,
  InstanceHosts,
} from "../../../tests/azure-simulator/instances/hosts";
import { UserError } from "../../command";
import { type Machine, thisMachine } from "../../setup/machine";
import type { Progress } from "../../terminal/progress";
import { bringBaseImage } from "../base-image";
import { ensureContainer, findContainers, type Stage } from "../container";
import { dockerOn } from "../docker";
import { ensureInstanceImage, instanceImageReference } from "../image";
import { nameOf } from "../labels";
import { ensureNetwork, subnetOf } from "../network";
import { removeContainers } from "../remove";
import { instanceContainer } from "./instance";
import { LoadBalancer } from "./load-balancer";

/** What a rehearsal's settings tell of where its machines are made. */
export interface InstanceHostsOptions {
  readonly environment: string;
  /** This machine's engine. */
  readonly dockerHost: string;
  /** What labs' images start from on it. */
  readonly baseImage: string;
  /** Folder of logs and of what is written down. */
  readonly folder: string;
}

/** What the simulated Azure makes its machines with; its settings name this module. */
export function hostsFor(options: InstanceHostsOptions): InstanceHosts {
  return new RehearsedInstances(options, writtenTo(join(options.folder, "machines.log")), thisMachine());
}

/** The plugin of a running update has no terminal of its own. */
function writtenTo(log: string): Progress {
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
  const line = (text: string): void => appendFileSync(log, `${new Date().toISOString()} ${text}\n`, { mode: 0o600 });
  return {
    line,
    step(title, work) {
      line(title);
      return work({ log, detail: () => undefined, outcome: (text) => line(`${title}: ${text}`) });
    },
  };
}

/** Instances that are containers with sshd and an engine of their own, behind a load balancer on this machine. */
export class RehearsedInstances implements InstanceHosts {
  private readonly stage: Stage;
  private readonly balancer: LoadBalancer;
  private subnet?: Promise<string>;

  constructor(
    private readonly options: InstanceHostsOptions,
    progress: Progress,
    private readonly machine: Machine,
  ) {
    const { environment, dockerHost, folder, baseImage } = options;
    const docker = dockerOn(dockerHost, machine);
    this.stage = { environment, docker, progress, signal: machine.signal };
    this.balancer = new LoadBalancer(this.stage, join(folder, "load-balancer"), instanceImageReference(baseImage));
  }

  async create(instance: HostedInstance): Promise<void> {
    if (instance.os === "windows") {
      throw new UserError("A rehearsal has no machines with Windows: they are previewed here, and made in Azure.");
    }
    const { stage, options, machine } = this;
    const wanted = instanceContainer(instance, await this.placement(instance), stage.docker);
    let found = await findContainers(stage.docker, stage.environment);
    if (found.get(wanted.name)?.spec !== wanted.identity) {
      // What has its name is another one's, or half-made: a new machine has a new disk.
      await removeContainers(stage.docker, stage.environment, [wanted.name]);
      found = new Map();
    }
    await ensureContainer(stage, wanted, found);
    await bringBaseImage(stage.progress, options, machine, wanted, options.baseImage);
    await this.publish(instance);
  }

  async publish(instance: HostedInstance): Promise<void> {
    const { address } = await this.placement(instance);
    await this.balancer.lead({ machine: instance.name, address, frontends: instance.frontends });
  }

  async run(instance: HostedInstance, { name, text, parameters }: HostCommand): Promise<CommandResult> {
    const { execa } = await import("execa");
    const container = nameOf(this.stage.environment, instance.name);
    // Their values are secrets, which are in no argument.
    const given = Object.keys(parameters).flatMap((key) => ["--env", key]);
    const args = ["-H", this.options.dockerHost, "exec", "--interactive", ...given, container];
    const { exitCode, stdout, stderr } = await execa("docker", [...args, "sh", "/etc/rehearsal/extension"], {
      env: { ...this.machine.env, ...parameters },
      input: text,
      reject: false,
      cancelSignal: this.machine.signal,
    });
    const result = { exitCode: exitCode ?? 1, output: stdout, error: stderr };
    this.log(`${instance.name}-${name}.log`, `${stdout}\n${stderr}\nexit code ${result.exitCode}\n`);
    return result;
  }

  async remove(instance: HostedInstance): Promise<void> {
    const { environment, docker } = this.stage;
    await this.prepared();
    await this.balancer.forget(instance.name);
    await removeContainers(docker, environment, [nameOf(environment, instance.name)]);
    rmSync(join(this.options.folder, "instances", instance.name), { recursive: true, force: true });
  }

  /** By the instance's number, which no other one ever has: what another one left behind is not in its way. */
  private async placement({ instanceId }: HostedInstance) {
    const { environment, baseImage, folder } = this.options;
    const FIRST = 4;
    const ROOM = 250;
    return {
      environment,
      image: instanceImageReference(baseImage),
      address: nthAddress(await this.prepared(), FIRST + (Number(instanceId) % ROOM)),
      folder: join(folder, "instances"),
    };
  }

  /** The subnet of the machines, once all is there that they are made from. */
  private prepared(): Promise<string> {
    const { docker, progress, environment } = this.stage;
    const prepare = async (): Promise<string> => {
      await ensureInstanceImage(progress, docker, this.options.baseImage);
      return subnetOf(docker, await ensureNetwork(docker, environment));
    };
    this.subnet ??= prepare().catch((error: unknown) => {
      this.subnet = undefined;
      throw error;
    });
    return this.subnet;
  }

  private log(file: string, text: string): void {
    const folder = join(this.options.folder, "logs");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    appendFileSync(join(folder, file), text, { mode: 0o600 });
  }
}
