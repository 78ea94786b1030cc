/** An extension of virtual machines: the system it is for, and its major and minor versions. */
export interface ExtensionType {
  readonly os: "Windows" | "Linux";
  readonly versions: readonly string[];
}

/** https://learn.microsoft.com/azure/virtual-machines/extensions/overview (and the pages of each) */
const extensions: Readonly<Record<string, ExtensionType>> = {
  "Microsoft.Compute.CustomScriptExtension": { os: "Windows", versions: ["1.8", "1.9", "1.10"] },
  "Microsoft.Azure.Extensions.CustomScript": { os: "Linux", versions: ["2.0", "2.1"] },
  "Microsoft.ManagedServices.ApplicationHealthWindows": { os: "Windows", versions: ["1.0", "2.0"] },
  "Microsoft.ManagedServices.ApplicationHealthLinux": { os: "Linux", versions: ["1.0", "2.0"] },
  "Microsoft.Compute.JsonADDomainExtension": { os: "Windows", versions: ["1.3"] },
  "Microsoft.Compute.VMAccessAgent": { os: "Windows", versions: ["2.4"] },
  "Microsoft.Azure.Monitor.AzureMonitorWindowsAgent": { os: "Windows", versions: ["1.0"] },
  "Microsoft.Azure.Monitor.AzureMonitorLinuxAgent": { os: "Linux", versions: ["1.0"] },
};

/** The two that run a command of the user's. */
export const customScripts: readonly string[] = [
  "Microsoft.Compute.CustomScriptExtension",
  "Microsoft.Azure.Extensions.CustomScript",
];

export function extensionNamed(handler: string): ExtensionType | undefined {
  return extensions[handler];
}
