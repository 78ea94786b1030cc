import { createHash } from "node:crypto";
import type { AdministrationPort } from "./ports";

/**
 * Below the ports that systems hand out by themselves: Linux does from 32768 on, Windows and macOS from 49152. Source:
 * https://docs.kernel.org/networking/ip-sysctl.html (ip_local_port_range)
 */
const firstOfAll = 20_000;
const environments = 60;

/** Hosts that a scale set can have at most, each with a port for SSH and one for Docker. */
const mostHosts = 100;
const perHost = 2;

/** How many ports of this machine are an environment's, in a row. */
export const tunnelPortCount = mostHosts * perHost;

/** The first of an environment's ports where its settings name none. Another environment may happen to have the same. */
export function firstTunnelPort(environment: string): number {
  const number = createHash("sha256").update(environment).digest().readUInt32BE(0);
  return firstOfAll + (number % environments) * tunnelPortCount;
}

/**
 * The ports of this machine's loopback address at which a host is found that is reached through a tunnel. They follow from
 * its place among the hosts, whatever machine it is, so that an engine's address never changes.
 * @param first As the settings name it.
 * @param index Of the host, from 0.
 */
export function tunnelPorts(
  environment: string,
  first: number = firstTunnelPort(environment),
  index: number,
): Readonly<Record<Extract<AdministrationPort, "ssh" | "docker">, number>> {
  const ssh = first + perHost * index;
  return { ssh, docker: ssh + 1 };
}
