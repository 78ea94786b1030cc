import * as pulumi from "@pulumi/pulumi";
import { isSwarm } from "../cluster/is-swarm";
import type { ContainerHost } from "../hosts/container-host";
import type { Network } from "../network/network";
import type { ContainerSpec } from "../network/topology";
import type { Run } from "./run";

/** What an instance of a pool runs. It has no files of its own: they are in its image. */
export type InstanceRun = Omit<Run, "files">;

export interface ContainerPoolArgs {
  /** The lab it belongs to. */
  lab: string;
  host: ContainerHost;
  /** The pool's name, unique in its lab. */
  pool: string;
  instances: readonly { readonly spec: ContainerSpec; readonly run: InstanceRun }[];
  /** The networks its instances have endpoints on, by Docker's name of the network. */
  networks: ReadonlyMap<string, Network>;
  /** What has to be there before its containers are. */
  after?: pulumi.Resource[];
}

/** Which containers are a pool's: the labels that all of them carry. */
export interface PoolIdentity {
  readonly stack: string;
  readonly lab: string;
  readonly pool: string;
}

/** How services of a swarm publish ports. */
export interface SwarmPorts {
  /** On the host that an instance is on, or on every host, which takes IPVS in their kernels. */
  readonly publish: "host" | "ingress";
}

/** What `tools/run.js pool remove` reads: the pool's containers on a network. */
export interface PoolPart extends PoolIdentity {
  /** Docker's name of it. */
  readonly network: string;
  /** Where the instances are services. */
  readonly swarm?: SwarmPorts;
}

/** What `tools/run.js pool apply` reads: plain values, whose difference a preview shows before anything is there. */
export interface PoolData extends PoolIdentity {
  /** Where the instances are services. */
  readonly swarm?: SwarmPorts;
  /** By Docker's name of the container. */
  readonly instances: Readonly<Record<string, InstanceData>>;
}

/** What is not said, an instance does not have. */
export interface InstanceData {
  readonly role: string;
  /** Name and tag. */
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly credentialSpec?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** By Docker's name of the network. A service has no address of its own: its swarm gives it one. */
  readonly endpoints: Readonly<Record<string, { readonly address?: string; readonly aliases?: readonly string[] }>>;
  /** Lines of its hosts file, `name:address`. */
  readonly hosts?: readonly string[];
  readonly ports?: readonly Omit<ContainerSpec["ports"][number], "setting">[];
}

/** What `tools/run.js pool apply` prints: what it did, by container's name. */
export interface PoolReport {
  readonly changed: boolean;
  /** Made, or made anew. */
  readonly created: readonly string[];
  /** Stopped ones that run again. */
  readonly started: readonly string[];
  readonly removed: readonly string[];
  /** How many were as declared. */
  readonly kept: number;
  /** A hash of all containers' ids: another one whenever a container is made anew. */
  readonly containers: string;
}

const pool = "node tools/run.js pool";

/**
 * Many containers of a lab as one resource, so that a thousand of them cost no thousand: made, replaced a few at a time,
 * and removed by one program that compares what runs with what is declared. The containers of the instances that did not
 * change are left alone. On a swarm each of them is a service, and comes up on another host when its own is lost.
 *
 *     new ContainerPool("app-pool-instances", { lab, host, pool: "app-pool", instances, networks }, { parent: this });
 */
export class ContainerPool extends pulumi.ComponentResource {
  /** New whenever one of the containers is made anew. */
  readonly containers: pulumi.Output<string>;

  constructor(name: string, args: ContainerPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:containers:ContainerPool", name, {}, opts);
    const { lab, host, instances } = args;
    const swarm = isSwarm(host) ? { swarm: { publish: host.publish } } : {};
    const identity = { stack: pulumi.getStack(), lab, pool: args.pool, ...swarm };
    const data: PoolData = {
      ...identity,
      instances: Object.fromEntries(instances.map(({ spec, run }) => [spec.name, instanceData(spec, run)])),
    };
    const images = [...new Set(instances.map(({ run }) => run.image))];
    const networks = usedNetworks(args);
    // Recorded before the first container is there: whatever becomes of the other command, these take all away. One for
    // each network, which can only be made anew once nothing is on it: what is on the others stays where it is.
    const claims = networks.map(([on, network]) =>
      host.program(
        `${name}-claim-${on}`,
        {
          create: "exit 0",
          delete: `${pool} remove`,
          stdin: JSON.stringify({ ...identity, network: on } satisfies PoolPart),
          triggers: [network.networkId],
        },
        { parent: this, dependsOn: [...images, network, ...(args.after ?? [])] },
      ),
    );
    const options = pulumi.all([
      ...images.map(({ reference, imageId }) => pulumi.interpolate`--image ${reference}=${imageId}`),
      ...networks.map(([network, { networkId }]) => pulumi.interpolate`--network ${network}=${networkId}`),
    ]);
    const command = host.program(
      `${name}-containers`,
      // The engine's ids travel here and not with the data: a preview may not know them yet, and would show none of it.
      { create: options.apply((all) => [`${pool} apply`, ...all].join(" ")), stdin: JSON.stringify(data) },
      { parent: this, dependsOn: claims },
    );
    this.containers = command.stdout.apply((text) => (JSON.parse(text) as PoolReport).containers);
    this.registerOutputs({ containers: this.containers });
  }
}

function usedNetworks({ instances, networks }: ContainerPoolArgs): [string, Network][] {
  const names = new Set(
    instances.flatMap(({ spec: { endpoints, joins = [] } }) => [...endpoints.map(({ network }) => network), ...joins]),
  );
  return [...names].map((name) => {
    const network = networks.get(name);
    if (network === undefined) {
      throw new Error(`a pool has endpoints on ${name}, which was not given`);
    }
    return [name, network];
  });
}

function instanceData(spec: ContainerSpec, run: InstanceRun): InstanceData {
  const { endpoints, joins = [], stack, sharesStackOf, labels = {}, hostsEntries, ports } = spec;
  if (stack !== undefined || sharesStackOf !== undefined || endpoints.some(({ acl = [] }) => acl.length > 0)) {
    throw new Error(`container ${spec.name} has a network stack of its own making, which a pool knows nothing of`);
  }
  if (endpoints.length + joins.length === 0) {
    throw new Error(`container ${spec.name} is on no network, which in a pool it has to be`);
  }
  if ("files" in run && run.files !== undefined) {
    throw new Error(`container ${spec.name} has files, which a pool does not write`);
  }
  const { image, command, environment = {}, user, credentialSpec } = run;
  return {
    role: spec.role,
    image: image.reference,
    command,
    environment: orNothing(environment),
    user,
    credentialSpec,
    labels: orNothing(labels),
    endpoints: Object.fromEntries([
      ...endpoints.map(({ network, address, aliases }) => [network, { address, aliases: orNothing(aliases) }] as const),
      ...joins.map((network) => [network, {}] as const),
    ]),
    hosts: orNothing(hostsEntries.map(({ name, address }) => `${name}:${address}`)),
    ports: orNothing(
      ports.map(({ address, hostPort, containerPort, protocol }) => ({ address, hostPort, containerPort, protocol })),
    ),
  };
}

/** JSON leaves out what is undefined, and a preview's difference is the shorter. */
function orNothing<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}
