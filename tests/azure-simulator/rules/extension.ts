import { parentOf } from "../arm/ids";
import { customScripts, extensionNamed } from "../catalogue/extensions";
import { operatingSystem } from "../catalogue/images";
import type { ExtensionBody, RunCommandBody, ScaleSetBody } from "../types/bodies";
import { learn, onPut, pair, type Request, type Rule } from "./rule";

const SET = "Microsoft.Compute/virtualMachineScaleSets";
const EXTENSION = "Microsoft.Compute/virtualMachineScaleSets/extensions";
const RUN_COMMAND = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands";
const ERROR_MESSAGES = learn("azure/virtual-machines/windows/error-messages");
const CUSTOM_SCRIPT = learn("azure/virtual-machines/extensions/custom-script-windows");

/** Publisher and type, as Azure's messages name the handler. */
export function handlerOf({ publisher, type }: ExtensionBody): string {
  return `${publisher}.${type}`;
}

function isCustomScript(extension: ExtensionBody): boolean {
  return customScripts.includes(handlerOf(extension));
}

function has(settings: Readonly<Record<string, unknown>> | undefined, name: string): boolean {
  return settings?.[name] !== undefined;
}

function failure(name: string, message: string): string {
  return `VM has reported a failure when processing extension '${name}'. Error message: '${message}'`;
}

/** Extensions of scale sets, and run commands. */
export const extensions: readonly Rule[] = [
  onPut<ExtensionBody>(
    "extension-unknown",
    EXTENSION,
    {
      status: 404,
      code: "ArtifactNotFound",
      refuses: "an extension that does not exist",
      known: "message",
      reference: ERROR_MESSAGES,
    },
    (request) => {
      const { publisher, type } = request.body;
      return extensionNamed(handlerOf(request.body)) === undefined
        ? `The VM extension with publisher '${publisher}' and type '${type}' could not be found in location ` +
            `'${locationOf(request)}'.`
        : undefined;
    },
  ),
  onPut<ExtensionBody>(
    "extension-version",
    EXTENSION,
    {
      status: 404,
      code: "ArtifactVersionNotFound",
      refuses: "a version that the extension does not have",
      known: "message",
      reference: ERROR_MESSAGES,
    },
    ({ body }) => {
      const known = extensionNamed(handlerOf(body));
      return known !== undefined && !known.versions.includes(body.typeHandlerVersion ?? "")
        ? `No version found in the artifact repository that satisfies the requested version ` +
            `'${body.typeHandlerVersion}' for VM extension with publisher '${body.publisher}' and type '${body.type}'.`
        : undefined;
    },
  ),
  onPut<ScaleSetBody>(
    "extension-for-other-system",
    SET,
    {
      status: 400,
      code: "BadRequest",
      refuses: "an extension for Linux on Windows, or the other way round",
      known: "limit",
      reference: learn("azure/virtual-machines/extensions/overview"),
    },
    ({ body: { virtualMachineProfile: profile } }) => {
      const os = operatingSystem(profile);
      const wrong = (profile?.extensionProfile?.extensions ?? []).find((extension) => {
        const known = extensionNamed(handlerOf(extension));
        return os !== undefined && known !== undefined && known.os !== os;
      });
      return (
        wrong &&
        `The handler '${handlerOf(wrong)}' of VMExtension '${wrong.name}' is not supported for OS type '${os}'.`
      );
    },
  ),
  onPut<ScaleSetBody>(
    "extension-type-twice",
    SET,
    {
      status: 400,
      code: "BadRequest",
      refuses: "two extensions of one type",
      known: "message",
      reference: ERROR_MESSAGES,
    },
    ({ body: { virtualMachineProfile: profile } }) => {
      const all = profile?.extensionProfile?.extensions ?? [];
      const twice = pair(all, (a, b) => handlerOf(a) === handlerOf(b));
      return (
        twice &&
        `Multiple VMExtensions per handler not supported for OS type '${operatingSystem(profile)}'. VMExtension ` +
          `'${twice[1].name}' with handler '${handlerOf(twice[1])}' already added or specified in input.`
      );
    },
  ),
  onPut<ExtensionBody>(
    "command-in-both-settings",
    EXTENSION,
    {
      status: 409,
      code: "VMExtensionProvisioningError",
      refuses: "commandToExecute in settings and in protectedSettings",
      known: "limit",
      reference: CUSTOM_SCRIPT,
    },
    ({ name, body }) =>
      isCustomScript(body) && has(body.settings, "commandToExecute") && has(body.protectedSettings, "commandToExecute")
        ? failure(
            name,
            "commandToExecute was specified both in public and protected settings; it must be specified only once",
          )
        : undefined,
  ),
  onPut<ExtensionBody>(
    "command-missing",
    EXTENSION,
    {
      status: 409,
      code: "VMExtensionProvisioningError",
      refuses: "a custom script extension without a command",
      known: "limit",
      reference: CUSTOM_SCRIPT,
    },
    ({ name, body }) => {
      const settings = [body.settings, body.protectedSettings];
      const said = settings.some((each) => has(each, "commandToExecute") || has(each, "script"));
      return isCustomScript(body) && !said && body.protectedSettingsFromKeyVault === undefined
        ? failure(name, "neither commandToExecute nor script is specified")
        : undefined;
    },
  ),
  onPut<ExtensionBody>(
    "identity-in-open-settings",
    EXTENSION,
    {
      status: 409,
      code: "VMExtensionProvisioningError",
      refuses: "managedIdentity in settings: it belongs in protectedSettings",
      known: "limit",
      reference: CUSTOM_SCRIPT,
    },
    ({ name, body }) =>
      isCustomScript(body) && has(body.settings, "managedIdentity")
        ? failure(name, "managedIdentity must be specified in protected settings only")
        : undefined,
  ),
  onPut<ExtensionBody>(
    "protected-settings-twice",
    EXTENSION,
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "protectedSettings beside protectedSettingsFromKeyVault",
      known: "limit",
      reference: learn("rest/api/compute/virtual-machine-scale-set-extensions/create-or-update"),
    },
    ({ name, body }) =>
      body.protectedSettings !== undefined && body.protectedSettingsFromKeyVault !== undefined
        ? `VM Extension '${name}' must not have both protectedSettings and protectedSettingsFromKeyVault.`
        : undefined,
  ),
  onPut<RunCommandBody>(
    "run-command-without-machine",
    RUN_COMMAND,
    {
      status: 404,
      code: "NotFound",
      refuses: "a run command on an instance that is not there",
      known: "limit",
      reference: learn("azure/virtual-machines/windows/run-command-managed"),
    },
    ({ id, subscription }) => {
      const machine = parentOf(id);
      const found = subscription.machines().some(({ instance }) => instance.id.toLowerCase() === machine.toLowerCase());
      return found ? undefined : `The entity was not found in this Azure location: ${machine}.`;
    },
  ),
  onPut<RunCommandBody>(
    "run-command-without-script",
    RUN_COMMAND,
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a run command without a script",
      known: "limit",
      reference: learn("azure/virtual-machines/windows/run-command-managed"),
    },
    ({ body: { source } }) =>
      (source?.script ?? source?.scriptUri ?? source?.commandId)
        ? undefined
        : "Required parameter 'source' is missing (null): one of script, scriptUri and commandId must be given.",
  ),
  onPut<RunCommandBody>(
    "run-command-timeout",
    RUN_COMMAND,
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a run command's timeout over 90 minutes",
      known: "limit",
      reference: learn("azure/virtual-machines/windows/run-command-managed"),
    },
    ({ body: { timeoutInSeconds: seconds = 0 } }) =>
      seconds < 0 || seconds > 5400
        ? `The value ${seconds} of parameter 'timeoutInSeconds' is invalid. Allowed are 0 to 5400.`
        : undefined,
  ),
];

function locationOf({ id, subscription }: Request<ExtensionBody>): string {
  const set = subscription.get(parentOf(id));
  return (set?.body.location as string | undefined) ?? "";
}

/** A failed custom script extension, as Azure tells of it. */
export function extensionFailure(name: string, handler: string, message: string, windows: boolean): string {
  const [publisher, type] = [handler.slice(0, handler.lastIndexOf(".")), handler.slice(handler.lastIndexOf(".") + 1)];
  return (
    `VM has reported a failure when processing extension '${name}' (publisher '${publisher}' and type '${type}'). ` +
    `Error message: '${message}'. More information on troubleshooting is available at ` +
    `https://aka.ms/VMExtensionCSE${windows ? "Windows" : "Linux"}Troubleshoot.`
  );
}
