import { gunzipSync } from "node:zlib";
import type { Instance, Resource } from "../arm/resource";
import type { Subscription } from "../arm/subscription";
import type { ExtensionBody, RunCommandBody, ScaleSetBody } from "../types/bodies";
import { imageName, operatingSystem } from "../catalogue/images";
import type { HostCommand, HostedInstance } from "./hosts";
import { frontendsOf } from "./ports";

/** What the machine behind an instance has to be told. */
export function hostedInstance(scaleSet: Resource, instance: Instance, subscription: Subscription): HostedInstance {
  const { sku, virtualMachineProfile: profile } = scaleSet.body as ScaleSetBody;
  const image = profile?.storageProfile?.imageReference;
  const os = profile?.osProfile;
  return {
    subscriptionId: subscription.state.subscriptionId,
    scaleSetId: scaleSet.id,
    instanceId: instance.instanceId,
    id: instance.id,
    vmId: instance.vmId,
    name: instance.name,
    computerName: instance.computerName,
    os: operatingSystem(profile) === "Windows" ? "windows" : "linux",
    image: image === undefined ? "" : imageName(image),
    size: sku?.name ?? "",
    privateAddresses: instance.ipConfigurations.map(({ privateIPAddress }) => privateIPAddress),
    adminUsername: os?.adminUsername ?? "",
    ...(os?.adminPassword === undefined ? {} : { adminPassword: os.adminPassword }),
    sshPublicKeys: (os?.linuxConfiguration?.ssh?.publicKeys ?? []).map(({ keyData }) => keyData ?? ""),
    ...(os?.customData === undefined ? {} : { customData: os.customData }),
    frontends: frontendsOf(instance, subscription),
  };
}

/** What a custom script extension runs; undefined for any other extension. */
export function extensionCommand(name: string, extension: ExtensionBody): HostCommand | undefined {
  const { commandToExecute, script } = { ...extension.settings, ...extension.protectedSettings } as {
    commandToExecute?: string;
    script?: string;
  };
  const text = commandToExecute ?? (script === undefined ? undefined : textOf(script));
  return text === undefined ? undefined : { name, text, parameters: {} };
}

/** Base64 of a script, which may be compressed: https://learn.microsoft.com/azure/virtual-machines/extensions/custom-script-linux */
function textOf(script: string): string {
  const bytes = Buffer.from(script, "base64");
  const GZIP = [0x1f, 0x8b];
  return (GZIP.every((byte, i) => bytes[i] === byte) ? gunzipSync(bytes) : bytes).toString();
}

/** What a run command runs. */
export function runCommandOf(name: string, { source, parameters, protectedParameters }: RunCommandBody): HostCommand {
  const all = [...(parameters ?? []), ...(protectedParameters ?? [])];
  return {
    name,
    text: source?.script ?? "",
    parameters: Object.fromEntries(all.map((parameter) => [parameter.name, parameter.value])),
  };
}
