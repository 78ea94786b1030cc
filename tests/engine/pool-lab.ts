import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { z } from "zod";
import { Image } from "../../components/images/image";
import { declareTopology } from "../../components/labs/declare";
import type { LabDefinition } from "../../components/labs/lab";
import { offset } from "../../components/network/address";
import type { ContainerSpec, LabTopology } from "../../components/network/topology";

const settings = z.strictObject({
  name: z.string(),
  /** A /24 or larger, with an address for each port. */
  subnet: z.string(),
  ports: z.array(z.number()),
  environment: z.record(z.string(), z.string()).default({}),
  /** Ports whose instances run as somebody whom their image does not know, so that the engine cannot start them. */
  broken: z.array(z.number()).default([]),
});

export type PoolLabSettings = z.infer<typeof settings>;

/** The least of a lab that has a pool: put in place of a copied program's own labs, to test pools and nothing besides. */
export const poolLab: LabDefinition<typeof settings> = {
  settings,
  systems: ["linux"],
  topology,
  faults: () => [],
  expectations: () => [],
  declare: (name, given, host) => {
    const parent = new pulumi.ComponentResource(
      "container-network-labs:labs:PoolLab",
      name,
      {},
      {
        providers: [host.docker],
      },
    );
    const lab = "pool-lab";
    const image = new Image(
      "pool-lab-web",
      {
        lab,
        host,
        repository: `${given.name}-web`,
        folder: join(__dirname, "..", "..", "components", "labs", "docker-networks", "images", "web"),
        buildArgs: { ...host.baseImage },
      },
      { parent },
    );
    const run = ({ ports }: ContainerSpec) => ({
      image,
      environment: given.environment,
      user: given.broken.includes(ports[0].hostPort) ? "nobody-knows" : undefined,
    });
    const { pools } = declareTopology({ name, lab, host, topology: topology(given), run }, parent);
    return { open: {}, outputs: {}, containers: pools };
  },
};

function topology({ name, subnet, ports }: PoolLabSettings): LabTopology {
  const first = subnet.split("/")[0];
  return {
    networks: [{ name, subnet, gateway: offset(first, 1), bridge: name, setting: "subnet" }],
    containers: ports.map((port) => ({
      name: `${name}-${port}`,
      role: "instance",
      image: "web",
      pool: "web",
      endpoints: [{ network: name, address: offset(first, 2 + (port % 100)), aliases: [] }],
      hostsEntries: [],
      ports: [{ address: "127.0.0.1", hostPort: port, containerPort: 80, protocol: "tcp", setting: "ports" }],
      setting: "ports",
    })),
  };
}
