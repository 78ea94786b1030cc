import { join } from "node:path";
import { UserError } from "../command";
import { ask, CommandError, run } from "../processes";
import { readState, type RecordedResource, resourcesOf, type StackState, writeState } from "../stack";
import { azureId, isAzure, subscriptionOf } from "./azure-ids";
import type { Healing, Settled } from "./heal";
import { markOf } from "./killed-run";

/**
 * Has the state tell what there is in Azure at present: what a killed run had made there and not recorded yet is adopted,
 * what somebody removed is forgotten, so that the update makes it anew. Nothing where no cloud is recorded.
 */
export async function healCloud(healing: Healing, settled: Settled): Promise<Settled> {
  const { environment, toolchain, progress } = healing;
  const { state, killed, locked } = settled;
  const pending = (state?.deployment.pending_operations ?? []).filter(({ resource }) => isAzure(resource));
  if (state === undefined || (pending.length === 0 && !resourcesOf(state).some(isAzure))) {
    return settled;
  }
  if (locked) {
    await run(toolchain.pulumi, ["cancel", "--yes", "--stack", environment], { env: toolchain.env });
  }
  const adopted = pending.length === 0 ? state : adoptPending(state, await subscriptionFor(healing, state));
  if (adopted !== state) {
    await writeState(environment, toolchain, adopted);
  }
  await progress.step("Look at Azure", () => refresh(healing, resourcesOf(adopted).filter(isAzure)));
  return { state: await readState(environment, toolchain), killed, locked: false };
}

/**
 * The state in which what a killed run was about to make in Azure is recorded as if it were there: a refresh then finds out,
 * and forgets what is not. What else it had under way there was with things that are recorded. Pure.
 */
export function adoptPending(state: StackState, subscription: string | undefined): StackState {
  const { resources = [], pending_operations: pending = [] } = state.deployment;
  const known = new Set(resources.map(({ urn }) => urn));
  const begun = pending
    .filter(({ type, resource }) => type === "creating" && isAzure(resource) && !known.has(resource.urn))
    .flatMap(({ resource }): RecordedResource[] => {
      const id = subscription === undefined ? undefined : azureId(resource, subscription);
      return id === undefined ? [] : [{ ...resource, id, outputs: {} }];
    });
  return {
    ...state,
    deployment: {
      ...state.deployment,
      resources: [...resources, ...begun],
      pending_operations: pending.filter(({ resource }) => !isAzure(resource)),
    },
  };
}

/** By what is recorded, else as the provider itself would find it. */
async function subscriptionFor({ toolchain }: Healing, state: StackState): Promise<string | undefined> {
  const resources = resourcesOf(state);
  const ids = resources.filter(isAzure).map(({ id }) => subscriptionOf(id));
  const provider = resources.find(({ type }) => type === "pulumi:providers:azure-native")?.inputs?.subscriptionId;
  const { ARM_SUBSCRIPTION_ID: set = process.env.ARM_SUBSCRIPTION_ID } = toolchain.env;
  const known = ids.find((id) => id !== undefined) ?? (provider as string | undefined) ?? set;
  return known || ask("az", ["account", "show", "--query", "id", "--output", "tsv"]).then(trimmed, () => undefined);
}

function trimmed(text: string): string | undefined {
  return text.trim() || undefined;
}

/** Of these alone: a host that is gone could not be asked what is on it. */
async function refresh({ environment, toolchain }: Healing, resources: readonly RecordedResource[]): Promise<void> {
  const targets = resources.flatMap(({ urn }) => ["--target", urn]);
  const quietly = ["--yes", "--skip-preview", "--suppress-outputs", "--suppress-progress", "--color", "never"];
  try {
    await run(toolchain.pulumi, ["refresh", "--stack", environment, ...quietly, ...targets], {
      env: { ...toolchain.env, ...markOf({ stack: environment, backend: toolchain.backend }) },
    });
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    const { stdout = "" } = error.cause as { stdout?: string };
    throw new UserError(
      `Azure can't be asked what there is of "${environment}".\n${stdout.trim()}\n${error.message}`,
      2,
      {
        cause: error,
      },
    );
  }
}

/** The resource groups of a state that Azure still has, and those that it does not, each with who says so. */
export interface Groups {
  readonly left: readonly string[];
  readonly gone: readonly { readonly group: string; readonly says: string }[];
}

/** Azure takes a group away last, and the provider waits until it has. Who else can be asked about it, is asked. */
export async function groupsLeft(
  { toolchain }: Pick<Healing, "toolchain">,
  before: StackState | undefined,
  after: StackState | undefined,
): Promise<Groups> {
  const namesIn = (state: StackState | undefined) =>
    resourcesOf(state)
      .filter(({ type }) => type === "azure-native:resources:ResourceGroup")
      .map(({ inputs }) => String(inputs?.resourceGroupName));
  const recorded = namesIn(after);
  const found = await Promise.all(
    namesIn(before).map(async (group) => ({ group, ...(await look(group, recorded.includes(group), toolchain)) })),
  );
  return {
    left: found.filter(({ there }) => there).map(({ group }) => group),
    gone: found.filter(({ there }) => !there),
  };
}

async function look(
  group: string,
  recorded: boolean,
  { env }: Healing["toolchain"],
): Promise<{ readonly there: boolean; readonly says: string }> {
  if (env.AZURE_SIMULATOR_STORE !== undefined) {
    const simulator = join("tests", "azure-simulator", "command.ts");
    const args = ["--require", "ts-node/register/transpile-only", simulator, "show"];
    const shown = await ask(process.execPath, args, { env, cwd: join(__dirname, "..", "..") });
    return { there: shown.toLowerCase().includes(`/resourcegroups/${group.toLowerCase()}`), says: "Azure" };
  }
  return ask("az", ["group", "exists", "--name", group]).then(
    (answer) => ({ there: answer.trim() === "true", says: "Azure" }),
    () => ({ there: recorded, says: "the provider, as az could not be asked" }),
  );
}
