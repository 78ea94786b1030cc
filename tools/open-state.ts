import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "./command";
import { scaleSetHosts } from "./setup/declared-hosts";
import type { Machine } from "./setup/machine";
import type { Toolchain } from "./setup/toolchain";

/**
 * Refuses an environment in a cloud whose state anybody could read who has the file: private keys of its machines are in
 * it, and an empty passphrase seals nothing.
 */
export function refuseOpenState(
  { project }: Pick<Machine, "project">,
  environment: string,
  { env, backend }: Pick<Toolchain, "env" | "backend">,
): void {
  const hosts = scaleSetHosts({ project }, environment);
  const filesOnly = backend !== undefined && !/^https?:/.test(backend);
  if (hosts === undefined || hosts.rehearsed || env.PULUMI_CONFIG_PASSPHRASE !== "" || !filesOnly) {
    return;
  }
  const file = readFileSync(join(project, "stacks", `Pulumi.${environment}.yaml`), "utf8");
  if (!/^secretsprovider: \S/m.test(file)) {
    throw new UserError(
      `Environment "${environment}" keeps private keys of its machines in its state, at ${backend}, and its passphrase is empty. ` +
        "Nothing was changed.\nSet PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to one of yours, or log in to " +
        "Pulumi Cloud, or have a key vault seal it: `secretsprovider` in the environment's stack file.",
    );
  }
}
