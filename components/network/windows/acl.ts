import type { StackCommand, StackTarget } from "../dialect";
import type { EndpointSpec } from "../topology";

/** PLACEHOLDER: the Windows dialect's owner replaces this file. */
export function windowsAclCommand(target: StackTarget, endpoint: EndpointSpec): StackCommand {
  throw new Error(`not written yet: ${target.containerId} ${endpoint.address}`);
}
