import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../tools/command";
import { ask, run } from "../../tools/processes";
import { entryPath } from "../../tools/setup/cache";
import type { GoProgram } from "../../tools/setup/go";
import { onPath } from "../../tools/setup/machine";
import type { PoolTool } from "./pool";
import type { Preparation } from "./preparation";

const VERSION = "4.6.0";

/** The provider that the docker plugin of Pulumi is made of, for machines that cannot download it. */
const standIn: GoProgram = {
  folder: "terraform-provider-docker",
  version: VERSION,
  program: "terraform-provider-docker",
  package: "github.com/terraform-providers/terraform-provider-docker",
  versionVariable: ["main.version", VERSION],
  tags: ["no_compose"],
};

/** Terraform, which must be on PATH, with its registry's docker provider, else with one built from Go modules. */
export async function terraform(preparation: Preparation): Promise<PoolTool> {
  const { folder, machine, engine } = preparation;
  const [program] = onPath(machine, "terraform");
  if (program === undefined) {
    throw new UserError(
      "There is no terraform on PATH. Install it (https://developer.hashicorp.com/terraform/install), or leave it " +
        "out: --tools ours,naive,compose",
    );
  }
  cpSync(join(__dirname, "terraform"), folder, { recursive: true });
  const env = {
    DOCKER_HOST: engine,
    TF_CLI_CONFIG_FILE: join(folder, "cli.tfrc"),
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
  };
  const version = JSON.parse(await ask(program, ["version", "-json"], { env: { CHECKPOINT_DISABLE: "1" } })) as {
    terraform_version: string;
  };
  const provider = await provide(preparation, program, env);
  return {
    name: "terraform",
    says: `Terraform ${version.terraform_version}, yours; docker provider ${provider}`,
    folder,
    env,
    declare: (pool) => writeFileSync(join(folder, "terraform.tfvars.json"), JSON.stringify({ pool })),
    up: [program, "apply", "-auto-approve", "-input=false", "-no-color"],
    again: [program, "plan", "-detailed-exitcode", "-input=false", "-no-color"],
    down: [program, "destroy", "-auto-approve", "-input=false", "-no-color"],
  };
}

/** Brings the provider, and says which it is. What has been built is used from then on. */
async function provide(
  { folder, machine, progress, builds }: Preparation,
  program: string,
  env: Record<string, string>,
): Promise<string> {
  const downloads = entryPath(machine, "terraform-plugins");
  if (!builds.has(standIn)) {
    mkdirSync(downloads, { recursive: true });
    writeFileSync(env.TF_CLI_CONFIG_FILE, `plugin_cache_dir = ${JSON.stringify(downloads)}\n`);
    const downloaded = await progress.step("Terraform's docker provider: download", async ({ log, outcome }) => {
      // An answer is waited for only briefly; the download itself may take its time.
      const quick = { TF_REGISTRY_CLIENT_TIMEOUT: "8", TF_REGISTRY_DISCOVERY_RETRY: "0" };
      try {
        await run(program, ["init", "-input=false", "-no-color"], { cwd: folder, env: { ...env, ...quick }, log });
        return true;
      } catch {
        machine.signal?.throwIfAborted();
        outcome("its registry can't be reached,");
        return false;
      }
    });
    if (downloaded) {
      return "from its registry";
    }
  }
  const provider = await builds.path("Terraform's docker provider", standIn);
  const overrides = `dev_overrides {\n    "kreuzwerker/docker" = ${JSON.stringify(dirname(provider))}\n  }\n  direct {}`;
  writeFileSync(env.TF_CLI_CONFIG_FILE, `provider_installation {\n  ${overrides}\n}\n`);
  return `${VERSION}, built from Go modules`;
}
