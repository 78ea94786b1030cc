import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Pool, PoolTool } from "./pool";
import type { Preparation } from "./preparation";
import { pulumiTool, stack } from "./pulumi";

/** What of this project a run of the program needs. */
const parts = [
  ...["Pulumi.yaml", "index.ts", "package.json", "package-lock.json", "tsconfig.json"],
  ...["components", "tools", "stacks"],
];

/** This program, as a copy with one lab, which is driven by plain `pulumi`. */
export async function ours(preparation: Preparation): Promise<PoolTool> {
  const { folder, machine } = preparation;
  for (const part of parts) {
    cpSync(join(machine.project, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(machine.project, "node_modules"), join(folder, "node_modules"));
  return pulumiTool("ours", preparation, {
    stackFile: `stacks/Pulumi.${stack}.yaml`,
    config: (pool) => ({
      "pulumi:disable-default-providers": ["*"],
      "container-network-labs:hosts": { kind: "local" },
      "container-network-labs:labs": labs(pool),
    }),
  });
}

/** The same pool in this program's settings, beside whatever else is up. The image, and what runs in it, are the lab's own. */
function labs({ count, firstPort }: Pool): object {
  const network = { name: "bench-pool", subnet: "10.91.0.0/22", bridge: "bench-pool" };
  return { "app-pool": { count, firstPort, name: "bench-app", network } };
}
