import type { StackCommand, StackTarget } from "../dialect";
import type { StackSpec } from "../topology";

/** PLACEHOLDER: the Windows dialect's owner replaces this file. */
export function windowsStackCommand(target: StackTarget, spec: StackSpec): StackCommand {
  throw new Error(`not written yet: ${target.containerId} ${spec.routes.length}`);
}
