import * as pulumi from "@pulumi/pulumi";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folder of the files that take what the builds of a stack's images write. Relative to the project. */
export function buildLogs(stack: string): string {
  return join("out", stack, "builds");
}

/**
 * The file that takes what the build of an image writes, of its last build alone: the provider's own error tells the exit
 * code of the step that failed and no more. It writes the file where BuildKit builds, which it does not for Windows.
 */
export function buildLog(image: string): string {
  const file = join(buildLogs(pulumi.getStack()), `${image}.log`);
  if (!pulumi.runtime.isDryRun()) {
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
  }
  return file;
}
