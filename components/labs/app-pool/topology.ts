import { lastUsable, offset } from "../../network/address";
import type { ContainerSpec, EndpointSpec, LabTopology, NetworkSpec } from "../../network/topology";
import type { HostOs } from "../lab";
import { portsSetting } from "./faults";
import { instancesOf, networksOf } from "./instances";
import type { AppPoolSettings } from "./settings";

/** The port that the application and the front door listen on inside their containers. */
export const webPort = 80;

/**
 * What the lab puts on a host: the instances on one network or two, as their ports have it, and the front door. On a
 * cluster it is the cluster that chooses the instances' hosts and addresses; the front door is on the first host.
 */
export function topology(settings: AppPoolSettings, os: HostOs, members?: readonly string[]): LabTopology {
  const declared = networkSpecs(settings, os, members !== undefined);
  const instances = members === undefined ? distinctInstances(settings) : instancesOf(settings);
  const placed = instances.map((instance) => ({
    instance,
    // On Windows one network has all places, and so has one on a cluster.
    network: declared[Math.min(instance.bridge, declared.length - 1)],
  }));
  const inUse = declared.filter(
    (each, i) => placed.some(({ network }) => network === each) || (i === 0 && !placed.length),
  );
  return {
    networks: inUse,
    containers: [
      ...placed.map(({ instance, network }): ContainerSpec => {
        const { name, port, address } = instance;
        return {
          name,
          role: "instance",
          image: "app",
          pool: "app-pool",
          ...(members === undefined
            ? { endpoints: [{ network: network.name, address, aliases: [] }] }
            : { endpoints: [], joins: [network.name] }),
          hostsEntries: [],
          ports: [published(settings.listen, port, portsSetting(settings))],
          setting: "name",
        };
      }),
      ...(settings.frontDoor.enabled ? [frontDoor(settings, inUse, members)] : []),
    ],
  };
}

/** Instances without a place of their own are told as a fault; taken along here, each would be one of its own as well. */
function distinctInstances(settings: AppPoolSettings) {
  return [...new Map(instancesOf(settings).map((instance) => [instance.address, instance])).values()];
}

function networkSpecs({ network }: AppPoolSettings, os: HostOs, onCluster: boolean): NetworkSpec[] {
  const { name, subnet } = network;
  // What is set is passed on even where there is no such thing, and the cross checks refuse it with the reason.
  const bridge = network.bridge ?? (os === "linux" && !onCluster ? "pool0" : undefined);
  return (onCluster ? [subnet] : networksOf(subnet, os)).map((each, i) => {
    const behind = i === 0 ? "" : String(i + 1);
    return {
      name: `${name}${behind}`,
      subnet: each,
      gateway: lastUsable(each),
      bridge: bridge && `${bridge}${behind}`,
      setting: "network",
    };
  });
}

/** Networks don't reach each other, so it is on all of them. */
function frontDoor(
  { frontDoor: { name, listen, port } }: AppPoolSettings,
  networks: readonly NetworkSpec[],
  members?: readonly string[],
): ContainerSpec {
  const joins = networks.map(({ name: network }) => network);
  return {
    name,
    role: "front-door",
    image: "front-door",
    // Among addresses that come and go with services, none stays free.
    ...(members !== undefined
      ? { endpoints: [], joins, member: members[0] }
      : { endpoints: networks.map(({ name: network, subnet }) => endpointOf(network, subnet)) }),
    hostsEntries: [],
    ports: [published(listen, port, "frontDoor.port")],
    setting: "frontDoor",
  };
}

function endpointOf(network: string, subnet: string): EndpointSpec {
  return { network, address: offset(lastUsable(subnet), -1), aliases: [] };
}

function published(address: string, hostPort: number, setting: string): ContainerSpec["ports"][number] {
  return { address, hostPort, containerPort: webPort, protocol: "tcp", setting };
}
