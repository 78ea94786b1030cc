import type { Expectation } from "../../checks/expectation";
import type { NetworkSpec } from "../../network/topology";
import { clusterOf, type HostOs, type Place } from "../lab";
import { placementExpectations, provedOn } from "../placement";
import type { DockerNetworksSettings } from "./settings";
import { clientsOf, topology, webPort } from "./topology";

/** What a chat client says as soon as it is connected. */
export function greeting(client: string): string {
  return `I am ${client}`;
}

/** What must hold in the lab: the document's observations, each as a check. */
export function expectations(settings: DockerNetworksSettings, os: HostOs, place?: Place): Expectation[] {
  const members = clusterOf(place)?.members;
  const placed = topology(settings, os, members);
  const memberOf = (name: string): string | undefined => placed.containers.find((each) => each.name === name)?.member;
  // What is asked from outside is asked on the host that publishes it.
  const prover = (from: string): string => (from === "operator" ? settings.web.server.name : from);
  return [
    ...placementExpectations(placed, os, members !== undefined),
    ...[...chatExpectations(settings), ...webExpectations(settings), ...separation(settings, placed.networks)].map(
      (each) => ("from" in each ? { ...each, ...provedOn(memberOf(prover(each.from))) } : each),
    ),
  ];
}

function chatExpectations({ chat }: DockerNetworksSettings): Expectation[] {
  const clients = clientsOf(chat.clients);
  const lines = clients.map(({ name }) => `${name}: ${greeting(name)}`);
  const heard = clients.map((client, i): Expectation => ({
    kind: "log",
    name: `${client.name} hears the others`,
    from: client.container,
    contains: lines.filter((_, j) => i !== j),
  }));
  return [
    ...clients.map(({ name, container }): Expectation => ({
      kind: "reach",
      name: `${name} reaches the chat server`,
      from: container,
      to: { host: chat.server.address, port: chat.server.port },
    })),
    ...(clients.length === 0 ? [] : [history(chat.server.name, lines)]),
    ...(clients.length < 2 ? [] : heard),
  ];
}

function history(server: string, lines: string[]): Expectation {
  return { kind: "log", name: "the chat history holds what each client sent", from: server, contains: lines };
}

function webExpectations({ web }: DockerNetworksSettings): Expectation[] {
  const page = { status: 200, contains: "It works!" };
  const { server, byAlias, byHostsEntry, sharedStack } = web;
  return [
    {
      kind: "resolve",
      name: `${byAlias.name} finds the web server by its alias`,
      from: byAlias.name,
      host: server.alias,
      through: "dns",
      address: server.address,
    },
    {
      kind: "resolve",
      name: `${byHostsEntry.name} finds it in its hosts file`,
      from: byHostsEntry.name,
      host: byHostsEntry.entry,
      through: "hosts",
      address: server.address,
    },
    {
      kind: "shared-listener",
      name: `${sharedStack.name} sees port ${webPort} listening and runs nothing there`,
      from: sharedStack.name,
      owner: server.name,
      port: webPort,
    },
    {
      kind: "answer",
      name: `${byAlias.name} gets the page by the alias`,
      from: byAlias.name,
      url: `http://${server.alias}/`,
      ...page,
    },
    {
      kind: "answer",
      name: `${byHostsEntry.name} gets the page by the hosts entry`,
      from: byHostsEntry.name,
      url: `http://${byHostsEntry.entry}/`,
      ...page,
    },
    {
      kind: "answer",
      name: `${sharedStack.name} gets the page from its own stack`,
      from: sharedStack.name,
      url: `http://127.0.0.1:${webPort}/`,
      ...page,
    },
    {
      kind: "answer",
      name: "the page is there from outside",
      from: "operator",
      url: `${pageAddress(server)}/`,
      ...page,
    },
  ];
}

/** The address at which this machine opens the page. */
export function pageAddress(server: { listen: string; port: number }): string {
  return `http://${server.listen === "0.0.0.0" ? "127.0.0.1" : server.listen}:${server.port}`;
}

/** On networks of their own, the two halves of the lab must not reach each other; on one network there is nothing to tell. */
function separation({ chat, web }: DockerNetworksSettings, networks: readonly NetworkSpec[]): Expectation[] {
  if (networks.length < 2) {
    return [];
  }
  const chatServer = { host: chat.server.address, port: chat.server.port };
  const webServer = { host: web.server.address, port: webPort };
  const outward = clientsOf(chat.clients)
    .slice(0, 1)
    .map(({ name, container }): Expectation => ({
      kind: "no-reach",
      name: `${name} does not reach the web server`,
      from: container,
      to: webServer,
      control: chatServer,
    }));
  return [
    {
      kind: "no-reach",
      name: `${web.byAlias.name}, on another network, does not reach the chat server`,
      from: web.byAlias.name,
      to: chatServer,
      control: webServer,
    },
    ...outward,
  ];
}
