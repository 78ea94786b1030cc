/** Labels by which everything of a stack is found again on an engine; nothing without them is ever touched. */
export const label = {
  stack: "container-network-labs.stack",
  lab: "container-network-labs.lab",
  role: "container-network-labs.role",
  /** The pool that a container belongs to. */
  pool: "container-network-labs.pool",
  /** Of a swarm's node: the host that it is. */
  member: "container-network-labs.member",
  /** Of a swarm's node: how its engine is reached, for when it is to be a member no more. */
  engine: "container-network-labs.engine",
  /** What an image was built as, where a command made it: component and image, `image-builder/app`. */
  image: "container-network-labs.image",
  /** A hash of all that a pool's container was made from. */
  spec: "container-network-labs.spec",
} as const;

/** The role of an image, which the containers that commands and checks run of it for a moment have from it. */
export const imageRole = "image";

/** The labels of a thing that plays `role` in a stack's `lab`. */
export function labelsOf(stack: string, lab: string, role: string): Record<string, string> {
  return { [label.stack]: stack, [label.lab]: lab, [label.role]: role };
}

/** A map of labels as the list that @pulumi/docker's networks and containers take. */
export function labelList(labels: Record<string, string>): { label: string; value: string }[] {
  return Object.entries(labels).map(([name, value]) => ({ label: name, value }));
}
