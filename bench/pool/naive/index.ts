import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

interface Pool {
  count: number;
  firstPort: number;
  perNetwork: number;
  image: string;
  environment: string[];
  command: string[];
  label: string;
}

const pool = new pulumi.Config().requireObject<Pool>("pool");
const labels = [{ label: pool.label, value: "naive" }];

const networks = Array.from(
  { length: Math.ceil(pool.count / pool.perNetwork) },
  (_, i) =>
    new docker.Network(`pool-${i}`, {
      name: `bench-pool-${i}`,
      ipamConfigs: [{ subnet: `10.91.${2 * i}.0/23`, gateway: `10.91.${2 * i}.1` }],
      labels,
    }),
);

for (let i = 0; i < pool.count; i++) {
  const port = pool.firstPort + i;
  new docker.Container(`app-${port}`, {
    name: `bench-app-${port}`,
    image: pool.image,
    command: pool.command,
    envs: pool.environment,
    networksAdvanced: [{ name: networks[Math.floor(i / pool.perNetwork)].name }],
    ports: [{ internal: 80, external: port, ip: "127.0.0.1" }],
    restart: "unless-stopped",
    labels,
  });
}
