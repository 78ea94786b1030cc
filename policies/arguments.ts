import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { policies } from "../components/settings/policies";
import type { Toolchain } from "../tools/setup/toolchain";
import { readStackFile } from "../tools/stack-file";
import { packConfig, type PolicySwitches } from "./switches";

const project = join(__dirname, "..");

/**
 * The rules that an environment does without, as its stack file has them. What is no such setting switches nothing off:
 * the program itself refuses it.
 */
export function switchesOf(environment: string, folder = project): PolicySwitches {
  const { data = {} } = policies.safeParse(readStackFile(folder, environment).settings.policies);
  return data;
}

/** What `pulumi preview` and `pulumi up` are told, so that an environment is held to the rules. */
export function policyArguments(environment: string, toolchain: Pick<Toolchain, "origin">, folder = project): string[] {
  const out = join(folder, "out", environment);
  const config = join(out, "policies.json");
  mkdirSync(out, { recursive: true });
  writeFileSync(config, JSON.stringify(packConfig(switchesOf(environment, folder)), undefined, 2));
  // A language host that was built here is too old to start a policy pack. The CLI starts one that is a program itself.
  const built = toolchain.origin["Node language host"]?.source === "built from Go modules";
  const pack = join(folder, "policies", ...(built ? ["index.js"] : []));
  return ["--policy-pack", pack, "--policy-pack-config", config];
}
