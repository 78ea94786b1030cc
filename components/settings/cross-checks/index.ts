import type { HostTopology, Topology } from "../../network/topology";
import type { Fault } from "../fault";
import { outsideFaults, sharedAddressFaults, sharedStackFaults, unknownNetworkFaults } from "./endpoints";
import { nameFaults } from "./names";
import { overlayFaults } from "./overlay";
import { endpointCountFaults, gatewayFaults, ipRangeFaults, overlapFaults } from "./networks";
import { reservedPortFaults, sharedPortFaults } from "./ports";
import { windowsFaults } from "./windows";

const checks: readonly ((host: HostTopology) => Fault[])[] = [
  windowsFaults,
  overlayFaults,
  gatewayFaults,
  ipRangeFaults,
  overlapFaults,
  endpointCountFaults,
  unknownNetworkFaults,
  outsideFaults,
  sharedAddressFaults,
  sharedStackFaults,
  nameFaults,
  reservedPortFaults,
  sharedPortFaults,
];

/**
 * What is wrong between settings that are each right by themselves, host by host. What is on a cluster may come to be on any
 * of its hosts; what is wrong with it anyway is not told once more for each of them.
 */
export function crossFaults(hosts: readonly HostTopology[]): Fault[] {
  const alone = hosts.flatMap(faultsOn);
  const told = new Set(alone.map(identity));
  const together = withClusters(hosts).flatMap((host) => faultsOn(host).filter((fault) => !told.has(identity(fault))));
  return [...alone, ...new Map(together.map((fault) => [identity(fault), fault])).values()];
}

/** A host with all that is on it, and that may come to be on it as it is in a cluster. */
export function hostsAt({ hosts }: Topology, name: string): HostTopology[] {
  const inClusters = withClusters(hosts).filter((host) => host.name === name);
  return inClusters.length > 0 ? inClusters : hosts.filter((host) => host.name === name);
}

/** The hosts of clusters, with what is on the cluster besides what is on them. */
function withClusters(hosts: readonly HostTopology[]): HostTopology[] {
  return hosts
    .filter(({ members }) => members !== undefined)
    .flatMap(({ members = [], labs }) =>
      hosts.filter(({ name }) => members.includes(name)).map((host) => ({ ...host, labs: [...host.labs, ...labs] })),
    );
}

function faultsOn(host: HostTopology): Fault[] {
  return checks.flatMap((check) => check(host));
}

function identity({ key, value }: Fault): string {
  return JSON.stringify([key, value]);
}
