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
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** What the provider could not finish when it made the resource. */
  readonly initErrors?: readonly string[];
}

/** A stack's state, as `pulumi stack export` gives it. */
export interface StackState {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly RecordedResource[];
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
export async function readState(environment: string, toolchain: Toolchain): Promise<StackState | undefined> {
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

/** What a stack declares. Throws a UserError where nothing is up. */
export async function stackOutputs(environment: string): Promise<StackDeclaration> {
  const toolchain = await ensureToolchain(createProgress());
  const declaration = declarationIn(await readState(environment, toolchain));
  if (declaration === undefined) {
    throw new UserError(
      `Environment "${environment}" is not up. Bring it up first: npm start -- --environment ${environment}`,
    );
  }
  return declaration;
}
