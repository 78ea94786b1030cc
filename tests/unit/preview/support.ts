import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Plan, planOf } from "../../../components/plan";
import { parseSettings } from "../../../components/settings";
import type { RawSettings } from "../../../components/settings/parse";
import { toMarkdown } from "../../../tools/preview/markdown";
import { type Before, type Review, reviewOf } from "../../../tools/preview/review";
import { headline, sectionsOf } from "../../../tools/preview/sections";
import { readStackFile } from "../../../tools/stack-file";

const root = join(__dirname, "..", "..", "..");

/** An environment's settings as its stack file has them, with other values at some paths: `hosts.capacity`. */
export function stackSettings(environment: string, edits: Readonly<Record<string, unknown>> = {}): RawSettings {
  const settings = structuredClone(readStackFile(root, environment).settings);
  for (const [path, value] of Object.entries(edits)) {
    const keys = path.split(".");
    const last = keys.pop()!;
    const parent = keys.reduce((at, key) => at[key] as Tree, settings as Tree);
    parent[last] = value;
  }
  return settings;
}

interface Tree {
  [key: string]: unknown;
}

export function plan(raw: RawSettings, environment = "local"): Plan {
  return planOf(parseSettings(raw, environment));
}

/** What a state tells of an environment that was brought up by this plan. */
export function up({ topology, expectations, openings, administration, cost }: Plan): Before {
  return { topology, expectations, openings, administration, hourly: cost?.hourly };
}

export function review(before: Plan | undefined, after: Plan): Review {
  const { environment } = after.topology;
  return reviewOf({ environment, comparedWith: "what is up", before: before && up(before), after });
}

export function markdown(reviewed: Review, limit?: number): string {
  return toMarkdown(reviewed.environment, headline(reviewed), sectionsOf(reviewed), limit);
}

/** A file beside the tests that holds what is expected; written anew where UPDATE_SNAPSHOTS is set. */
export function snapshot(name: string, actual: string): string {
  const file = join(__dirname, name);
  if (process.env.UPDATE_SNAPSHOTS !== undefined) {
    writeFileSync(file, actual);
  }
  return readFileSync(file, "utf8");
}
