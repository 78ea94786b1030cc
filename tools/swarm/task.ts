/**
 * A container that a swarm wants, or once wanted, as far as it is looked at.
 * Source: `GET /tasks` of the engine's API 1.41.
 */
export interface Task {
  readonly ServiceID: string;
  readonly Spec: { readonly ContainerSpec?: { readonly Labels?: Readonly<Record<string, string>> } };
  readonly Status: { readonly State: string; readonly Message?: string; readonly Err?: string };
  readonly DesiredState: string;
}

/** States that a task only gets to once its container is no more. */
const over = ["complete", "shutdown", "failed", "rejected", "remove", "orphaned"];

export function isOver({ Status }: Pick<Task, "Status">): boolean {
  return over.includes(Status.State);
}
