/** A container's network stack as it is now: a restart makes a new one for the same container, and empties it. */
export interface StackTarget {
  /** The engine's id of the container: 64 hexadecimal digits. */
  readonly containerId: string;
  /** When the container was last stopped, or `never`: it changes with every restart. */
  readonly generation: string;
}

/**
 * A command on the container's host that makes a network stack what `stdin` says, whatever it held before. What the command
 * prints is a {@link StackReport} in JSON.
 */
export interface StackCommand<Target = StackTarget> {
  /** The data, in JSON. It names no container, so that a preview can show it before there is one. */
  readonly stdin: string;
  /** The command lines for a target, once it is known. */
  readonly lines: (target: Target) => CommandLines;
}

/** Both are quiet about what is done already, and `delete` about a container that is gone. */
export interface CommandLines {
  readonly create: string;
  /** Takes away all that `create` added. */
  readonly delete: string;
}

/** What `create` prints, on one line. */
export interface StackReport<State = unknown> {
  /** Whether anything had to be changed. */
  readonly changed: boolean;
  readonly before: State;
  readonly after: State;
}

/** An endpoint as its system shows it: with the fields of `Get-HnsEndpoint`. */
export interface EndpointState {
  /** Windows: of the HNS endpoint. Linux: the engine's. */
  readonly id: string;
  readonly address: string;
  /** Docker's name of the network. */
  readonly network: string;
  /** The ACL in force, in order. Windows: policies as HNS has them. Linux: rules as nftables lists them. */
  readonly policies: readonly Readonly<Record<string, unknown>>[];
}

/** @throws Error if it is no id of a container: it becomes part of a command. */
export function checkedId(containerId: string): string {
  if (!/^[0-9a-f]{64}$/.test(containerId)) {
    throw new Error(`not a container's id: ${JSON.stringify(containerId)}`);
  }
  return containerId;
}
