import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ContainerHost, type ContainerHostArgs, type HostCommand, type HostCommandArgs } from "./container-host";

export interface LocalHostArgs extends ContainerHostArgs {
  /** What DOCKER_HOST would be: `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`. */
  engine: string;
}

/** This machine and the engine that its user's Docker client reaches. */
export class LocalHost extends ContainerHost {
  readonly kind = "local";
  /** Published ports listen where their setting says, by default on the loopback address only. */
  readonly address = "127.0.0.1";
  readonly engine: string;
  readonly docker: docker.Provider;
  private commands: pulumi.ProviderResource | undefined;

  constructor(name: string, args: LocalHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:hosts:LocalHost", name, args, opts);
    this.engine = args.engine;
    this.docker = new docker.Provider(`${name}-docker`, { host: args.engine }, { parent: this });
    this.registerOutputs({ engine: this.engine, address: this.address });
  }

  command(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand {
    // Loaded when a lab first needs it: the module costs a preview time that most labs have no use for.
    const command = require("@pulumi/command") as typeof import("@pulumi/command");
    this.commands ??= new command.Provider(`${this.hostName}-command`, {}, { parent: this });
    return new command.local.Command(
      name,
      {
        ...args,
        environment: { DOCKER_HOST: this.engine },
        // What a command reports is data, too long for a line on a terminal and for an environment variable.
        logging: "stderr",
        addPreviousOutputInEnv: false,
      },
      { parent: this, deleteBeforeReplace: true, provider: this.commands, ...opts },
    );
  }
  /** The host is this machine. */
  program(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand {
    return this.command(name, args, opts);
  }
}
