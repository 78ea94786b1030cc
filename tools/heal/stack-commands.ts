import { platform } from "node:os";
import type { StackReport } from "../../components/network/dialect";
import { run } from "../processes";
import { resourcesOf, type RecordedResource, type StackState } from "../stack";
import type { Progress } from "../terminal/progress";

/** Helper containers at a time: more of them would only wait for the engine. */
const AT_A_TIME = 3;

const [shell, option] = platform() === "win32" ? ["cmd", "/C"] : ["/bin/sh", "-c"];

/**
 * Applies what the state says of network stacks once more, and tells where something had been changed behind the
 * program's back: rules flushed, a port proxy removed. A container that is gone or stopped is left to the update.
 */
export async function mendStacks(state: StackState | undefined, progress: Progress): Promise<void> {
  const { default: pLimit } = await import("p-limit");
  const limit = pLimit(AT_A_TIME);
  await Promise.all(stackCommandsOf(state).map((command) => limit(() => mend(command, progress))));
}

/** The commands that `NetworkStack` and `Acl` declare, by the types in their URN. */
export function stackCommandsOf(state: StackState | undefined): RecordedResource[] {
  return resourcesOf(state).filter(({ urn }) => /:network:(NetworkStack|Acl)\$command:/.test(urn));
}

async function mend({ urn, inputs }: RecordedResource, progress: Progress): Promise<void> {
  const { create, stdin, environment } = inputs as { create: string; stdin: string; environment?: object };
  const name = urn.split("::").at(-1)!;
  try {
    const text = await run(shell, [option, create], { input: stdin, env: { ...environment } });
    if ((JSON.parse(text) as StackReport).changed) {
      progress.line(`Not as declared: ${name} had been changed. It is as declared again.`);
    }
  } catch (error) {
    if (!/no such container|is not running|non running container|no such image|unable to find image/i.test(String(error))) {
      progress.line(`${name} could not be looked at: ${(error as Error).message}`);
    }
  }
}
