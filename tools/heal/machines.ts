import { idOfEngine } from "../../components/hosts/engine";
import { type TriedHost } from "../hosts";
import { hostsAnew, type Machines, recordedHosts } from "../recorded-hosts";
import { type StackState, writeState } from "../stack";
import { withoutHost } from "./forget";
import type { Healing } from "./heal";

/** What is known of the machines of a cloud. */
export interface FoundMachines {
  readonly machines: Machines | undefined;
  /** Those that are ready. */
  readonly hosts: readonly TriedHost[];
  /** Hosts that are known to be other machines. */
  readonly anew: readonly string[];
}

/**
 * Forgets what was on machines of a cloud that are not there any more, so that the update makes it anew on those that have
 * come in their place. Returns the state without it.
 */
export async function forgetMachines(
  { environment, toolchain, progress }: Healing,
  state: StackState,
  { machines, hosts, anew }: FoundMachines,
): Promise<StackState> {
  const engines = await Promise.all(
    hosts.map(async ({ name, engine }): Promise<[string, string]> => [name, await idOfEngine(engine)]),
  );
  const gone = new Set([...anew, ...hostsAnew(recordedHosts(state), machines, new Map(engines))]);
  if (gone.size === 0) {
    return state;
  }
  let kept = state;
  for (const name of gone) {
    const instead = machines?.has(name) === false ? "has no machine any more" : "is another machine now";
    progress.line(`Host ${name} ${instead}. What was on it is made anew.`);
    kept = withoutHost(kept, name).state;
  }
  await writeState(environment, toolchain, kept);
  return kept;
}
