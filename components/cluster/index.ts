import * as pulumi from "@pulumi/pulumi";
import type { ContainerHost } from "../hosts/container-host";
import { askThisKernel } from "../hosts/member-facts";
import type { Topology } from "../network/topology";
import type { HostsSettings } from "../settings";
import { CLUSTER } from "../settings/hosts/cluster";
import { plannedAddresses } from "./plan";
import { Swarm } from "./swarm";
import { encryptionLimits, memberAddressOf, type SurveyedMember } from "./survey";

/** Where the machines of a rehearsed cloud really are: see tools/rehearsal/network.ts. */
const rehearsalSubnet = "198.18.0.0/16";

/**
 * The hosts, and the cluster that they are, if the settings say so.
 * @param surveyed What their engines have; those of a cloud's machines cannot be asked before they are there.
 */
export async function withCluster(
  hosts: ReadonlyMap<string, ContainerHost>,
  settings: { readonly hosts: HostsSettings; readonly topology: Topology },
  surveyed: readonly SurveyedMember[],
): Promise<ReadonlyMap<string, ContainerHost>> {
  const { cluster } = settings.hosts;
  if (cluster === undefined) {
    return hosts;
  }
  const members = [...hosts].map(([name, host]) => ({
    host,
    address: memberAddressOf(settings.hosts, surveyed, name),
  }));
  const limits =
    cluster.encrypted === false ? ["hosts.cluster.encrypted is false"] : await limitsOf(settings.hosts, surveyed);
  if (limits.length > 0) {
    void pulumi.log.info(
      `What containers on different hosts say to each other is not encrypted. ${limits.join("; ")}.`,
    );
  }
  const swarm = new Swarm(CLUSTER, {
    members,
    publish: cluster.publish,
    encrypted: limits.length === 0,
    addresses: plannedAddresses(takenBy(settings)),
    overlays: subnetsOf(settings.topology.hosts.filter(({ name }) => name === CLUSTER)),
    sources: sourcesOf(settings.hosts, members),
  });
  return new Map([...hosts, [CLUSTER, swarm]]);
}

async function limitsOf(hosts: HostsSettings, surveyed: readonly SurveyedMember[]): Promise<string[]> {
  const [{ os }] = hosts.kind === "remote" ? hosts.servers : [hosts];
  if (os === "windows") {
    return ["Windows encrypts no overlay"];
  }
  if (hosts.kind !== "scale-set") {
    return encryptionLimits(surveyed);
  }
  // The kernels of Azure's images can; the machines of a rehearsal have this machine's.
  const { cannotEncrypt } = hosts.rehearsed ? await askThisKernel() : {};
  return cannotEncrypt === undefined ? [] : [`this machine: ${cannotEncrypt}`];
}

/** What the environment's networks have, and the cloud's. */
function takenBy({ hosts, topology }: Parameters<typeof withCluster>[1]): string[] {
  return [...subnetsOf(topology.hosts), ...(hosts.kind === "scale-set" ? [hosts.network.addressSpace] : [])];
}

function subnetsOf(hosts: Topology["hosts"]): string[] {
  return hosts.flatMap(({ labs }) => labs.flatMap(({ networks }) => networks.map(({ subnet }) => subnet)));
}

function sourcesOf(hosts: HostsSettings, members: readonly { readonly address?: string }[]): string[] {
  if (hosts.kind === "scale-set") {
    return [hosts.rehearsed ? rehearsalSubnet : hosts.network.subnet];
  }
  return members.flatMap(({ address }) => (address === undefined ? [] : [`${address}/32`]));
}
