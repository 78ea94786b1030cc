import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { PoolTool } from "./pool";
import type { Preparation } from "./preparation";
import { pulumiTool } from "./pulumi";

/** A first program: one docker.Container for each instance, types checked at each run, as the templates set it up. */
export async function naive(preparation: Preparation): Promise<PoolTool> {
  const { folder, machine } = preparation;
  cpSync(join(__dirname, "naive"), folder, { recursive: true });
  symlinkSync(join(machine.project, "node_modules"), join(folder, "node_modules"));
  return pulumiTool("naive", preparation, {
    env: { PULUMI_NODEJS_TRANSPILE_ONLY: "false" },
    stackFile: "Pulumi.bench-pool.yaml",
    config: (pool) => ({ "bench-pool-naive:pool": pool }),
  });
}
