import type { HostTopology } from "../../network/topology";
import type { Fault } from "../fault";
import { outsideFaults, sharedAddressFaults, sharedStackFaults, unknownNetworkFaults } from "./endpoints";
import { nameFaults } from "./names";
import { endpointCountFaults, gatewayFaults, ipRangeFaults, overlapFaults } from "./networks";
import { reservedPortFaults, sharedPortFaults } from "./ports";
import { windowsFaults } from "./windows";

const checks: readonly ((host: HostTopology) => Fault[])[] = [
  windowsFaults,
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

/** What is wrong between settings that are each right by themselves, host by host. */
export function crossFaults(hosts: readonly HostTopology[]): Fault[] {
  return hosts.flatMap((host) => checks.flatMap((check) => check(host)));
}
