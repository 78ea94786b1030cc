import { join } from "node:path";
import type { Machine } from "../../setup/machine";

/** Where the simulated Azure of an environment is kept, and how Pulumi finds it. */
export interface SimulatedAzure {
  /** All that it keeps, beside Pulumi's own state: a fresh clone finds both. */
  readonly folder: string;
  /** File with how it behaves (tests/azure-simulator/orders/settings.ts); orders may be added to it. */
  readonly settings: string;
  /** Folder of the plugin, to stand before the others on PATH. */
  readonly plugin: string;
  /** Folder of what stands in for Azure's command line. */
  readonly commands: string;
  /** What the plugin reads from its environment. */
  readonly env: { readonly AZURE_SIMULATOR_STORE: string; readonly AZURE_SIMULATOR_SETTINGS: string };
}

/** Nothing of it need be there yet. */
export function simulatedAzure({ state }: Pick<Machine, "state">, environment: string): SimulatedAzure {
  const folder = join(state, "azure-simulator", environment);
  const settings = join(folder, "settings.json");
  return {
    folder,
    settings,
    plugin: join(__dirname, "..", "..", "..", "tests", "azure-simulator", "bin"),
    commands: join(__dirname, "bin"),
    env: { AZURE_SIMULATOR_STORE: join(folder, "store"), AZURE_SIMULATOR_SETTINGS: settings },
  };
}
