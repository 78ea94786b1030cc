import { administrationServices, shortestPrefix } from "../../components/network/administration";
import { admittedBy, covers, publishedBy } from "../ports";
import type { Rule } from "../rule";

/**
 * Azure's names for sources that are nobody's own: whoever rents a machine is in its clouds.
 * Source: https://learn.microsoft.com/azure/virtual-network/service-tags-overview
 */
const everybody = /^(\*|any|internet|azurecloud(\.\w+)?)$/i;

/** Whether a source, a range in CIDR form or a name of Azure's, is everybody or as good as. */
export function isWorld(source: string): boolean {
  const [address, prefix] = source.split("/");
  const shortest = address.includes(":") ? shortestPrefix.ipv6 : shortestPrefix.ipv4;
  return everybody.test(source) || (prefix !== undefined && Number(prefix) < shortest);
}

export const noAdministrationFromTheWorld: Rule = {
  description: "Ports by which machines and engines are administered are closed to the world.",
  level: "mandatory",
  cure: "Name the addresses that administrators come from; let a container's port listen on one address of the host.",
  broken(resource) {
    const named = [...administrationServices];
    const admitted = admittedBy(resource).flatMap(({ name, sources, ports }) =>
      named
        .filter(([port]) => covers(ports, port) && sources.some(isWorld))
        .map(([port, service]) => `${name} admits ${sources.filter(isWorld).join(", ")} to port ${port} (${service})`),
    );
    const published = publishedBy(resource).flatMap(({ container, address, hostPort, containerPort }) =>
      named
        .filter(([port]) => address === "" && (port === hostPort || port === containerPort))
        .map(([port, service]) => `${container} publishes port ${port} (${service}) on all addresses of its host`),
    );
    return [...admitted, ...published];
  },
};
