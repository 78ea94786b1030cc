import type { ContainerInfo } from "dockerode";
import type { InstanceData, PoolData } from "../../../components/containers/container-pool";
import { type EngineIds, type WantedContainer, wantedContainers } from "../../../tools/pool/create-options";

export const ids: EngineIds = {
  images: new Map([["app:1", "sha256:i1"]]),
  networks: new Map([
    ["pool", "n1"],
    ["pool2", "n2"],
  ]),
};

/** An instance `app-<port>`. */
export function instance(port: number, change: Partial<InstanceData> = {}): [string, InstanceData] {
  return [
    `app-${port}`,
    {
      role: "instance",
      image: "app:1",
      environment: { PORT: String(port) },
      endpoints: { pool: { address: `10.0.0.${port % 100}` } },
      ports: [{ address: "127.0.0.1", hostPort: port, containerPort: 80, protocol: "tcp" }],
      ...change,
    },
  ];
}

export function poolOf(...instances: [string, InstanceData][]): PoolData {
  return { stack: "test", lab: "a-lab", pool: "app", instances: Object.fromEntries(instances) };
}

/** The instances of these ports as they should be. */
export function wantedOf(...ports: number[]): WantedContainer[] {
  return wantedContainers(poolOf(...ports.map((port) => instance(port))), ids);
}

/** The container that is made of this, as the engine lists it. */
export function listed(wanted: WantedContainer, state = "running", change: Partial<ContainerInfo> = {}): ContainerInfo {
  const networks = Object.entries(wanted.endpoints).map(([NetworkID, { IPAMConfig }]): [string, object] => [
    NetworkID,
    { NetworkID, IPAddress: state === "running" ? IPAMConfig?.IPv4Address : "" },
  ]);
  return {
    Id: `id-of-${wanted.name}`,
    Names: [`/${wanted.name}`],
    State: state,
    Labels: wanted.options.Labels,
    NetworkSettings: { Networks: Object.fromEntries(networks) },
    ...change,
  } as ContainerInfo;
}
