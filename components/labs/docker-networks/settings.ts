import { z } from "zod";
import { lastUsable, nthAddress } from "../../network/address";
import {
  bridgeName,
  dockerName,
  hostLabel,
  imageName,
  ipv4Address,
  ipv4Range,
  ipv4Subnet,
  line,
  port,
  wholeNumber,
  words,
} from "../../settings/types";
import { clientName } from "./clients";

export { faults } from "./faults";

/** Which address of its network's subnet each container has by default; 1 is the first that a container can have. */
const position = { server: 1, firstClient: 2, byAlias: 2, byHostsEntry: 3 } as const;

const subnets = { chat: "192.168.1.0/24", web: "192.168.2.0/24" } as const;

/** An address with a default that follows the subnet. */
function addressOn(network: keyof typeof subnets, n: number, of: string) {
  const which = ["network", "first", "second", "third"][n];
  return ipv4Address
    .optional()
    .describe(`Address of ${of}.`)
    .register(words, { byDefault: `\`${nthAddress(subnets[network], n)}\`, the ${which} of the ${network} subnet` });
}

function network(name: keyof typeof subnets) {
  return z
    .strictObject({
      name: dockerName.default(name).describe("Docker's name of the network."),
      subnet: ipv4Subnet
        .default(subnets[name])
        .describe("Subnet of the network. Addresses that are left out follow it."),
      gateway: ipv4Address
        .optional()
        .describe("The host's own address on the network.")
        .register(words, { byDefault: `\`${lastUsable(subnets[name])}\`, the last of the subnet` }),
      ipRange: ipv4Range
        .optional()
        .describe("The part of the subnet that the engine itself gives addresses from. Linux only.")
        .register(words, {
          byDefault: `\`${firstRange(subnets[name])}\`, the first 16 of the subnet; none on Windows`,
        }),
      bridge: bridgeName
        .optional()
        .describe("Name of the bridge interface on the host. Linux only.")
        .register(words, { byDefault: `\`${name}0\`; none on Windows` }),
    })
    .transform((given) => ({ ...given, gateway: given.gateway ?? lastUsable(given.subnet) }));
}

/** The subnet's first 16 addresses, or all of it where it has no more. */
export function firstRange(subnet: string): string {
  const [address, prefix] = subnet.split("/");
  return `${address}/${Math.max(28, Number(prefix))}`;
}

const chatNetwork = network("chat");
export const webNetwork = network("web");

const chat = z
  .strictObject({
    network: chatNetwork.prefault({}).describe("The network of the chat."),
    server: z
      .strictObject({
        name: dockerName.default("chat-server").describe("Name of the server's container."),
        address: addressOn("chat", position.server, "the server"),
        port: port.default(5000).describe("Port that the server listens on, inside the network."),
      })
      .prefault({})
      .describe("The chat server."),
    clients: z
      .strictObject({
        count: wholeNumber(0, 1000).default(2).describe("How many clients there are."),
        names: z
          .array(clientName)
          .default(["Alice", "Bob"])
          .describe(
            "What the clients are called; one without a name here is Client and its number. A client's container is " +
              "`chat-` and the name in lower case.",
          )
          .register(words, { allowed: "a list of names", cure: "write a list, for example [Alice, Bob]" }),
        firstAddress: addressOn("chat", position.firstClient, "the first client; each other has the next one"),
      })
      .prefault({})
      .describe("The chat clients."),
  })
  .transform((given) => ({
    ...given,
    server: { ...given.server, address: given.server.address ?? nthAddress(given.network.subnet, position.server) },
    clients: {
      ...given.clients,
      firstAddress: given.clients.firstAddress ?? nthAddress(given.network.subnet, position.firstClient),
    },
  }))
  .prefault({})
  .describe("A chat: a server and its clients on one network.");

const web = z
  .strictObject({
    network: webNetwork
      .optional()
      .describe("The network of the web server and its neighbours. On Windows they are on the chat network.")
      .register(words, { byDefault: "a network `web` on Linux; none on Windows" }),
    server: z
      .strictObject({
        name: dockerName.default("my-server").describe("Name of the server's container."),
        address: addressOn("web", position.server, "the server"),
        alias: hostLabel.default("server").describe("Name by which the network knows the server, beside its own."),
        listen: ipv4Address
          .default("127.0.0.1")
          .describe("Address of the host that the page is published on; 0.0.0.0 is all of them. Windows: 0.0.0.0."),
        port: port
          .default(8080)
          .describe(
            "Port of the host that leads to the server's port 80. Not one by which hosts are administered, such as 22. " +
              "From 32768 on, Linux may have lent it to an outgoing connection; Windows refuses 49152 and above.",
          ),
      })
      .prefault({})
      .describe("The web server."),
    byAlias: z
      .strictObject({
        name: dockerName.default("container1").describe("Name of the container."),
        address: addressOn("web", position.byAlias, "the container"),
      })
      .prefault({})
      .describe("A container that reaches the web server by its alias."),
    sharedStack: z
      .strictObject({ name: dockerName.default("container2").describe("Name of the container.") })
      .prefault({})
      .describe("A container that shares the web server's network stack."),
    byHostsEntry: z
      .strictObject({
        name: dockerName.default("container3").describe("Name of the container."),
        address: addressOn("web", position.byHostsEntry, "the container"),
        entry: hostLabel.default("linked-server").describe("Name of the web server in the container's hosts file."),
      })
      .prefault({})
      .describe("A container that reaches the web server by an entry in its hosts file."),
  })
  .transform((given) => {
    const subnet = given.network?.subnet ?? subnets.web;
    const at = <T extends { address?: string }>(container: T, n: number) => ({
      ...container,
      address: container.address ?? nthAddress(subnet, n),
    });
    return {
      ...given,
      server: at(given.server, position.server),
      byAlias: at(given.byAlias, position.byAlias),
      byHostsEntry: at(given.byHostsEntry, position.byHostsEntry),
    };
  })
  .prefault({})
  .describe("A web server, and three containers that meet it in three ways.");

/** The lab's settings; `{}` is the document's own case. */
export const settings = z
  .strictObject({
    image: z
      .strictObject({
        name: imageName.default("mypython2").describe("Name of the image."),
        description: line.default("mypython2").describe("The image's `description` label."),
      })
      .prefault({})
      .describe("The image that every container but the web server runs."),
    chat,
    web,
  })
  .describe("Docker's networks as a user meets them: addressing, names, a shared network stack, published ports.");

export type DockerNetworksSettings = z.infer<typeof settings>;
export type NetworkSettings = z.infer<typeof chatNetwork>;
