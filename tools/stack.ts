import { type Declaration, environmentType } from "../components/declaration";
import type { EngineAccess } from "../components/checks/expectation";
import { UserError } from "./command";
import { run } from "./processes";
import { ensureToolchain, type Toolchain } from "./setup/toolchain";
import { createProgress } from "./terminal/progress";

/** A resource as the state records it. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  /** Whether a provider made it; otherwise it is a component. */
  readonly custom?: boolean;
  readonly parent?: string;
  /** Its provider's URN with that one's id behind it. */
  readonly provider?: string;
  /** URNs of what it needs, altogether and by property. */
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly deletedWith?: string;
  readonly replaceWith?: readonly string[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** What the provider could not finish when it made the resource. */
  readonly initErrors?: readonly string[];
  /** When it was made, in ISO 8601. */
  readonly created?: string;
}

/** A stack's state, as `pulumi stack export` gives it. */
export interface StackState {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly RecordedResource[];
    readonly manifest?: { readonly time?: string };
    /** What encrypts the stack's secrets, as its file of settings has it. */
    readonly secrets_providers?: { readonly state?: Readonly<Record<string, unknown>> };
    /** What an update that was killed had under way. */
    readonly pending_operations?: readonly { readonly type: string; readonly resource: RecordedResource }[];
  };
}

/** What the stack declares, with its hosts as the state knows them. */
export type StackDeclaration = Omit<Declaration, "hosts"> & {
  readonly hosts: readonly EngineAccess[];
  /** The stack's own outputs, by lab. */
  readonly labs: Readonly<Record<string, { readonly open: Readonly<Record<string, string>> }>>;
};

/** The state of a stack, or undefined where there is no such stack. */
export async function readState(
  environment: string,
  toolchain: Pick<Toolchain, "pulumi" | "env">,
): Promise<StackState | undefined> {
  try {
    const text = await run(toolchain.pulumi, ["stack", "export", "--stack", environment], { env: toolchain.env });
    return JSON.parse(text) as StackState;
  } catch (error) {
    if (/no stack named/.test(String(error))) {
      return undefined;
    }
    throw new UserError(`The state of stack "${environment}" can't be read.\n${(error as Error).message}`, 2, {
      cause: error,
    });
  }
}

/** Puts a state in the place of what the backend has of a stack. */
export async function writeState(environment: string, toolchain: Toolchain, state: StackState): Promise<void> {
  const args = ["stack", "import", "--stack", environment];
  await run(toolchain.pulumi, args, { env: toolchain.env, input: JSON.stringify(state) });
}

/** A secret of the stack's settings, by its path below the project: `labs.image-builder.registry.password`. */
export async function stackSecret(environment: string, path: string): Promise<string> {
  const [key, ...below] = path.split(".");
  const { pulumi, env } = await ensureToolchain(createProgress(), { environment });
  const whole = `container-network-labs:${key}${below.map((part) => `[${JSON.stringify(part)}]`).join("")}`;
  return (await run(pulumi, ["config", "get", "--path", whole, "--stack", environment], { env })).trim();
}

export function resourcesOf(state: StackState | undefined): readonly RecordedResource[] {
  return state?.deployment.resources ?? [];
}

/** What a state says is declared, or undefined before the first update has finished. */
export function declarationIn(state: StackState | undefined): StackDeclaration | undefined {
  const resources = resourcesOf(state);
  const environment = resources.find(({ type }) => type === environmentType);
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const declared = environment?.outputs?.declared as string | undefined;
  return declared === undefined
    ? undefined
    : ({
        ...environment!.outputs,
        ...(JSON.parse(declared) as object),
        labs: stack?.outputs ?? {},
      } as unknown as StackDeclaration);
}

/** What a stack declares, its state and the toolchain that told it. */
export interface StackOutputs extends StackDeclaration {
  readonly toolchain: Toolchain;
  readonly state: StackState | undefined;
}

/** Throws a UserError where nothing is up. */
export async function stackOutputs(environment: string): Promise<StackOutputs> {
  const toolchain = await ensureToolchain(createProgress(), { environment });
  const state = await readState(environment, toolchain);
  const declaration = declarationIn(state);
  if (declaration === undefined) {
    throw new UserError(
      `Environment "${environment}" is not up. Bring it up first: npm start -- --environment ${environment}`,
    );
  }
  return { ...declaration, toolchain, state };
}
