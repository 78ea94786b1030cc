import { closed, type AclRule } from "../../network/acl/rule";
import type { ContainerSpec, LabTopology } from "../../network/topology";
import type { HostOs } from "../lab";
import { members, type EndpointPoliciesSettings, type Member } from "./settings";

/** The ports that the web server of each container listens on. */
export const ports = [80, 8080] as const;

const roles: Readonly<Record<Member, string>> = { server: "web-server", client: "client", neighbour: "neighbour" };

/** What the lab puts on a host: three web servers on one network, with the rules on their endpoints. */
export function topology(settings: EndpointPoliciesSettings, os: HostOs): LabTopology {
  const { bridge, ...network } = settings.network;
  return {
    networks: [{ ...network, bridge: bridge ?? (os === "linux" ? "policies0" : undefined), setting: "network" }],
    containers: members.map((member) => containerSpec(settings, member)),
  };
}

function containerSpec(settings: EndpointPoliciesSettings, member: Member): ContainerSpec {
  const { name, address } = settings[member];
  return {
    name,
    role: roles[member],
    image: "web",
    endpoints: [{ network: settings.network.name, address, aliases: [], acl: aclOf(settings, member) }],
    hostsEntries: [],
    ports: [],
    setting: member,
  };
}

/** The rules on an endpoint with their actions and their closing pair; undefined where it is to be open. */
function aclOf({ policies, state, closing }: EndpointPoliciesSettings, member: Member): AclRule[] | undefined {
  const rules = policies[member].map((rule): AclRule => ({
    ...rule,
    action: rule.action ?? (state === "blocked" ? "Block" : "Allow"),
  }));
  if (rules.length === 0) {
    return undefined;
  }
  return closing ? closed(rules) : rules;
}
