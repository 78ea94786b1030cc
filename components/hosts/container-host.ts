import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { HostOs } from "../labs/lab";

/** A command on a host, in the terms that command.local.Command and command.remote.Command share. */
export interface HostCommandArgs {
  /** Runs when the resource is created, and again when an input changes and there is no `update`. */
  create: pulumi.Input<string>;
  update?: pulumi.Input<string>;
  /** Takes away what `create` added, quietly if it is gone already. */
  delete?: pulumi.Input<string>;
  /** Data for the command. Secrets travel here and in no argument. */
  stdin?: pulumi.Input<string>;
  /** A change of any of these replaces the command: `delete`, then `create`. */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
}

/** What every kind of host is made from. */
export interface ContainerHostArgs {
  /** The name that settings, topology and checks know the host by. */
  hostName: string;
  os: HostOs;
  /** Build argument `BASE`: the image that the labs' own images start from; empty where the Dockerfile says it. */
  baseImage: Readonly<Record<string, string>>;
  /** When containers of this stack that the engine has were last stopped, by id; none for one that never was. */
  lastStops: ReadonlyMap<string, string>;
}

/** A command on a host, once it is declared. */
export type HostCommand = pulumi.CustomResource & { readonly stdout: pulumi.Output<string> };

/**
 * A machine with a container engine. Labs work with this and never ask which kind it is: they get an engine's provider,
 * an operating system that decides the dialect, and a way to run a command on the machine itself.
 */
export abstract class ContainerHost extends pulumi.ComponentResource {
  readonly hostName: string;
  readonly os: HostOs;
  /** Build argument `BASE`: the image that the labs' own images start from; empty where the Dockerfile says it. */
  readonly baseImage: Readonly<Record<string, string>>;
  private readonly lastStops: ReadonlyMap<string, string>;
  private commands: pulumi.ProviderResource | undefined;
  /** `local`, `remote`, `scale-set`; or `cluster`, of such. */
  abstract readonly kind: string;
  /** The hosts of a cluster, managers first. */
  readonly members?: readonly ContainerHost[];
  /** How a user of this machine reaches what the host's containers publish: an address or a name. */
  abstract readonly address: pulumi.Input<string>;
  /** What DOCKER_HOST would be for this host's engine. */
  abstract readonly engine: pulumi.Input<string>;
  /** For an engine at `ssh://`, and for commands on any remote host: see {@link EngineAddress}. */
  readonly sshConfig?: string;
  /** For an engine at `tcp://`: see {@link EngineAddress}. */
  readonly certPath?: string;
  /** The name that `sshConfig` knows the host by; none for this machine. */
  readonly sshAlias?: string;
  /** Who logs in on the host; none for this machine. */
  readonly user?: string;
  /** Whom it is by: the path of a private key, or a password; a secret. None for this machine. */
  readonly credential?: pulumi.Output<string>;
  /** The engine. Every Docker resource of a lab is made through it; there is no default one to fall back on. */
  abstract readonly docker: docker.Provider;
  /** Options of everything that is made on the host: whether it goes with the host, so that nothing need be removed there. */
  readonly madeOnIt: Pick<pulumi.CustomResourceOptions, "deletedWith"> = {};

  protected constructor(type: string, name: string, args: ContainerHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    this.hostName = args.hostName;
    this.os = args.os;
    this.baseImage = args.baseImage;
    this.lastStops = args.lastStops;
  }

  /**
   * What changes when a container is restarted, and with it all that was applied to its network stack. A container that
   * is yet to be made has never been stopped, and neither has it at the next run, which therefore changes nothing.
   */
  generationOf(containerId: string): pulumi.Input<string> {
    return this.lastStops.get(containerId) ?? "never";
  }

  /** Runs a command on the host, with `deleteBeforeReplace`, so that a replaced command's `delete` cannot undo the new one. */
  abstract command(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand;

  /**
   * Runs a program of this project, which is not on the host, on this machine: `node tools/run.js …`. Its environment tells
   * it the host's engine; `addressIn` of engine-address.ts reads it. Otherwise like {@link command}.
   */
  abstract program(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand;

  /** A command of this machine, for which each kind of host says how it gets to where it is meant to run. */
  protected run(
    name: string,
    args: HostCommandArgs & {
      interpreter?: pulumi.Input<string[]>;
      environment?: pulumi.Input<Record<string, string>>;
    },
    opts?: pulumi.CustomResourceOptions,
  ): HostCommand {
    // Loaded when a lab first needs it: the module costs a preview time that most labs have no use for.
    const command = require("@pulumi/command") as typeof import("@pulumi/command");
    this.commands ??= new command.Provider(`${this.hostName}-command`, {}, { parent: this });
    return new command.local.Command(
      name,
      // What a command reports is data, too long for a line on a terminal and for an environment variable.
      { ...args, logging: "stderr", addPreviousOutputInEnv: false },
      { parent: this, deleteBeforeReplace: true, provider: this.commands, ...this.madeOnIt, ...opts },
    );
  }
}
