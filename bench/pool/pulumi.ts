import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { run } from "../../tools/processes";
import type { Pool, PoolTool } from "./pool";
import type { Preparation } from "./preparation";

/** Name of the stack, and of what its containers carry as their label. */
export const stack = "bench-pool";

interface PulumiProgram {
  readonly env?: Readonly<Record<string, string>>;
  /** The stack's settings, from the program's folder. */
  readonly stackFile: string;
  config(pool: Pool): object;
}

/** A Pulumi program in the tool's folder, driven as any user would, with a state of its own in the same folder. */
export async function pulumiTool(
  name: string,
  { folder, toolchain, engine }: Preparation,
  program: PulumiProgram,
): Promise<PoolTool> {
  const state = join(folder, "state");
  const stackFile = join(folder, program.stackFile);
  const env = {
    ...toolchain.env,
    ...program.env,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    DOCKER_HOST: engine,
  };
  mkdirSync(state);
  await run(toolchain.pulumi, ["stack", "init", stack, "--no-select"], { cwd: folder, env });
  const { "Pulumi CLI": cli, "docker plugin": plugin } = toolchain.origin;
  const operation = (...args: string[]): [string, ...string[]] => [
    toolchain.pulumi,
    ...args,
    ...["--stack", stack, "--non-interactive"],
  ];
  const update = ["--yes", "--skip-preview"];
  return {
    name,
    says: `Pulumi ${version(cli.says)}, ${cli.source}; docker plugin ${version(plugin.says)}, ${plugin.source}`,
    folder,
    env,
    declare(pool) {
      // `stack init` wrote the salt of the passphrase.
      const written = existsSync(stackFile) ? (parse(readFileSync(stackFile, "utf8")) as object) : {};
      writeFileSync(stackFile, stringify({ ...written, config: program.config(pool) }));
    },
    up: operation("up", ...update),
    again: operation("preview", "--expect-no-changes"),
    down: operation("destroy", ...update),
  };
}

function version(says: string): string {
  return says.split(",")[0];
}
