import { z } from "zod";
import { lastUsable, nthAddress } from "../../network/address";
import { aclRules, type AclRuleSettings } from "../../settings/acl";
import { bridgeName, dockerName, ipv4Address, ipv4Range, ipv4Subnet, words } from "../../settings/types";

export { faults } from "./faults";

/** Which address of the subnet each container has by default; 1 is the first that a container can have. */
const position = { server: 1, client: 2, neighbour: 3 } as const;

/** What the lab's containers are in its settings. */
export type Member = keyof typeof position;
export const members = Object.keys(position) as Member[];

const subnet = "10.80.0.0/24";

const network = z
  .strictObject({
    name: dockerName.default("policies").describe("Docker's name of the network."),
    subnet: ipv4Subnet.default(subnet).describe("Subnet of the network. Addresses that are left out follow it."),
    gateway: ipv4Address
      .optional()
      .describe("The host's own address on the network.")
      .register(words, { byDefault: `\`${lastUsable(subnet)}\`, the last of the subnet` }),
    ipRange: ipv4Range
      .optional()
      .describe("The part of the subnet that the engine itself gives addresses from. Linux only.")
      .register(words, { byDefault: "all of the subnet" }),
    bridge: bridgeName
      .optional()
      .describe("Name of the bridge interface on the host. Linux only.")
      .register(words, { byDefault: "`policies0`; none on Windows" }),
  })
  .transform((given) => ({ ...given, gateway: given.gateway ?? lastUsable(given.subnet) }))
  .prefault({})
  .describe("The network of all three containers.");

function container(member: Member, what: string) {
  const which = ["network", "first", "second", "third"][position[member]];
  return z
    .strictObject({
      name: dockerName.default(`policy-${member}`).describe("Name of the container."),
      address: ipv4Address
        .optional()
        .describe("Address of the container.")
        .register(words, {
          byDefault: `\`${nthAddress(subnet, position[member])}\`, the ${which} of the subnet`,
        }),
    })
    .prefault({})
    .describe(what);
}

const rules = aclRules("`Block` where `state` is blocked, `Allow` where it is allowed");

const policies = z
  .strictObject({
    server: rules.optional().describe("Rules on the server's endpoint.").register(words, {
      byDefault: "In to port 80 of the server's address, and Out to anywhere: both tcp, priority 100",
    }),
    client: rules.default([]).describe("Rules on the client's endpoint."),
    neighbour: rules.default([]).describe("Rules on the neighbour's endpoint."),
  })
  .prefault({})
  .describe("The rules on each endpoint. An endpoint without any is open.");

/** The lab's settings; `{}` is the document's own case. */
export const settings = z
  .strictObject({
    network,
    server: container("server", "The container whose endpoint has the document's rules."),
    client: container("client", "A container that the server's rules keep away."),
    neighbour: container("neighbour", "Another one, so that a rule can tell them apart by their addresses."),
    state: z.enum(["blocked", "allowed"]).default("blocked").describe("What rules without an action of their own do."),
    closing: z
      .boolean()
      .default(true)
      .describe(
        "Whether each list ends with a pair of rules, In and Out at priority 65500, that allows what no rule before " +
          "it matches. Without it that is denied, as always on an endpoint with rules.",
      ),
    policies,
  })
  .transform((given) => {
    const at = (member: Member) => ({
      ...given[member],
      address: given[member].address ?? nthAddress(given.network.subnet, position[member]),
    });
    const server = at("server");
    return {
      ...given,
      server,
      client: at("client"),
      neighbour: at("neighbour"),
      policies: { ...given.policies, server: given.policies.server ?? documented(server.address) },
    };
  })
  .describe("Rules on containers' endpoints that block and allow: who reaches whom follows from them.");

export type EndpointPoliciesSettings = z.infer<typeof settings>;

/** The document's rules. What they do is left to `state`, where the document has its code edited. */
function documented(server: string): AclRuleSettings[] {
  return rules.parse([
    { direction: "In", priority: 100, protocol: "tcp", localAddresses: server, localPorts: 80 },
    { direction: "Out", priority: 100, protocol: "tcp" },
  ]);
}
