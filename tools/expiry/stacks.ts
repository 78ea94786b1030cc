import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../command";
import { lockLeftBehind } from "../heal/killed-run";
import { CommandError, run } from "../processes";
import type { Toolchain } from "../setup/toolchain";
import { declarationIn, readState, resourcesOf, type StackState } from "../stack";
import { bornAt, endOf } from "./end";

/** An environment as the backend knows it, whether or not its file is still there. */
export interface KnownStack {
  readonly name: string;
  /** Undefined where it can't be read. */
  readonly state: StackState | undefined;
  /** Why it can't be read. */
  readonly broken?: string;
  /** Who is at work on it. */
  readonly locked?: string;
  /** How many resources it has. */
  readonly resources: number;
  readonly born?: Date;
  readonly end?: Date;
  /** What it costs, in US dollars an hour; an estimate, and undefined where it is in no cloud. */
  readonly hourly?: number;
}

type Reading = Pick<Toolchain, "pulumi" | "env" | "backend">;

/** All environments of the backend, by name. Throws a UserError where the backend does not answer. */
export async function knownStacks(toolchain: Reading): Promise<KnownStack[]> {
  const listed = await list(toolchain);
  const { default: pLimit } = await import("p-limit");
  const limit = pLimit(4);
  return Promise.all(listed.map((each) => limit(() => look(each, toolchain))));
}

interface Listed {
  readonly name: string;
  /** Backends that look after locks themselves tell this. */
  readonly updateInProgress?: boolean;
}

async function list({ pulumi, env, backend }: Reading): Promise<Listed[]> {
  const args = ["stack", "ls", "--json"];
  try {
    return JSON.parse(await run(pulumi, args, { env })) as Listed[];
  } catch (error) {
    const folder = backend?.startsWith("file://") === true ? stacksFolder(fileURLToPath(backend)) : "";
    if (!(error instanceof CommandError) || !existsSync(folder)) {
      throw error;
    }
    // The CLI lists none where one is broken; the names of the files that hold them are all that is needed.
    return namesOfFiles(folder);
  }
}

function stacksFolder(state: string): string {
  return join(state, ".pulumi", "stacks", "container-network-labs");
}

function namesOfFiles(folder: string): Listed[] {
  return readdirSync(folder).flatMap((file) => {
    const [, name] = /^(.+)\.json(?:\.gz)?$/.exec(file) ?? [];
    return name === undefined ? [] : [{ name }];
  });
}

async function look({ name, updateInProgress }: Listed, toolchain: Reading): Promise<KnownStack> {
  const locked = updateInProgress === true ? "an update is going on" : lockOf(name, toolchain.backend);
  try {
    const state = await readState(name, toolchain);
    const cloud = declarationIn(state)?.cloud;
    return {
      ...{ name, state, locked, born: bornAt(state), end: endOf(state) },
      resources: resourcesOf(state).filter(({ type }) => type !== "pulumi:pulumi:Stack").length,
      hourly: cloud?.rehearsed === true ? undefined : cloud?.hourly,
    };
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    return { name, state: undefined, locked, broken: error.message.trim().split("\n").at(-1), resources: 0 };
  }
}

function lockOf(stack: string, backend: string | undefined): string | undefined {
  try {
    lockLeftBehind({ stack, backend });
    return undefined;
  } catch (error) {
    if (error instanceof UserError) {
      return error.message.split("\n")[0];
    }
    throw error;
  }
}
