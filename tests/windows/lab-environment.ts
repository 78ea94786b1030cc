import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";

const stacks = join(__dirname, "..", "..", "stacks");

interface StackFile {
  readonly config: Readonly<Record<string, unknown>>;
}

/** Name of the environment that has one lab alone, on this machine's engine for Windows containers. */
export function labEnvironment(lab: string): string {
  return `windows-${lab}`;
}

/**
 * The stack file of that environment: the settings that the lab has in Azure's environment for Windows, as a Windows host
 * has one network and one stack file for all labs can therefore be none of one host. Throws an Error for an unknown lab.
 */
export function labStackFile(lab: string): StackFile {
  const { config } = parse(readFileSync(join(stacks, "Pulumi.azure-windows.yaml"), "utf8")) as StackFile;
  const labs = config["container-network-labs:labs"] as Readonly<Record<string, unknown>>;
  if (!(lab in labs)) {
    throw new Error(`stacks/Pulumi.azure-windows.yaml has no lab ${lab}: it has ${Object.keys(labs).join(", ")}`);
  }
  return {
    config: {
      ...config,
      "container-network-labs:hosts": { kind: "local", os: "windows" },
      "container-network-labs:labs": { [lab]: labs[lab] },
    },
  };
}

if (require.main === module) {
  const lab = process.argv[2];
  writeFileSync(join(stacks, `Pulumi.${labEnvironment(lab)}.yaml`), stringify(labStackFile(lab)));
}
