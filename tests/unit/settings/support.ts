import { expectations } from "../../../components/labs/docker-networks/expectations";
import { faults, settings } from "../../../components/labs/docker-networks/settings";
import { topology } from "../../../components/labs/docker-networks/topology";
import type { ContainerSpec, HostTopology, NetworkSpec } from "../../../components/network/topology";
import type { Fault } from "../../../components/settings/fault";
import { parse, type RawSettings, type Registry } from "../../../components/settings/parse";
import { SettingsError } from "../../../components/settings/settings-error";

/** The labs' rules without their resources, so that these tests load no provider. */
export const registry: Registry = {
  "docker-networks": { settings, faults, topology, expectations, systems: ["linux", "windows"] },
};

/** What is wrong with the settings; nothing where they are accepted. Any other error is not caught. */
export function faultsOf(raw: RawSettings, labs: Registry = registry): readonly Fault[] {
  try {
    parse(raw, "local", labs);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) {
      return error.faults;
    }
    throw error;
  }
}

/** A fault as the tables of bad settings write it, its key without what all of a table's keys begin with. */
export function asRow(prefix = "") {
  return ({ key, value, allowed, cure }: Fault) => [key.replace(prefix, ""), value, allowed, cure];
}

/** Settings of the lab alone, on this machine. */
export function onLinux(lab: unknown): RawSettings {
  return { hosts: { kind: "local" }, labs: { "docker-networks": lab } };
}

export function onWindows(lab: unknown): RawSettings {
  return { hosts: { kind: "local", os: "windows" }, labs: { "docker-networks": lab } };
}

/** A network of a lab, right by itself, but for what a test says of it. */
export function network(spec: Partial<NetworkSpec> = {}): NetworkSpec {
  return { name: "net", subnet: "10.0.0.0/24", gateway: "10.0.0.254", setting: "network", ...spec };
}

/** A container without endpoints and ports, but for what a test says of it. */
export function container(spec: Partial<ContainerSpec> = {}): ContainerSpec {
  const none = { endpoints: [], hostsEntries: [], ports: [] };
  return { name: "one", role: "one", image: "chat", setting: "one", ...none, ...spec };
}

/** A container with one address on a network. */
export function at(name: string, address: string, onNetwork = "net"): ContainerSpec {
  return container({ name, setting: name, endpoints: [{ network: onNetwork, address, aliases: [] }] });
}

/** A container with one published port. */
export function publishing(name: string, hostPort: number, address = "127.0.0.1", protocol: "tcp" | "udp" = "tcp") {
  return container({
    name,
    setting: name,
    ports: [{ address, hostPort, containerPort: 80, protocol, setting: `${name}.port` }],
  });
}

/** A host with labs `a`, `b`, … of these networks and containers. */
export function host(
  labs: { networks?: NetworkSpec[]; containers?: ContainerSpec[] }[],
  os: HostTopology["os"] = "linux",
): HostTopology {
  const placed = labs.map(({ networks = [], containers = [] }, i) => ({ lab: "abc"[i], networks, containers }));
  return { name: "local", kind: "local", os, labs: placed };
}
