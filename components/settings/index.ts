import * as pulumi from "@pulumi/pulumi";
import { labs } from "../labs";
import { blameExactly } from "./blame";
import { pastEndFaults } from "./expires";
import type { Fault } from "./fault";
import { exampleSourceFaults } from "./hosts/administration";
import { hostFileFaults, plainPasswordFaults } from "./hosts/files";
import { labSelection } from "./lab-selection";
import { parse, type RawSettings, type Settings } from "./parse";
import { valueAt } from "./schema-faults";
import { SettingsError } from "./settings-error";

export { engineFaults } from "./engine-faults";
export type { Fault } from "./fault";
export { type HostsSettings, type RemoteServer, type RemoteSettings, type ScaleSetSettings } from "./hosts";
export type { LabSettings, PlacedLab, RawSettings, Settings } from "./parse";
export { SettingsError, settingsFile } from "./settings-error";

/**
 * Types and checks the settings of an environment.
 * @param hostsAreSecret Whether Pulumi keeps a part of the hosts' settings encrypted; without it, a password is refused.
 * @param isUpdate Whether they are to be brought about and not only looked at; an example's sources are refused then.
 * @throws SettingsError with every fault that can be told at once.
 */
export function parseSettings(
  raw: RawSettings,
  environment: string,
  hostsAreSecret = true,
  isUpdate = false,
): Settings {
  return parse(raw, environment, labs, (hosts) => [
    ...hostFileFaults(hosts),
    ...(hostsAreSecret ? [] : plainPasswordFaults(hosts, environment)),
    ...(isUpdate ? [...exampleSourceFaults(hosts), ...pastEndFaults(raw.expires)] : []),
  ]);
}

/**
 * The settings of the current stack, from its configuration; `npm start -- --labs a,b` selects labs for one run.
 * Throws as {@link parseSettings} does.
 */
export function readSettings(): Settings {
  const namespace = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(namespace));
  const raw: RawSettings = Object.fromEntries(own.map(([key, text]) => [key.slice(namespace.length), fromText(text)]));
  return parseSettings(
    select(raw, process.env[labSelection]),
    pulumi.getStack(),
    isSecret(`${namespace}hosts`),
    !pulumi.runtime.isDryRun(),
  );
}

/**
 * Labs that the stack file says nothing about have their defaults. What is stated of containers of labs that are left out
 * is left out with them.
 */
function select(raw: RawSettings, selection: string | undefined): RawSettings {
  if (selection === undefined || selection === "") {
    return raw;
  }
  const given = (raw.labs ?? {}) as Record<string, unknown>;
  const names = selection.split(",").map((name) => name.trim());
  const left = Object.keys(given).filter((name) => !names.includes(name));
  return {
    ...raw,
    labs: Object.fromEntries(names.map((name) => [name, given[name] ?? {}])),
    ...(Array.isArray(raw.expect) && { expect: withoutLabs(raw.expect, given, left) }),
  };
}

function withoutLabs(expect: readonly unknown[], given: Readonly<Record<string, unknown>>, left: readonly string[]) {
  const gone = left.flatMap((name) => {
    const settings = labs[name]?.settings.safeParse(given[name]);
    return settings?.success ? labs[name].topology(settings.data, "linux").containers.map((each) => each.name) : [];
  });
  return expect.filter((each) => ["from", "to"].every((end) => !gone.includes(String(valueAt(each, [end])))));
}

/** Throws a SettingsError if there are faults that only showed later, such as the engine's. */
export function refuse(faults: readonly Fault[], settings: Settings): void {
  if (faults.length > 0) {
    const labs = Object.fromEntries(settings.labs.map(({ lab, settings: given }) => [lab, given]));
    throw new SettingsError(blameExactly(faults, { labs }), settings.environment);
  }
}

/** A configuration value: Pulumi hands every one over as text, objects as JSON. Other text stays what it is. */
function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether a value, or a part of it, is a secret. The SDK knows, and has no type for it. */
function isSecret(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };
  return isConfigSecret(key);
}
