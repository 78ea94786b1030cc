import type { HostTopology } from "../../network/topology";
import type { Fault } from "../fault";
import { networksOf, portsOf } from "./placed";

/**
 * What an engine for Windows containers cannot do and one for Linux containers can.
 * Source: https://learn.microsoft.com/virtualization/windowscontainers/container-networking/architecture
 */
export function windowsFaults(host: HostTopology): Fault[] {
  return host.os === "windows" ? [...networkFaults(host), ...portFaults(host)] : [];
}

function networkFaults(host: HostTopology): Fault[] {
  return networksOf(host).flatMap(({ key, name, subnet, ipRange, bridge }, index) => [
    ...absent(`${key}.ipRange`, ipRange, "Docker on Windows has no ip-range"),
    ...absent(`${key}.bridge`, bridge, "Windows has no bridge interfaces"),
    ...(index === 0
      ? []
      : [
          {
            key,
            value: { name, subnet },
            allowed: `one network on host "${host.name}": WinNAT has one internal prefix per host`,
            cure: `leave it out, or place it on another host: ${networksOf(host)[0].key} is there already`,
          },
        ]),
  ]);
}

function absent(key: string, value: string | undefined, reason: string): Fault[] {
  return value === undefined ? [] : [{ key, value, allowed: "nothing on Windows", cure: `remove it: ${reason}` }];
}

/** The first of the ports that Windows lends to outgoing connections and that HNS reserves in blocks. */
const firstDynamicPort = 49_152;

function portFaults(host: HostTopology): Fault[] {
  return portsOf(host).flatMap(({ key, address, hostPort }) => [
    ...(address === "0.0.0.0"
      ? []
      : [
          {
            key,
            value: address,
            allowed: "0.0.0.0 on Windows, whose nat networks publish on every address of the host",
            cure: "write 0.0.0.0, so that it is said that every machine that reaches the host reaches the port",
          },
        ]),
    ...(hostPort < firstDynamicPort
      ? []
      : [
          {
            key,
            value: hostPort,
            allowed: "a port from 1 to 49151 on Windows",
            cure: "choose a lower one, for example 8080: Windows keeps the others for outgoing connections",
          },
        ]),
  ]);
}
