import type { ContainerHost } from "../hosts/container-host";
import { CLUSTER } from "../settings/hosts/cluster";
import type { Swarm } from "./swarm";

/** Whether a host is a cluster of hosts. */
export function isSwarm(host: ContainerHost): host is Swarm {
  return host.kind === CLUSTER;
}
