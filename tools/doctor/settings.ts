import { hosts as hostsSchema, type HostsSettings } from "../../components/settings/hosts";
import { UserError } from "../command";
import { readStackFile, type StackFile } from "../stack-file";
import { fail, pass, type Finding } from "./finding";

/** What was found of an environment's settings. */
export interface FoundSettings {
  readonly finding: Finding;
  /** The hosts, where they can be read, even if something else is wrong. */
  readonly hosts: HostsSettings | undefined;
}

/** Reads the settings of an environment, and says which are wrong. */
export function settingsFinding(project: string, environment: string): FoundSettings {
  const name = "settings";
  let file: StackFile;
  try {
    file = readStackFile(project, environment);
  } catch (error) {
    if (error instanceof UserError) {
      return { finding: fail(name, error.message, "say which with --environment NAME"), hosts: undefined };
    }
    throw error;
  }
  const { success, data } = hostsSchema.safeParse(file.settings.hosts);
  return { finding: faults(name, file, environment), hosts: success ? data : undefined };
}

function faults(name: string, { settings }: StackFile, environment: string): Finding {
  const { parseSettings, SettingsError } =
    require("../../components/settings") as typeof import("../../components/settings");
  try {
    parseSettings(settings, environment);
    return pass(name, `stacks/Pulumi.${environment}.yaml`);
  } catch (error) {
    if (!(error instanceof SettingsError)) {
      throw error;
    }
    const each = error.faults.map(({ key, allowed }) => `${key}: allowed is ${allowed}`);
    const cures = [...new Set(error.faults.map(({ cure }) => cure))];
    return fail(name, [`stacks/Pulumi.${environment}.yaml`, ...each].join("\n"), cures.join("\n"));
  }
}
