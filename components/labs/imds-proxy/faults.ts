import { contains, freeRun, isUsable } from "../../network/address";
import type { Fault } from "../../settings/fault";
import { deadEnd, metadataAddress } from "./addresses";
import { clientsOf } from "./clients";
import type { ImdsProxySettings } from "./settings";

/** What is wrong beyond the schema and beyond the rules that hold for every lab. Keys are below the lab. */
export function faults(settings: ImdsProxySettings): Fault[] {
  return [
    ...modeFaults(settings),
    ...subnetFaults(settings),
    ...clientFaults(settings),
    ...identityFaults(settings),
    ...metadataFaults(settings),
  ];
}

/** How many clients have an address in a row, from the first client's on. */
export function clientsThatFit(settings: ImdsProxySettings): number {
  const { service, network, standIn, proxy, outsider, clients } = settings;
  const others = [network.gateway, deadEnd(settings), proxy.address, outsider.address];
  const taken = service === "stand-in" ? [...others, standIn.address] : others;
  return freeRun(network.subnet, clients.firstAddress, taken);
}

function modeFaults({ service, mode }: ImdsProxySettings): Fault[] {
  return service === "azure" && mode === "proxy-owns-address"
    ? [
        {
          key: "mode",
          value: mode,
          allowed: "port-proxy where service is azure",
          cure: `write port-proxy: a proxy that has ${metadataAddress} itself can't reach the service, which has it, too`,
        },
      ]
    : [];
}

function subnetFaults({ network }: ImdsProxySettings): Fault[] {
  return contains(network.subnet, metadataAddress)
    ? [
        {
          key: "network.subnet",
          value: network.subnet,
          allowed: `a subnet without the metadata address ${metadataAddress}`,
          cure: "choose a private one, for example 10.169.0.0/24",
        },
      ]
    : [];
}

function clientFaults(settings: ImdsProxySettings): Fault[] {
  const { network, clients } = settings;
  const fit = clientsThatFit(settings);
  if (clients.count <= fit) {
    return [];
  }
  if (fit === 0) {
    return [
      {
        key: "clients.firstAddress",
        value: clients.firstAddress,
        allowed: `an address inside ${network.subnet} that nothing else of the lab has`,
        cure: "choose one with enough free addresses after it for the other clients",
      },
    ];
  }
  return [
    {
      key: "clients.count",
      value: clients.count,
      allowed: `at most ${fit}: so many addresses in a row are free in ${network.subnet} from ${clients.firstAddress} on`,
      cure: "declare fewer clients, let them begin at another address, or choose a larger subnet",
    },
  ];
}

function identityFaults({ clients, identity }: ImdsProxySettings): Fault[] {
  const names = clientsOf(clients).map(({ name }) => name);
  return identity.clients.flatMap((name, i) =>
    names.includes(name)
      ? []
      : [
          {
            key: `identity.clients[${i}]`,
            value: name,
            allowed: names.length === 0 ? "nothing: there are no clients" : `a client: ${someOf(names)}`,
            cure: "remove it, or name a client that there is",
          },
        ],
  );
}

function someOf(names: readonly string[]): string {
  return names.length <= 5 ? names.join(", ") : `${names[0]} to ${names[names.length - 1]}`;
}

function metadataFaults({ metadata: { privateIpAddress, subnet } }: ImdsProxySettings): Fault[] {
  return isUsable(subnet, privateIpAddress)
    ? []
    : [
        {
          key: "metadata.privateIpAddress",
          value: privateIpAddress,
          allowed: `an address inside ${subnet}, the machine's subnet`,
          cure: "choose one of it, or say another metadata.subnet",
        },
      ];
}
