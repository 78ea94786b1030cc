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

  constructor(name: string, args: LocalHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:hosts:LocalHost", name, args, opts);
    this.engine = args.engine;
    this.docker = new docker.Provider(`${name}-docker`, { host: args.engine }, { parent: this });
    this.registerOutputs({ engine: this.engine, address: this.address });
  }

  command(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand {
    return this.run(name, { ...args, environment: { DOCKER_HOST: this.engine } }, opts);
  }

  /** The host is this machine. */
  program(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand {
    return this.command(name, args, opts);
  }
}
