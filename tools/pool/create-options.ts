import { createHash } from "node:crypto";
import type { ContainerCreateOptions, EndpointSettings } from "dockerode";
import type { InstanceData, PoolData, PoolIdentity } from "../../components/containers/container-pool";
import { label, labelsOf } from "../../components/labels";
import type { Wanted } from "./plan";

/** Seconds a container has to end by itself before it is killed. */
export const graceSeconds = 3;

/** The engine's ids of what the data calls by name. */
export interface EngineIds {
  readonly images: ReadonlyMap<string, string>;
  readonly networks: ReadonlyMap<string, string>;
}

/** A container as it should be, in the engine's terms. */
export interface WantedContainer extends Wanted {
  readonly options: ContainerCreateOptions;
  /** Its endpoints, by the network's id. Older engines make a container with the first alone. */
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
}

/** The labels that all containers, or services, of a pool have. */
export function poolLabels({ stack, lab, pool }: PoolIdentity): Record<string, string> {
  return { [label.stack]: stack, [label.lab]: lab, [label.pool]: pool };
}

/** All containers of a pool as they should be. Throws an Error for an image or a network whose id was not given. */
export function wantedContainers(data: PoolData, ids: EngineIds): WantedContainer[] {
  return Object.entries(data.instances).map(([name, instance]) => wanted(name, instance, data, ids));
}

function wanted(name: string, instance: InstanceData, pool: PoolIdentity, ids: EngineIds): WantedContainer {
  const { role, environment = {}, credentialSpec, ports = [] } = instance;
  const endpoints = Object.fromEntries(
    Object.entries(instance.endpoints).map(([network, { address, aliases = [] }]): [string, EndpointSettings] => [
      idOf("network", network, ids.networks),
      { IPAMConfig: { IPv4Address: address }, Aliases: [...aliases] },
    ]),
  );
  const [first] = Object.keys(endpoints);
  const portOf = ({ containerPort, protocol }: (typeof ports)[number]) => `${containerPort}/${protocol}`;
  const options: ContainerCreateOptions = {
    Image: idOf("image", instance.image, ids.images),
    Hostname: name,
    Cmd: instance.command && [...instance.command],
    Env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
    User: instance.user,
    Labels: { ...instance.labels, ...labelsOf(pool.stack, pool.lab, role), ...poolLabels(pool) },
    StopTimeout: graceSeconds,
    ExposedPorts: Object.fromEntries(ports.map((port) => [portOf(port), {}])),
    HostConfig: {
      NetworkMode: first,
      ExtraHosts: instance.hosts && [...instance.hosts],
      RestartPolicy: { Name: "unless-stopped" },
      SecurityOpt: credentialSpec === undefined ? undefined : [`credentialspec=${credentialSpec}`],
      PortBindings: Object.fromEntries(
        ports.map((port) => [
          portOf(port),
          // A container's port may be behind several of the host's.
          ports
            .filter((each) => portOf(each) === portOf(port))
            .map(({ address, hostPort }) => ({ HostIp: address, HostPort: String(hostPort) })),
        ]),
      ),
    },
    NetworkingConfig: { EndpointsConfig: { [first]: endpoints[first] } },
  };
  const hash = createHash("sha256")
    .update(JSON.stringify([options, endpoints]))
    .digest("hex");
  return { name, hash, endpoints, options: { ...options, name, Labels: { ...options.Labels, [label.spec]: hash } } };
}

/** The engine's id of what the data calls by name. Throws an Error for one whose id was not given. */
export function idOf(kind: string, name: string, ids: ReadonlyMap<string, string>): string {
  const id = ids.get(name);
  if (id === undefined) {
    throw new Error(`The id of ${kind} ${name} was not given.`);
  }
  return id;
}
