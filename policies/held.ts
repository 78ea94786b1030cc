import { join } from "node:path";
import { readStackFile } from "../tools/stack-file";

/**
 * Whether this program's own updates of an environment are held to the rules: in a cloud, rehearsed or not, and in CI. On
 * somebody's own engine there is little to guard, and an update takes seconds.
 */
export function heldToRules(environment: string, { CI = "" } = process.env, folder = join(__dirname, "..")): boolean {
  const { hosts } = readStackFile(folder, environment).settings;
  const { kind } = (hosts ?? {}) as { readonly kind?: unknown };
  return kind === "scale-set" || !["", "0", "false"].includes(CI.toLowerCase());
}
