import { type DeclaredResource, fieldsOf, fieldsOfJson, isAzure, isDocker, objectsIn, textsIn } from "./resource";

/** Ports from `first` to `last`, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** A container's port that the host listens for. */
export interface Published {
  readonly container: string;
  /** The host's address that listens; empty for all of them. */
  readonly address: string;
  /** Undefined where the engine chooses it. */
  readonly hostPort?: number;
  readonly containerPort?: number;
}

/** An opening in a firewall: who gets to which ports. */
export interface Admission {
  readonly name: string;
  readonly sources: readonly string[];
  readonly ports: readonly PortRange[];
}

/** The ranges in texts such as `22`, `8090-8094`, `22,80` and `*`. */
export function portRanges(...texts: readonly string[]): PortRange[] {
  return texts
    .flatMap((text) => text.split(","))
    .flatMap((text) => {
      if (/^\s*(\*|any)\s*$/i.test(text)) {
        return [{ first: 0, last: 65_535 }];
      }
      const [, first, last = first] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(text) ?? [];
      return first === undefined ? [] : [{ first: Number(first), last: Number(last) }];
    });
}

export function covers(ranges: readonly PortRange[], port: number): boolean {
  return ranges.some(({ first, last }) => first <= port && port <= last);
}

/** What a resource has hosts listen for: a container, a Swarm service, or a pool of containers. */
export function publishedBy(resource: DeclaredResource): Published[] {
  const { properties, name } = resource;
  if (isDocker(resource, "Container")) {
    return objectsIn(properties.ports).map(({ ip, internal, external }) => ({
      ...{ container: name, address: everyAddress(ip) },
      ...{ hostPort: portIn(external), containerPort: portIn(internal) },
    }));
  }
  if (isDocker(resource, "Service")) {
    // A service has no say in the address: its ports are every member's.
    return objectsIn(fieldsOf(properties.endpointSpec).ports).map(({ publishedPort, targetPort }) => ({
      ...{ container: name, address: "" },
      ...{ hostPort: portIn(publishedPort), containerPort: portIn(targetPort) },
    }));
  }
  return Object.entries(poolInstances(resource)).flatMap(([container, instance]) =>
    objectsIn(fieldsOf(instance).ports).map(({ address, hostPort, containerPort }) => ({
      ...{ container, address: everyAddress(address) },
      ...{ hostPort: portIn(hostPort), containerPort: portIn(containerPort) },
    })),
  );
}

/** The containers of a pool, by name, as the command that makes them is told. */
export function poolInstances({ type, properties }: DeclaredResource): Readonly<Record<string, unknown>> {
  return type === "command:local:Command" ? fieldsOf(fieldsOfJson(properties.stdin).instances) : {};
}

/** Whom a resource admits: rules of Azure's security groups, and those of the firewall of a Windows host. */
export function admittedBy(resource: DeclaredResource): Admission[] {
  const { properties, name } = resource;
  if (isAzure(resource, "network:NetworkSecurityGroup")) {
    return objectsIn(properties.securityRules).flatMap((rule) => azureAdmission(rule, name));
  }
  if (isAzure(resource, "network:SecurityRule", "network:DefaultSecurityRule")) {
    return azureAdmission(properties, name);
  }
  const rules = resource.type === "command:local:Command" ? fieldsOf(fieldsOfJson(properties.stdin).data).rules : [];
  return objectsIn(rules).map(({ displayName, sources, ports }) => ({
    name: textsIn(displayName)[0] ?? name,
    sources: textsIn(sources),
    ports: portRanges(...textsIn(ports)),
  }));
}

function azureAdmission(rule: Readonly<Record<string, unknown>>, group: string): Admission[] {
  return rule.access === "Allow" && rule.direction === "Inbound"
    ? [
        {
          name: textsIn(rule.name)[0] ?? group,
          sources: textsIn(rule.sourceAddressPrefix, rule.sourceAddressPrefixes),
          ports: portRanges(...textsIn(rule.destinationPortRange, rule.destinationPortRanges)),
        },
      ]
    : [];
}

/** Empty where a host listens on all of its addresses, which is also what an engine does when it is told nothing. */
function everyAddress(address: unknown): string {
  const [text = ""] = textsIn(address);
  return ["0.0.0.0", "::", "[::]"].includes(text) ? "" : text;
}

function portIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
