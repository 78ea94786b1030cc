import type { Doing, Wanted } from "./plan";

/** What could not be done about an instance of a pool. */
export interface Failure {
  readonly name: string;
  readonly error: unknown;
}

/** Waits for instances: `onRunning` is called for each that runs. */
export interface Waiting {
  readonly onRunning: () => void;
  readonly signal?: AbortSignal;
}

/** What instances of a pool are on an engine, and what it does about one: containers of a host, services of a swarm. */
export interface Parts<W extends Wanted, F> {
  /** All that the pool has; of one network if its name is given. */
  list(network?: string): Promise<F[]>;
  nameOf(found: F): string;
  /** What is another one whenever the instance is made anew. */
  identityOf(found: F): string;
  /** What is to be done about one that is there. */
  whatToDo(wanted: W, found: F): Doing;
  make(wanted: W): Promise<void>;
  replace(wanted: W, found: F): Promise<void>;
  start(found: F): Promise<void>;
  /** Quietly if it is gone. */
  remove(found: F): Promise<void>;
  /** Waits until all run; where it is the engine's own affair when they do. What does not come to run is a failure. */
  untilRunning?(wanted: readonly W[], waiting: Waiting): Promise<readonly Failure[]>;
  /** Waits until nothing is left of what was removed; where that takes longer than the removal. */
  untilGone?(removed: readonly F[], signal?: AbortSignal): Promise<void>;
}

/** One that goes at this moment, or did not run: https://docs.docker.com/reference/api/engine/version/v1.41/ */
export function unlessGone(error: unknown): void {
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode !== 304 && statusCode !== 404 && !(statusCode === 409 && /already in progress/.test(message ?? ""))) {
    throw error;
  }
}
