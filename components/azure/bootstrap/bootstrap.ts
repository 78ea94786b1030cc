import type { Credentials } from "../credentials";

/** What a bootstrap is made from, beside secrets. */
export interface BootstrapOptions {
  /** The administrator that Azure makes on each host, who logs in there. */
  readonly user: string;
  /** Whether there is PowerShell remoting over HTTPS; on Windows only. */
  readonly remoting?: boolean;
  /** Whether its engine is to be in a swarm. */
  readonly swarm?: boolean;
}

/** How a new machine of a scale set becomes a container host. */
export interface Bootstrap {
  /** What Azure puts onto each new machine: base64, without secrets. */
  readonly customData: string;
  /** The extension that ends the work and tells Azure how it went. It runs again whenever its settings change. */
  readonly handler: {
    readonly publisher: string;
    readonly type: string;
    readonly typeHandlerVersion: string;
    readonly autoUpgradeMinorVersion: true;
  };
  /** The extension's settings, with secrets: Azure keeps them encrypted and gives them to the machines alone. */
  protectedSettings(credentials: Credentials): Readonly<Record<string, string>>;
}

/** The engine's port on each host. */
export const DOCKER_PORT = 2376;

/** In bytes, before base64. Source: https://learn.microsoft.com/azure/virtual-machines/custom-data */
const LONGEST_CUSTOM_DATA = 65_535;

/** Custom data as Azure wants it. Throws an Error if it is too long. */
export function customDataOf(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > LONGEST_CUSTOM_DATA) {
    throw new Error(`custom data of ${bytes.length} bytes: Azure takes ${LONGEST_CUSTOM_DATA}`);
  }
  return bytes.toString("base64");
}
