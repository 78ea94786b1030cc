/** Labels by which what was made for a rehearsal is found again. It is no stack's: `destroy` of a stack leaves it alone. */
export const rehearsalLabel = {
  /** The environment that it is for. */
  environment: "container-network-labs.rehearsal",
  /** A hash of all that a container was made from: one with another hash is made anew. */
  spec: "container-network-labs.rehearsal.spec",
} as const;

/** What `--filter` takes to find everything of an environment's rehearsal. */
export function ofRehearsal(environment: string): string {
  return `label=${rehearsalLabel.environment}=${environment}`;
}

/**
 * Docker's name of a rehearsal's network, or of a part of it: a container and its volume. A server's name has no dot, so
 * that two environments never mean the same.
 */
export function nameOf(environment: string, part?: string): string {
  return part === undefined ? `rehearsal-${environment}` : `rehearsal-${part}.${environment}`;
}
