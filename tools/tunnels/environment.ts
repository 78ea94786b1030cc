import { delimiter } from "node:path";
import { scaleSetHosts } from "../setup/declared-hosts";
import { thisMachine } from "../setup/machine";

/**
 * What Azure's command line is to have in its environment, for tunnels to an environment's hosts. Where these are
 * rehearsed, it is the stand-in for it that is found, and the simulated Azure that it asks.
 * @param env What Pulumi has in its own.
 */
export function tunnelEnvironment(
  environment: string,
  env: Readonly<Record<string, string | undefined>>,
): NodeJS.ProcessEnv {
  const machine = thisMachine();
  if (scaleSetHosts(machine, environment)?.rehearsed !== true) {
    return env;
  }
  const { simulatedAzure } = require("../rehearsal/azure") as typeof import("../rehearsal/azure");
  const { commands, env: simulated } = simulatedAzure(machine, environment);
  return { ...env, ...simulated, PATH: [commands, env.PATH ?? machine.env.PATH ?? ""].join(delimiter) };
}
