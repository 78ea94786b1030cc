import type { ContainerSpec, LabTopology } from "../../network/topology";
import type { HostOs } from "../lab";
import { imageToRun } from "./plan";
import type { ImageBuilderSettings } from "./settings";

/** What the lab puts on its host: a container of the built image, on a network of its own. */
export function topology(settings: ImageBuilderSettings, os: HostOs): LabTopology {
  const { name, network, address, listen, port, containerPort } = settings.run;
  const container: ContainerSpec = {
    name,
    role: "result",
    image: imageToRun(settings),
    endpoints: [{ network: network.name, address, aliases: [] }],
    hostsEntries: [],
    ports: [{ address: listen, hostPort: port, containerPort, protocol: "tcp", setting: "run.port" }],
    setting: "run.name",
  };
  return {
    networks: [
      {
        name: network.name,
        subnet: network.subnet,
        gateway: network.gateway,
        // What is set is passed on even on Windows, where the cross checks refuse it with the reason.
        bridge: network.bridge ?? (os === "linux" ? "builder0" : undefined),
        setting: "run.network",
      },
    ],
    containers: [container],
  };
}
