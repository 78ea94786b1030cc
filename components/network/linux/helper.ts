/** Where the toolbox image has its program. */
const program = "/usr/local/lib/container-network-labs/network_stack.py";

/**
 * The command line of a helper container in a network namespace, with the right to administer it and no other.
 * @param toolbox The engine's id of the toolbox image.
 * @param network As `docker run --network` takes it: `host`, `container:ID`.
 * @param options Further options of `docker run`.
 */
export function helper(toolbox: string, network: string, ...options: string[]): (action: "apply" | "remove") => string {
  const line = [
    `docker run --rm --interactive --network ${network}`,
    "--cap-drop ALL --cap-add NET_ADMIN --security-opt no-new-privileges --read-only --log-driver none",
    ...options,
    `${toolbox} python3 -I ${program}`,
  ].join(" ");
  return (action) => `exec ${line} ${action}`;
}
