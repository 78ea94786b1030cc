/** Ports of the hosts by which they are administered; no lab publishes them. */
export const administrationPorts = { ssh: 22, docker: 2376, winrm: 5986 } as const;

/** The account of a Windows host that the client's certificate logs in as, by PowerShell remoting. */
export const remotingAccount = "labs-remoting";

export type AdministrationPort = keyof typeof administrationPorts;

/** The first ports of the load balancer that lead to hosts one by one; each has as many as there can be hosts. */
const firstPorts: Readonly<Record<AdministrationPort, number>> = { ssh: 50_000, docker: 51_000, winrm: 52_000 };

/** Those by which hosts are administered with these settings. */
export function administrationPortsOf({ winrm }: { readonly winrm: boolean }): AdministrationPort[] {
  return winrm ? ["ssh", "docker", "winrm"] : ["ssh", "docker"];
}

/** The load balancer's ports for one of the hosts' administration ports, both ends included. */
export function frontendRange(port: AdministrationPort, maximum: number): { first: number; last: number } {
  return { first: firstPorts[port], last: firstPorts[port] + maximum - 1 };
}
