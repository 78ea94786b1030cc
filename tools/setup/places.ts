import { homedir } from "node:os";
import { join } from "node:path";

const NAME = "container-network-labs";

/** Where this program keeps what does not belong in the checkout (XDG base directory specification). */
export interface Places {
  /** The toolchain that was downloaded or built. All of it can be had again. */
  readonly cache: string;
  /** Pulumi's state where the user has no login, logs, and what is known of an engine that was started here. */
  readonly state: string;
}

export function places(env: NodeJS.ProcessEnv = process.env, home = homedir()): Places {
  return {
    cache: join(env.XDG_CACHE_HOME || join(home, ".cache"), NAME),
    state: join(env.XDG_STATE_HOME || join(home, ".local", "state"), NAME),
  };
}
