import { freeRun } from "../../network/address";
import type { Fault } from "../../settings/fault";
import { containerOf, nameOf } from "./clients";
import type { DockerNetworksSettings } from "./settings";

/** What is wrong beyond the schema and beyond the rules that hold for every lab. Keys are below the lab. */
export function faults(settings: DockerNetworksSettings): Fault[] {
  return [...addressFaults(settings), ...nameFaults(settings)];
}

/** How many clients have an address in a row, from the first client's on. */
export function clientsThatFit({ chat: { network, server, clients } }: DockerNetworksSettings): number {
  return freeRun(network.subnet, clients.firstAddress, [network.gateway, server.address]);
}

function addressFaults(settings: DockerNetworksSettings): Fault[] {
  const { network, clients } = settings.chat;
  const fit = clientsThatFit(settings);
  if (clients.count <= fit) {
    return [];
  }
  if (fit === 0) {
    return [
      {
        key: "chat.clients.firstAddress",
        value: clients.firstAddress,
        allowed: `an address inside ${network.subnet} that neither the gateway nor the server has`,
        cure: "choose one with enough free addresses after it for the other clients",
      },
    ];
  }
  return [
    {
      key: "chat.clients.count",
      value: clients.count,
      allowed: `at most ${fit}: so many addresses in a row are free in ${network.subnet} from ${clients.firstAddress} on`,
      cure: "declare fewer clients, let them begin at another address, or choose a larger subnet",
    },
  ];
}

function nameFaults({ chat: { clients } }: DockerNetworksSettings): Fault[] {
  const found: Fault[] = [];
  const first = new Map<string, number>();
  for (let i = 0; i < clients.count; i++) {
    const container = containerOf(nameOf(clients.names, i));
    const other = first.get(container);
    if (other === undefined) {
      first.set(container, i);
      continue;
    }
    // A name beyond the list is made up from the number, so the one to change is always in the list.
    const [listed, twin] = i < clients.names.length ? [i, other] : [other, i];
    found.push({
      key: `chat.clients.names[${listed}]`,
      value: clients.names[listed],
      allowed: "a name that no other client has, in upper or lower case",
      cure: `choose another: client ${twin + 1} is called ${nameOf(clients.names, twin)}`,
    });
  }
  return found;
}
