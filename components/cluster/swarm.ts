import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { addressOf } from "../hosts/access";
import { ContainerHost, type HostCommand, type HostCommandArgs } from "../hosts/container-host";
import { type EngineAddress, recordedEnvironment } from "../hosts/engine-address";
import { CLUSTER, type ClusterSettings } from "../settings/hosts/cluster";
import type { ClaimData, MemberData, SwarmData, SwarmReport } from "./data";
import { MemberPorts } from "./member-ports";
import { plannedMembers, type SwarmAddresses } from "./plan";

/** A host that is to be a member. */
export interface SwarmMember {
  readonly host: ContainerHost;
  /** Where the other members reach it; without it, its engine chooses. */
  readonly address?: string;
}

export interface SwarmArgs extends Pick<ClusterSettings, "publish"> {
  /** In the order of the settings: the first of them are the managers. */
  members: readonly SwarmMember[];
  encrypted: boolean;
  addresses: SwarmAddresses;
  /** Subnets in CIDR form of the networks that the labs declare on the cluster. */
  overlays: readonly string[];
  /** Subnets in CIDR form that the members are in, and nobody else: who may come to Swarm's own ports. */
  sources: readonly string[];
}

const swarm = "node tools/run.js swarm";

/**
 * Docker Swarm over an environment's hosts: what is declared on it is declared on one of its managers, once all hosts are
 * members. The tokens that hosts join with go from engine to engine and are nowhere kept; the key that unlocks the managers
 * once their engines were restarted is a secret of the state.
 *
 *     new Swarm(CLUSTER, { members: [{ host, address }], publish: "host", encrypted: true, addresses, … });
 */
export class Swarm extends ContainerHost {
  readonly kind = CLUSTER;
  readonly address: pulumi.Input<string>;
  readonly engine: pulumi.Output<string>;
  override readonly sshConfig?: string;
  override readonly certPath?: string;
  readonly docker: docker.Provider;
  override readonly members: readonly ContainerHost[];
  override readonly madeOnIt: ContainerHost["madeOnIt"];
  /** Where a published port is reached: on the host that the instance is on, or on all. */
  readonly publish: ClusterSettings["publish"];
  /** Whether what containers on different hosts say to each other is encrypted. */
  readonly encrypted: boolean;
  /** All members' engines, once they are members: for programs that have to do with each of them. */
  readonly engines: pulumi.Output<readonly MemberData[]>;
  /** What unlocks a manager whose engine was restarted; a secret. */
  readonly unlockKey: pulumi.Output<string>;

  constructor(name: string, args: SwarmArgs, opts?: pulumi.ComponentResourceOptions) {
    const [{ host: manager }] = args.members;
    const { os, baseImage } = manager;
    super(
      "container-network-labs:cluster:Swarm",
      name,
      { hostName: CLUSTER, os, baseImage, lastStops: new Map() },
      opts,
    );
    this.members = args.members.map(({ host }) => host);
    this.madeOnIt = manager.madeOnIt;
    this.publish = args.publish;
    this.encrypted = args.encrypted;
    const claims = args.members.map((member) => this.claim(name, member, args));
    const members = membersOf(args.members);
    const stdin = pulumi
      .output(members)
      .apply((all): SwarmData => ({ stack: pulumi.getStack(), members: all, addresses: args.addresses.overlays }))
      .apply((data) => JSON.stringify(data));
    // An engine that has another id is another machine, whatever its address, and has to join anew.
    const ids = pulumi
      .all(claims.map(({ claim: { stdout } }) => stdout))
      .apply((all) => all.map((id) => ` --engine ${id.trim()}`));
    const applied = this.run(
      `${name}-members`,
      { create: ids.apply((all) => `${swarm} apply${all.join("")}`), stdin },
      { dependsOn: claims.map(({ claim }) => claim) },
    );
    claims.forEach(({ ports }) => ports.close([applied]));
    const report = applied.stdout.apply((text) => JSON.parse(text) as SwarmReport);
    const key = this.run(
      `${name}-key`,
      { create: `${swarm} key`, stdin, triggers: [report.swarm] },
      { dependsOn: applied, additionalSecretOutputs: ["stdout"] },
    );
    this.unlockKey = pulumi.secret(key.stdout);
    this.engines = pulumi.all([pulumi.output(members), report]).apply(([all]) => all);
    const speaker = this.engines.apply(([{ engine }]) => engine);
    this.address = manager.address;
    this.engine = speaker.apply(({ engine }) => engine);
    this.sshConfig = manager.certPath === undefined ? manager.sshConfig : undefined;
    this.certPath = manager.certPath;
    this.docker = new docker.Provider(
      `${name}-docker`,
      {
        host: this.engine,
        ...(this.certPath === undefined ? {} : { certPath: this.certPath }),
        ...(this.sshConfig === undefined ? {} : { sshOpts: ["-F", this.sshConfig] }),
      },
      { parent: this },
    );
    this.registerOutputs({ swarm: report.swarm, members: report.members, unlockKey: this.unlockKey });
  }

  /** On the first manager itself. */
  command(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand {
    return this.members[0].command(name, args, { ...opts, dependsOn: [this.docker, ...dependencies(opts)] });
  }

  program(name: string, args: HostCommandArgs, opts?: pulumi.CustomResourceOptions): HostCommand {
    const speaker: pulumi.Output<EngineAddress> = this.engines.apply(([{ engine }]) => engine);
    return this.run(name, { ...args, environment: speaker.apply(recordedEnvironment) }, opts);
  }

  /**
   * Recorded before a host is a member: whatever becomes of the others, this takes it out. Swarm's ports are closed to all
   * but the members before anything listens there.
   */
  private claim(name: string, { host, address }: SwarmMember, { addresses, sources, overlays }: SwarmArgs) {
    const own = `${name}-${host.hostName}`;
    const ports = new MemberPorts(`${own}-ports`, { host, sources, overlays, address }, { parent: this });
    const data: ClaimData = {
      ...{ stack: pulumi.getStack(), member: host.hostName },
      ...(host.os === "linux" ? { bridge: addresses.bridge } : {}),
    };
    const claim = host.program(
      own,
      { create: `${swarm} claim`, delete: `${swarm} leave`, stdin: JSON.stringify(data) },
      { parent: this, dependsOn: ports.admitted },
    );
    return { claim, ports };
  }
}

function membersOf(members: readonly SwarmMember[]): pulumi.Input<pulumi.Input<MemberData>[]> {
  const planned = plannedMembers(members.map(({ host }) => ({ name: host.hostName })));
  return members.map(({ host, address }, i) =>
    addressOf(host).apply((engine) => ({ ...planned[i], engine, ...(address === undefined ? {} : { address }) })),
  );
}

function dependencies({ dependsOn = [] }: pulumi.CustomResourceOptions = {}): pulumi.Input<pulumi.Resource>[] {
  return [dependsOn].flat() as pulumi.Input<pulumi.Resource>[];
}
