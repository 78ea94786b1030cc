import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../../../tests/azure-simulator/arm/lock";
import type { Settings } from "../../../tests/azure-simulator/orders/settings";
import type { InstanceHostsOptions } from "./instance-hosts";
import type { SimulatedAzure } from "./simulated-azure";

/**
 * Has a simulated Azure make real machines, on the network with this subnet. What is ordered of it stays. Two rehearsals
 * have different subnets, and so different public addresses: 198.18.7.0/24 goes with 127.77.7.0/24.
 */
export function settle({ folder, settings }: SimulatedAzure, options: InstanceHostsOptions, subnet: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before = existsSync(settings) ? (JSON.parse(readFileSync(settings, "utf8")) as Partial<Settings>) : {};
  const [, half, number] = subnet.split(".").map(Number);
  const after: Partial<Settings> = {
    // Long enough for a machine's first boot, which a killed run's write may still be at.
    retryDelayMilliseconds: 10_000,
    ...before,
    publicAddresses: `127.${half === 18 ? 77 : 78}.${number}.0/24`,
    hosts: { module: join(__dirname, "instance-hosts.ts"), options },
  };
  if (JSON.stringify(after) !== JSON.stringify(before)) {
    writeAtomically(settings, `${JSON.stringify(after, undefined, 2)}\n`);
  }
}
