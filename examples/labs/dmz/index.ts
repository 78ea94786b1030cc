import { z } from "zod";
import type { Expectation, Target } from "../../checks/expectation";
import { toolboxOn } from "../../images/toolbox";
import { anyRule } from "../../network/acl/rule";
import { lastUsable, nthAddress } from "../../network/address";
import type { EndpointSpec, LabTopology } from "../../network/topology";
import { dockerName, ipv4Subnet } from "../../settings/types";
import type { LabDefinition } from "../lab";
import { placementExpectations } from "../placement";
import { PlainLab } from "../plain-lab";
import { containerSpec, endpointSpec } from "../specs";

const settings = z
  .strictObject({
    prefix: dockerName.default("dmz").describe("What the names of networks and containers begin with."),
    front: ipv4Subnet.default("10.91.0.0/24").describe("Subnet of the client and the gateway."),
    back: ipv4Subnet.default("10.91.1.0/24").describe("Subnet of the gateway, the server and its neighbour."),
  })
  .describe("A web server that is reached through a gateway, and in no other way.");

type Settings = z.infer<typeof settings>;

/** The port that each container's web server listens on; it answers with the container's name. */
const port = 80;

/** Where everybody is: the gateway on both networks. */
function placesIn({ front, back }: Settings) {
  const at = (subnet: string, n: number): Target => ({ host: nthAddress(subnet, n), port });
  return {
    gateway: at(front, 1),
    inside: at(back, 1),
    client: at(front, 2),
    server: at(back, 2),
    neighbour: at(back, 3),
  };
}

function topology(given: Settings): LabTopology {
  const { gateway, inside, client, server, neighbour } = placesIn(given);
  const [front, back] = [`${given.prefix}-front`, `${given.prefix}-back`];
  const container = (role: string, endpoints: EndpointSpec[]) =>
    containerSpec({ name: `${given.prefix}-${role}`, role, endpoints, setting: "prefix" });
  // What no rule allows is denied: to all others, and whatever the server itself would open.
  const onlyGateway = { ...anyRule("In", "Allow", 100), remoteAddresses: [inside.host] };
  const proxy = { listen: { address: gateway.host, port }, connect: { address: server.host, port } };
  return {
    networks: [
      { name: front, subnet: given.front, gateway: lastUsable(given.front), setting: "front" },
      { name: back, subnet: given.back, gateway: lastUsable(given.back), setting: "back" },
    ],
    containers: [
      {
        ...container("gateway", [endpointSpec(front, gateway.host), endpointSpec(back, inside.host)]),
        stack: { addresses: [], routes: [], portProxies: [proxy] },
      },
      container("client", [endpointSpec(front, client.host)]),
      container("server", [endpointSpec(back, server.host, { acl: [onlyGateway] })]),
      container("neighbour", [endpointSpec(back, neighbour.host)]),
    ],
  };
}

function expectations(given: Settings): Expectation[] {
  const { gateway, inside, server, neighbour } = placesIn(given);
  const named = (role: string) => `${given.prefix}-${role}`;
  const never = (role: string, whom: string, to: Target, control: Target): Expectation => {
    return { kind: "no-reach", name: `the ${role} does not reach the ${whom}`, from: named(role), to, control };
  };
  const page = { url: `http://${gateway.host}:${port}/`, status: 200, contains: named("server") };
  return [
    ...placementExpectations(topology(given), "linux"),
    { kind: "reach", name: "the gateway reaches the server", from: named("gateway"), to: server },
    { kind: "answer", name: "the client gets the server's page from the gateway", from: named("client"), ...page },
    never("client", "server", server, gateway),
    never("neighbour", "server", server, inside),
    never("server", "neighbour", neighbour, server),
  ];
}

/** A network in between: one container is on both sides, and hands on what it is asked for. */
export const dmz: LabDefinition<typeof settings> = {
  settings,
  systems: ["linux"],
  topology,
  faults: () => [],
  expectations,
  declare(name, given, host) {
    const serve = `hostname > /srv/index.html && exec python3 -m http.server ${port} --directory /srv`;
    const run = () => ({ image: toolboxOn(host), command: ["sh", "-c", serve] });
    return new PlainLab(name, { lab: "dmz", host, topology: topology(given), run });
  },
};
