import type { Frontend } from "../../../tests/azure-simulator/instances/hosts";

/** A machine, and the ports of the load balancer that lead to it. */
export interface Balanced {
  readonly machine: string;
  readonly address: string;
  readonly frontends: readonly Frontend[];
}

/**
 * haproxy's settings for these machines: a port of an inbound NAT rule leads to one machine, a port of a load balancing
 * rule to those on which something answers. Azure's load balancer keeps the client's address; here it becomes that of
 * the machines' gateway.
 */
export function balancing(machines: readonly Balanced[]): string {
  const ports = new Map<string, { readonly shared: boolean; readonly servers: string[] }>();
  for (const { machine, address, frontends } of machines) {
    for (const { rule, publicAddress, frontendPort, backendPort, shared, protocol } of frontends) {
      if (protocol.toLowerCase() === "udp") {
        throw new Error(`Rule ${rule} is for UDP, which the load balancer of a rehearsal does not pass on.`);
      }
      const port = `${publicAddress}:${frontendPort}`;
      const servers = ports.get(port)?.servers ?? [];
      servers.push(`${machine} ${address}:${backendPort}${shared ? " check inter 1s fall 2 rise 1" : ""}`);
      ports.set(port, { shared, servers });
    }
  }
  const listens = [...ports].map(([port, { shared, servers }]) =>
    [
      `listen ${port}`,
      `  bind ${port}`,
      // A machine that a probe has not looked at yet counts as one that answers: another one is tried then.
      ...(shared ? ["  balance roundrobin", "  option redispatch 1"] : []),
      ...servers.map((server) => `  server ${server}`),
    ].join("\n"),
  );
  return [...head, ...listens].map((section) => `${section}\n`).join("\n");
}

/** It ends where it has nothing to listen on. Connections may be silent for as long as a build may take. */
const head = [
  "global\n  log stdout format raw local0 notice",
  [
    "defaults",
    ...["mode tcp", "log global", "option dontlognull", "option clitcpka", "option srvtcpka"],
    ...["retries 3", "timeout connect 5s", "timeout client 1h", "timeout server 1h"],
  ].join("\n  "),
  "listen nothing\n  bind unix@/run/load-balancer.sock",
];
