import { z } from "zod";
import { nthAddress } from "../../network/address";
import { labNetwork } from "../../settings/network";
import { dockerName, ipv4Address, ipv4Subnet, matching, wholeNumber, words } from "../../settings/types";
import { metadata } from "./metadata";

export { faults } from "./faults";

/** Which address of the subnet each container has by default; 1 is the first that a container can have. */
const position = { standIn: 1, proxy: 2, outsider: 3, firstClient: 4 } as const;

const defaultSubnet = "10.169.0.0/24";

/** A subnet with an address for each container by default, the gateway, and one that nobody has. */
const subnet = ipv4Subnet
  .refine((value) => Number(value.split("/")[1]) <= 28)
  .register(words, {
    allowed: "an IPv4 subnet in CIDR form, from /8 to /28, its host bits zero",
    cure: "write the first address, a slash and the length of the prefix, for example 10.169.0.0/24",
  });

/** An address with a default that follows the subnet. */
function addressOf(of: keyof typeof position, what: string) {
  const byDefault = nthAddress(defaultSubnet, position[of]);
  const which = ["network", "first", "second", "third", "fourth"][position[of]];
  return ipv4Address
    .optional()
    .describe(`Address of ${what}.`)
    .register(words, { byDefault: `\`${byDefault}\`, the ${which} of the subnet` });
}

const network = labNetwork({
  name: "imds",
  type: subnet,
  subnet: defaultSubnet,
  bridge: "imds0",
  description: "The network that everything of the lab is on.",
});

/** What clients are called, before their number. */
const clientName = matching(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 40, {
  allowed: "1 to 40 letters, digits, _ . and -, the first a letter or a digit",
  cure: "choose such a name, for example client",
});

/** The lab's settings; `{}` is the document's own case, with a stand-in for the service that only Azure has. */
export const settings = z
  .strictObject({
    service: z
      .enum(["stand-in", "azure"])
      .default("stand-in")
      .describe(
        "Who answers at 169.254.169.254: a container of the lab, so that nothing leaves the machine, or the service of " +
          "the Azure machine that the containers run on.",
      ),
    mode: z
      .enum(["port-proxy", "proxy-owns-address"])
      .default("port-proxy")
      .describe(
        "How clients get to the proxy: each has the metadata address in its own network stack and a port proxy behind it, " +
          "or the proxy has the address and clients only a route.",
      ),
    network,
    standIn: z
      .strictObject({
        name: dockerName.default("imds").describe("Name of the container."),
        address: addressOf("standIn", "the stand-in on the network"),
      })
      .prefault({})
      .describe("The container that stands in for the metadata service, unless `service` is `azure`."),
    proxy: z
      .strictObject({
        name: dockerName.default("proxy").describe("Name of the container."),
        address: addressOf("proxy", "the proxy"),
      })
      .prefault({})
      .describe("The proxy, the only one that may ask the service."),
    clients: z
      .strictObject({
        count: wholeNumber(0, 996).default(2).describe("How many clients there are."),
        name: clientName.default("client").describe("What clients are called: this and their number, from 1 on."),
        firstAddress: addressOf("firstClient", "the first client; each other has the next one"),
      })
      .prefault({})
      .describe("The containers that ask for metadata through the proxy."),
    outsider: z
      .strictObject({
        name: dockerName.default("outsider").describe("Name of the container."),
        address: addressOf("outsider", "the outsider"),
      })
      .prefault({})
      .describe("A container on the same network that is no client and must get nothing."),
    identity: z
      .strictObject({
        clients: z
          .array(dockerName)
          .default([])
          .describe("Names of the clients that may ask for tokens of the machine's identity.")
          .register(words, { allowed: "a list of clients' names", cure: "write a list, for example [client1]" }),
      })
      .prefault({})
      .describe("Tokens of the managed identity: whoever gets one is the machine, as far as Azure can tell."),
    metadata,
  })
  .transform((given) => {
    const at = <T extends { address?: string }>(container: T, n: number) => ({
      ...container,
      address: container.address ?? nthAddress(given.network.subnet, n),
    });
    return {
      ...given,
      standIn: at(given.standIn, position.standIn),
      proxy: at(given.proxy, position.proxy),
      outsider: at(given.outsider, position.outsider),
      clients: {
        ...given.clients,
        firstAddress: given.clients.firstAddress ?? nthAddress(given.network.subnet, position.firstClient),
      },
    };
  })
  .describe("Azure's Instance Metadata Service for containers, through a proxy that decides who gets what.");

export type ImdsProxySettings = z.infer<typeof settings>;
