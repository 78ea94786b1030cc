import { createHash } from "node:crypto";
import type { ServiceSpec } from "dockerode";
import type { InstanceData, PoolData, SwarmPorts } from "../../components/containers/container-pool";
import { label, labelsOf } from "../../components/labels";
import { graceSeconds, idOf, poolLabels, type EngineIds } from "./create-options";
import type { Wanted } from "./plan";

/** The API counts in nanoseconds. */
const SECOND = 1e9;

/** Seconds before a container that ended is made anew. */
const RESTART_DELAY = 1;

/** A service as it should be, in the engine's terms. */
export interface WantedService extends Wanted {
  readonly spec: ServiceSpec;
}

/**
 * All services of a pool as they should be, one for each instance: its port is its identity, so it never has two containers.
 * Images are called by their tag, as each member has an id of its own for it.
 */
export function wantedServices(data: PoolData & { readonly swarm: SwarmPorts }, ids: EngineIds): WantedService[] {
  return Object.entries(data.instances).map(([name, instance]) => wanted(name, instance, data, ids));
}

function wanted(
  name: string,
  instance: InstanceData,
  pool: PoolData & { readonly swarm: SwarmPorts },
  ids: EngineIds,
): WantedService {
  const { role, image, environment = {}, user, command, hosts, ports = [], endpoints } = instance;
  const { publish } = pool.swarm;
  const labels = { ...instance.labels, ...labelsOf(pool.stack, pool.lab, role), ...poolLabels(pool) };
  const specOf = (marked: Record<string, string>): ServiceSpec => ({
    Name: name,
    Labels: marked,
    TaskTemplate: {
      ContainerSpec: {
        Image: image,
        Hostname: name,
        Args: command && [...command],
        Env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
        User: user,
        // Its containers are the pool's, too, for whoever finds one on a member.
        Labels: marked,
        StopGracePeriod: graceSeconds * SECOND,
        // Here as a hosts file has it, and not as `docker run` takes it.
        Hosts: hosts?.map((entry) => entry.split(":").reverse().join(" ")),
      },
      Networks: Object.entries(endpoints).map(([network, { aliases = [] }]) => ({
        Target: idOf("network", network, ids.networks),
        Aliases: [...aliases],
      })),
      RestartPolicy: { Condition: "any", Delay: RESTART_DELAY * SECOND },
    },
    Mode: { Replicated: { Replicas: 1 } },
    // The old container has the port that the new one is to have.
    UpdateConfig: { Parallelism: 1, Order: "stop-first" },
    EndpointSpec: {
      // Without a virtual address, which takes IPVS in the kernel; but what each host hands on has one.
      Mode: publish === "ingress" ? "vip" : "dnsrr",
      Ports: ports.map(({ hostPort, containerPort, protocol }) => ({
        Protocol: protocol,
        PublishMode: publish,
        PublishedPort: hostPort,
        TargetPort: containerPort,
      })),
    },
  });
  const hash = createHash("sha256")
    .update(JSON.stringify(specOf(labels)))
    .digest("hex");
  return { name, hash, spec: specOf({ ...labels, [label.spec]: hash }) };
}
