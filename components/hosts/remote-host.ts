import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { RemoteServer } from "../settings/hosts";
import { ContainerHost, type ContainerHostArgs, type HostCommand, type HostCommandArgs } from "./container-host";
import { recordedEnvironment, type EngineAddress } from "./engine-address";
import { engineAddressOf } from "./readiness";
import { aliasOf, sshConfigPath } from "./ssh-config";

export interface RemoteHostArgs extends Omit<ContainerHostArgs, "hostName" | "os"> {
  server: RemoteServer;
  environment: string;
}

/**
 * A server that the user brings. Its engine is reached over SSH, or over TCP with mutual TLS; commands run on it over SSH.
 *
 * How to log in is in a configuration of OpenSSH that every run writes anew, and not in the state: another key or password
 * changes no resource, and what a command added is taken away over today's connection. All of it shares one connection.
 */
export class RemoteHost extends ContainerHost {
  readonly kind = "remote";
  readonly address: string;
  readonly engine: string;
  override readonly sshConfig: string;
  override readonly sshAlias: string;
  override readonly certPath?: string;
  override readonly user: string;
  override readonly credential: pulumi.Output<string>;
  readonly docker: docker.Provider;
  private readonly reached: EngineAddress;

  constructor(name: string, args: RemoteHostArgs, opts?: pulumi.ComponentResourceOptions) {
    const { server, environment, baseImage, lastStops } = args;
    const { name: hostName, os } = server;
    super("container-network-labs:hosts:RemoteHost", name, { hostName, os, baseImage, lastStops }, opts);
    this.reached = engineAddressOf(server, environment);
    this.address = server.address;
    this.engine = this.reached.engine;
    this.certPath = this.reached.certPath;
    this.sshConfig = sshConfigPath(environment);
    this.sshAlias = aliasOf(hostName, environment);
    this.user = server.user;
    this.credential = pulumi.secret(server.password ?? server.privateKeyPath!);
    this.docker = new docker.Provider(
      `${name}-docker`,
      this.certPath === undefined
        ? { host: this.engine, sshOpts: ["-F", this.sshConfig] }
        : { host: this.engine, certPath: this.certPath },
      { parent: this },
    );
    this.registerOutputs({ engine: this.engine, address: this.address });
  }

  /** On the server, by the shell that its user has. */
  command(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand {
    return this.run(name, { ...args, interpreter: ["ssh", "-F", this.sshConfig, this.sshAlias] }, opts);
  }

  program(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand {
    return this.run(name, { ...args, environment: recordedEnvironment(this.reached) }, opts);
  }
}
