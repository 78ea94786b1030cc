import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../hosts/container-host";
import { labelList, labelsOf } from "../labels";
import { Acl } from "../network/acl";
import type { Network } from "../network/network";
import { NetworkStack } from "../network/network-stack";
import type { ContainerSpec } from "../network/topology";
import type { Run } from "./run";

export interface ContainerArgs extends Run {
  /** The lab it belongs to. */
  lab: string;
  host: ContainerHost;
  spec: ContainerSpec;
  /** The networks its endpoints name, by Docker's name of the network. */
  networks: ReadonlyMap<string, Network>;
  /** The container whose network stack it shares, if its spec says so. */
  stackOwner?: Container;
  /** What has to be there before it is. */
  after?: pulumi.Resource[];
}

/** Changes that the provider would report as done without doing them, so they replace the container instead. */
const ignoredByUpdate = ["healthcheck", "tmpfs", "init", "cpuQuota", "cpuPeriod"];

/** Seconds a container has to end by itself before it is killed. */
const graceSeconds = 3;

/**
 * A container of a lab with its endpoints, their ACLs and the rest of its network stack, as its {@link ContainerSpec} says.
 *
 *     new Container("docker-networks-chat-server", { lab, host, spec, image, networks }, { parent: this });
 */
export class Container extends pulumi.ComponentResource {
  /** The engine's id: new whenever the container is made anew. */
  readonly containerId: pulumi.Output<string>;
  /** Its endpoints that have an ACL, by Docker's name of the network. */
  readonly endpoints: Readonly<Record<string, Acl>>;

  constructor(name: string, args: ContainerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:containers:Container", name, {}, { providers: [args.host.docker], ...opts });
    const { spec } = args;
    const container = new docker.Container(
      name,
      {
        name: spec.name,
        image: args.image.imageId,
        command: args.command,
        user: args.user,
        securityOpts: args.credentialSpec === undefined ? undefined : [`credentialspec=${args.credentialSpec}`],
        envs: Object.entries(args.environment ?? {}).map(([key, value]) => `${key}=${value}`),
        uploads: args.files && Object.entries(args.files).map(([file, content]) => ({ file, content })),
        ...wiring(args),
        labels: labelList({ ...spec.labels, ...labelsOf(pulumi.getStack(), args.lab, spec.role) }),
        restart: "unless-stopped",
        mustRun: true,
        destroyGraceSeconds: graceSeconds,
      },
      // A component's own dependencies are not its children's.
      {
        parent: this,
        dependsOn: args.after,
        deleteBeforeReplace: true,
        replaceOnChanges: ignoredByUpdate,
        ...args.host.madeOnIt,
      },
    );
    this.containerId = container.id;
    const wired = { host: args.host, container };
    if (spec.stack !== undefined) {
      new NetworkStack(`${name}-stack`, { ...wired, spec: spec.stack }, { parent: this });
    }
    this.endpoints = Object.fromEntries(
      spec.endpoints
        .filter(({ acl = [] }) => acl.length > 0)
        .map((endpoint) => {
          const acl = new Acl(`${name}-${endpoint.network}-acl`, { ...wired, endpoint }, { parent: this });
          return [endpoint.network, acl];
        }),
    );
    this.registerOutputs({ containerId: this.containerId });
  }
}

function wiring(args: ContainerArgs): Partial<docker.ContainerArgs> {
  const { spec, stackOwner } = args;
  if (spec.sharesStackOf !== undefined) {
    if (stackOwner === undefined) {
      throw new Error(`container ${spec.name} shares the stack of ${spec.sharesStackOf}, which was not given`);
    }
    // By id: were the owner made anew under the same name, the name would leave this one in a dead namespace.
    return { networkMode: pulumi.interpolate`container:${stackOwner.containerId}` };
  }
  return {
    // Never left out: engines name their default differently, and the difference shows up as a change.
    networkMode: args.host.os === "windows" ? "nat" : "bridge",
    hostname: spec.name,
    networksAdvanced: [
      ...spec.endpoints.map(({ network, address, aliases }) => ({
        name: networkId(args, network),
        ipv4Address: address,
        aliases: [...aliases],
      })),
      ...(spec.joins ?? []).map((network) => ({ name: networkId(args, network) })),
    ],
    hosts: spec.hostsEntries.map((entry) => ({ host: entry.name, ip: entry.address })),
    ports: spec.ports.map((port) => ({
      internal: port.containerPort,
      external: port.hostPort,
      ip: port.address,
      protocol: port.protocol,
    })),
  };
}

function networkId({ spec, networks }: ContainerArgs, name: string): pulumi.Output<string> {
  const network = networks.get(name);
  if (network === undefined) {
    throw new Error(`container ${spec.name} has an endpoint on ${name}, which was not given`);
  }
  return network.networkId;
}
