import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { z } from "zod";
import { labs } from "../../components/labs";
import { remote } from "../../components/settings/hosts/remote";
import { scaleSet } from "../../components/settings/hosts/scale-set";
import { stackFileSchema } from "../../components/settings/json-schema";
import { settingsTable, withTable } from "../../components/settings/markdown";
import { settingsSchema } from "../../components/settings/parse";
import type { Command } from "../command";

const root = join(__dirname, "..", "..");

/** What is made from the settings' schema: a file's path from the project's root, and what it should hold. */
export interface Generated {
  readonly path: string;
  readonly content: string;
}

/** The JSON Schema of the stack files, and every page that has a place for a table of settings. */
export async function generated(): Promise<Generated[]> {
  const pages: { path: string; schema: z.ZodType; depth?: number; below?: string[] }[] = [
    // The settings of a lab are on its own page.
    { path: "README.md", schema: settingsSchema(labs), depth: 2 },
    { path: "docs/remote-hosts.md", schema: remote, below: ["hosts"] },
    { path: "docs/azure.md", schema: scaleSet, below: ["hosts"] },
    ...Object.entries(labs).map(([name, lab]) => ({ path: `docs/${name}.md`, schema: lab.settings })),
  ].filter(({ path }) => existsSync(join(root, path)));
  return Promise.all([
    formatted("stacks/settings.schema.json", JSON.stringify(stackFileSchema(labs))),
    ...pages.map(async ({ path, schema, depth, below }) => {
      const table = await formatted(path, settingsTable(schema, depth, below));
      return { path, content: withTable(readFileSync(join(root, path), "utf8"), table.content) };
    }),
  ]);
}

/** Laid out as the format check wants it, so that what is generated passes it. */
async function formatted(path: string, text: string): Promise<Generated> {
  // Only this command needs it, and a user who does not develop the program may not have it.
  const prettier = await import("prettier");
  const parser = extname(path) === ".json" ? "json" : "markdown";
  const options = await prettier.resolveConfig(join(root, path), { editorconfig: true });
  return { path, content: await prettier.format(text, { ...options, parser }) };
}

export const command: Command = {
  summary: "write the stack files' JSON Schema and the tables of settings anew from the settings' schema",
  examples: [["npm run schema", "after a change of the settings of a lab, a host or an environment"]],
  async run() {
    for (const { path, content } of await generated()) {
      writeFileSync(join(root, path), content);
    }
    return 0;
  },
};
