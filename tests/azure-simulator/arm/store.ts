import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withLock, writeAtomically } from "./lock";
import { emptyState, type State } from "./resource";

/**
 * A subscription in a folder, as one JSON file. Several processes may share it. It holds the passwords and settings of
 * scale sets in clear, so the folder is its owner's alone.
 */
export class Store {
  private readonly file: string;

  constructor(
    folder: string,
    readonly subscriptionId: string,
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.file = join(folder, `${subscriptionId}.json`);
  }

  /** The subscription as it was last written. */
  read(): State {
    try {
      return JSON.parse(readFileSync(this.file, "utf8")) as State;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        return emptyState(this.subscriptionId);
      }
      throw error;
    }
  }

  /** Changes the subscription while no one else does. Where `change` throws, nothing is written. */
  change<T>(change: (state: State) => T): Promise<T> {
    return withLock(`${this.file}.lock`, () => {
      const state = this.read();
      const result = change(state);
      writeAtomically(this.file, JSON.stringify(state, undefined, 1));
      return result;
    });
  }
}
