import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ContainerHost, type ContainerHostArgs, type HostCommand, type HostCommandArgs } from "./container-host";
import { type EngineAddress, recordedEnvironment } from "./engine-address";
import { type RecordedHost, scaleSetHostType } from "./recorded-host";
import { certPathOf, keyPathOf } from "./scale-set-access";
import { engineAddressOf } from "./readiness";
import { aliasOf, sshConfigPath } from "./ssh-config";

/** The machine that a host of a scale set is at present. It was ready when this was told. */
export interface ReachedMachine extends RecordedHost {
  /** When its containers of this stack were last stopped, by id. */
  readonly lastStops: Readonly<Record<string, string>>;
}

export interface ScaleSetHostArgs extends Omit<ContainerHostArgs, "lastStops"> {
  environment: string;
  user: string;
  /** Once the machine is ready; unknown in a preview that comes before it. */
  reached: pulumi.Output<ReachedMachine>;
}

/**
 * A host that is a machine of a scale set, behind a port of its load balancer or a tunnel. What is declared on it
 * waits until the machine is ready, and goes with it: whatever Azure has taken away, nothing is asked of.
 */
export class ScaleSetHost extends ContainerHost {
  readonly kind = "scale-set";
  readonly address: pulumi.Output<string>;
  readonly engine: pulumi.Output<string>;
  override readonly sshConfig: string;
  override readonly sshAlias: string;
  override readonly certPath: string;
  override readonly user: string;
  override readonly credential: pulumi.Output<string>;
  override readonly madeOnIt = { deletedWith: this };
  readonly docker: docker.Provider;
  private readonly reached: pulumi.Output<ReachedMachine>;
  private readonly engineAddress: pulumi.Output<EngineAddress>;

  constructor(name: string, args: ScaleSetHostArgs, opts?: pulumi.ComponentResourceOptions) {
    const { environment, reached, ...rest } = args;
    super(scaleSetHostType, name, { ...rest, lastStops: new Map() }, opts);
    this.reached = reached;
    this.engineAddress = reached.apply(({ server }) => engineAddressOf(server, environment));
    this.address = reached.apply(({ server }) => server.published ?? server.address);
    this.engine = this.engineAddress.apply(({ engine }) => engine);
    this.certPath = certPathOf(environment);
    this.sshConfig = sshConfigPath(environment);
    this.sshAlias = aliasOf(this.hostName, environment);
    this.user = args.user;
    this.credential = pulumi.secret(keyPathOf(environment));
    this.docker = new docker.Provider(
      `${name}-docker`,
      { host: this.engine, certPath: this.certPath },
      { parent: this },
    );
    this.registerOutputs({
      engine: this.engine,
      address: this.address,
      // What it has stopped is asked at every run, and no news.
      recorded: reached.apply(({ server, machine, credentials }): RecordedHost => ({ server, machine, credentials })),
    });
  }

  override generationOf(containerId: string): pulumi.Output<string> {
    return this.reached.apply(({ lastStops }) => lastStops[containerId] ?? "never");
  }

  /** On the machine, by the shell that its user has. */
  command(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand {
    const interpreter = this.reached.apply(() => ["ssh", "-F", this.sshConfig, this.sshAlias]);
    return this.run(name, { ...args, interpreter }, opts);
  }

  program(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand {
    return this.run(name, { ...args, environment: this.engineAddress.apply(recordedEnvironment) }, opts);
  }
}
