import { anyRule, closed, type AclRule } from "../../network/acl/rule";
import type { ContainerSpec, EndpointSpec, LabTopology, NetworkSpec, StackSpec } from "../../network/topology";
import type { HostOs } from "../lab";
import { deadEnd, metadataAddress, metadataPort, upstreamOf } from "./addresses";
import { clientsOf, type Client } from "./clients";
import { clientsThatFit } from "./faults";
import type { ImdsProxySettings } from "./settings";

/** What the lab puts on a host: the proxy, its clients, an outsider and, unless the service is Azure's, a stand-in. */
export function topology(settings: ImdsProxySettings, os: HostOs): LabTopology {
  const { service, standIn, proxy, outsider } = settings;
  // Clients without an address are told as faults of `count`; taken along here, each would be a fault of its own as well.
  const clients = clientsOf({
    ...settings.clients,
    count: Math.min(settings.clients.count, clientsThatFit(settings)),
  });
  const forStandIn: ContainerSpec = {
    ...container(settings, "service", standIn, "standIn"),
    image: "imds",
    endpoints: [endpoint(settings, standIn.address, onlyFrom([proxy.address]))],
    stack: standInStack(settings),
  };
  return {
    networks: [networkSpec(settings, os)],
    containers: [
      ...(service === "stand-in" ? [forStandIn] : []),
      {
        ...container(settings, "proxy", proxy, "proxy"),
        image: "proxy",
        endpoints: [endpoint(settings, proxy.address, onlyFrom(clients.map(({ address }) => address)))],
        stack: proxyStack(settings, os),
        labels: { MSIProxyContainer: "" },
      },
      ...clients.map((client) => ({
        ...container(settings, "client", client, "clients"),
        stack: clientStack(settings, client),
        labels: { ClientContainer: "" },
      })),
      {
        ...container(settings, "outsider", outsider, "outsider"),
        stack: settings.mode === "port-proxy" ? stack({ addresses: [ownAddress] }) : onLink(outsider.address),
      },
    ],
  };
}

function networkSpec(settings: ImdsProxySettings, os: HostOs): NetworkSpec {
  const { name, subnet, gateway, bridge } = settings.network;
  return {
    name,
    subnet,
    gateway,
    // What is set is passed on even on Windows, where the cross checks refuse it with the reason.
    bridge: bridge ?? (os === "linux" ? "imds0" : undefined),
    ...(os === "linux" ? { defaultGateway: deadEnd(settings) } : {}),
    setting: "network",
  };
}

/** The metadata address as the container's own: what it asks there stays in its network stack. */
const ownAddress = { address: metadataAddress };
const listen = { address: metadataAddress, port: metadataPort };

/** Away from the proxy, a second holder of the address on the network would answer for it. */
function standInStack({ mode }: ImdsProxySettings): StackSpec | undefined {
  return mode === "port-proxy" ? stack({ addresses: [ownAddress] }) : undefined;
}

/** The document's route to the metadata address, and no other way out: by the host to Azure's service, or to the stand-in. */
function proxyStack(settings: ImdsProxySettings, os: HostOs): StackSpec | undefined {
  const { service, mode, proxy, standIn, network } = settings;
  if (mode === "proxy-owns-address") {
    return stack({ addresses: [{ ...ownAddress, endpoint: proxy.address }] });
  }
  if (upstreamOf(settings, os) !== metadataAddress) {
    return undefined;
  }
  const nextHop = service === "azure" ? network.gateway : standIn.address;
  return stack({ routes: [{ destination: `${metadataAddress}/32`, nextHop, endpoint: proxy.address }] });
}

function clientStack({ mode, proxy }: ImdsProxySettings, client: Client): StackSpec {
  const connect = { address: proxy.address, port: metadataPort };
  return mode === "port-proxy"
    ? stack({ addresses: [ownAddress], portProxies: [{ listen, connect }] })
    : onLink(client.address);
}

function onLink(endpointAddress: string): StackSpec {
  return stack({ routes: [{ destination: `${metadataAddress}/32`, endpoint: endpointAddress }] });
}

function stack(spec: Partial<StackSpec>): StackSpec {
  return { addresses: [], routes: [], portProxies: [], ...spec };
}

/** The metadata port is for these alone; nothing else is decided. */
function onlyFrom(remoteAddresses: readonly string[]): AclRule[] {
  const onPort: Partial<AclRule> = { protocol: 6, localPorts: [String(metadataPort)] };
  // A rule without remote addresses would be for everybody.
  const allow = remoteAddresses.length === 0 ? [] : [{ ...anyRule("In", "Allow", 100), ...onPort, remoteAddresses }];
  return closed([...allow, { ...anyRule("In", "Block", 200), ...onPort }]);
}

/** A container as most of the lab's are; each says what it has beside. */
function container(
  settings: ImdsProxySettings,
  role: string,
  { name, address }: { name: string; address: string },
  setting: string,
): ContainerSpec {
  const endpoints = [endpoint(settings, address)];
  return { name, role, image: "toolbox", endpoints, hostsEntries: [], ports: [], setting };
}

function endpoint({ network }: ImdsProxySettings, address: string, acl?: readonly AclRule[]): EndpointSpec {
  return { network: network.name, address, aliases: [], ...(acl === undefined ? {} : { acl }) };
}
