import { lastUsable, networkOf } from "../../network/address";
import { addressesOfHosts } from "../../settings/cross-checks/overlay";
import type { ContainerSpec, EndpointSpec, LabTopology, NetworkSpec } from "../../network/topology";
import type { HostOs } from "../lab";
import { clientsOf } from "./clients";
import { clientsThatFit } from "./faults";
import { firstRange, webNetwork, type DockerNetworksSettings, type NetworkSettings } from "./settings";

export { clientsOf } from "./clients";

/** The port that the web server listens on inside its container. */
export const webPort = 80;

/**
 * What the lab puts on a host: the chat and, on Linux on a network of its own, the web server with its neighbours. On a
 * cluster each half's server is on one of the hosts, and who asks it on the others.
 */
export function topology(settings: DockerNetworksSettings, os: HostOs, members?: readonly string[]): LabTopology {
  const chat = networkSpec(settings.chat.network, os, members, "chat");
  // A Windows host has a single nat network, so there the web server joins the chat's, unless a setting insists.
  const declared = settings.web.network ?? (os === "linux" ? webNetwork.parse({}) : undefined);
  const web = declared && networkSpec(declared, os, members, "web");
  return {
    networks: web === undefined ? [chat] : [chat, web],
    containers: [
      ...spread(chatContainers(settings, chat.name), members),
      // It begins with another host, so that not both servers are on the first.
      ...spread(webContainers(settings, (web ?? chat).name), members && [...members.slice(1), ...members.slice(0, 1)]),
    ],
  };
}

/** The server on the first host of a cluster and its askers on the others; a network stack is shared on one host. */
function spread(containers: ContainerSpec[], [first, ...others]: readonly string[] = []): ContainerSpec[] {
  if (first === undefined) {
    return containers;
  }
  const hosts = others.length === 0 ? [first] : others;
  const owners = containers.filter(({ sharesStackOf }) => sharesStackOf === undefined).map(({ name }) => name);
  return containers.map((container) => {
    const place = owners.indexOf(container.sharesStackOf ?? container.name);
    return { ...container, member: place === 0 ? first : hosts[(place - 1) % hosts.length] };
  });
}

function networkSpec(
  settings: NetworkSettings,
  os: HostOs,
  members: readonly string[] | undefined,
  half: "chat" | "web",
): NetworkSpec {
  const { name, subnet, gateway } = settings;
  const standard =
    members !== undefined
      ? { ipRange: rangeOfHosts(subnet, members.length) }
      : os === "linux"
        ? { ipRange: firstRange(subnet), bridge: `${half}0` }
        : {};
  return {
    name,
    subnet,
    gateway,
    // What is set is passed on even where there is no such thing, and the cross checks refuse it with the reason.
    ...standard,
    ...(settings.ipRange === undefined ? {} : { ipRange: settings.ipRange }),
    ...(settings.bridge === undefined ? {} : { bridge: settings.bridge }),
    setting: `${half}.network`,
  };
}

/** The end of a subnet, far from the containers, with room for the address that a swarm gives each of its hosts there. */
function rangeOfHosts(subnet: string, hosts: number): string {
  const prefix = Math.max(
    Number(subnet.split("/")[1]),
    Math.min(28, 32 - Math.ceil(Math.log2(addressesOfHosts(hosts)))),
  );
  return networkOf(`${lastUsable(subnet)}/${prefix}`);
}

function chatContainers(settings: DockerNetworksSettings, network: string): ContainerSpec[] {
  const { server, clients } = settings.chat;
  // Clients without an address or a name of their own are told as faults of `count` and `names`; taken along here, each
  // would be a fault of its own as well.
  const count = Math.min(clients.count, clientsThatFit(settings));
  const distinct = new Map(clientsOf({ ...clients, count }).map((client) => [client.container, client]));
  return [
    {
      ...container("chat-server", server.name, "chat.server"),
      endpoints: [endpoint(network, server.address)],
    },
    ...[...distinct.values()].map((client) => ({
      ...container("chat-client", client.container, "chat.clients"),
      endpoints: [endpoint(network, client.address)],
    })),
  ];
}

function webContainers({ web }: DockerNetworksSettings, network: string): ContainerSpec[] {
  const { server, byAlias, sharedStack, byHostsEntry } = web;
  const published = {
    address: server.listen,
    hostPort: server.port,
    containerPort: webPort,
    protocol: "tcp",
    setting: "web.server.port",
  } as const;
  return [
    {
      ...container("web-server", server.name, "web.server"),
      image: "web",
      endpoints: [endpoint(network, server.address, [server.alias])],
      ports: [published],
    },
    {
      ...container("web-by-alias", byAlias.name, "web.byAlias"),
      endpoints: [endpoint(network, byAlias.address)],
    },
    {
      ...container("web-shared-stack", sharedStack.name, "web.sharedStack"),
      sharesStackOf: server.name,
    },
    {
      ...container("web-by-hosts-entry", byHostsEntry.name, "web.byHostsEntry"),
      endpoints: [endpoint(network, byHostsEntry.address)],
      hostsEntries: [{ name: byHostsEntry.entry, address: server.address }],
    },
  ];
}

/** A container as most of the lab's are; each says what it has beside. */
function container(role: string, name: string, setting: string): ContainerSpec {
  return { name, role, image: "chat", endpoints: [], hostsEntries: [], ports: [], setting };
}

function endpoint(network: string, address: string, aliases: string[] = []): EndpointSpec {
  return { network, address, aliases };
}
