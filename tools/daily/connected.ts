import type { Call } from "../command";
import { connectHosts } from "../hosts";
import { stackOutputs, type StackOutputs } from "../stack";

/** What an environment that is up declares, its servers connected. Throws a UserError where nothing is up. */
export async function connected({ environment, progress, signal }: Call): Promise<StackOutputs> {
  const outputs = await stackOutputs(environment);
  const { toolchain, state } = outputs;
  // Whoever is not reached is told of by the Docker client.
  await connectHosts({ environment, toolchain, state, progress, signal, wait: false });
  return outputs;
}
