import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labs } from "../../components/labs";
import { type Plan, planOf } from "../../components/plan";
import { SettingsError } from "../../components/settings";
import { parse } from "../../components/settings/parse";
import { UserError } from "../command";
import { ask, CommandError } from "../processes";
import { declarationIn, type StackState } from "../stack";
import { readStackFile } from "../stack-file";
import type { Before } from "./review";

/** What is compared with, and how a reader is told. */
export interface Compared {
  readonly before: Before | undefined;
  readonly comparedWith: string;
}

/**
 * What the settings in a project's stack file come to. Whether files that they name are on this machine is not looked at.
 * @throws SettingsError with all that is wrong with them.
 */
export function plannedIn(project: string, environment: string): Plan {
  return planOf(parse(readStackFile(project, environment).settings, environment, labs));
}

/** What is up, as the state of the stack tells. */
export function whatIsUp(state: StackState | undefined): Compared {
  const declared = declarationIn(state);
  if (declared === undefined) {
    return { before: undefined, comparedWith: "nothing, as it is not up" };
  }
  const { topology, expectations, openings, cloud } = declared;
  return {
    before: {
      topology,
      expectations,
      openings: openings ?? cloud?.openings,
      administration: cloud?.administration,
      hourly: cloud?.hourly,
    },
    comparedWith: "what is up",
  };
}

/**
 * What the settings of another revision come to, by the program as it is here.
 * @throws UserError if there is no such revision, or its settings are refused.
 */
export async function settingsAt(project: string, environment: string, revision: string): Promise<Compared> {
  const path = `stacks/Pulumi.${environment}.yaml`;
  const git = (...args: string[]) => ask("git", args, { cwd: project });
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`).then(
    (printed) => printed.trim(),
    (cause: unknown) => {
      throw new UserError(`There is no revision "${revision}" in this repository. Fetch it, or name another.`, 2, {
        cause,
      });
    },
  );
  if ((await git("ls-tree", "--name-only", commit, "--", path)) === "") {
    return { before: undefined, comparedWith: `${revision}, which has no such environment` };
  }
  const folder = mkdtempSync(join(tmpdir(), "preview-"));
  try {
    mkdirSync(join(folder, "stacks"));
    writeFileSync(join(folder, path), await git("show", `${commit}:${path}`), { mode: 0o600 });
    const { topology, expectations, openings, administration, cost } = plannedIn(folder, environment);
    return {
      before: { topology, expectations, openings, administration, hourly: cost?.hourly },
      comparedWith: revision,
    };
  } catch (error) {
    if (error instanceof SettingsError || error instanceof CommandError) {
      throw new UserError(`What ${revision} has of "${environment}" can't be compared with: ${error.message}`);
    }
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
