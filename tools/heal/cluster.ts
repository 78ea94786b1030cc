import type { SwarmData } from "../../components/cluster/data";
import { run } from "../processes";
import type { Toolchain } from "../setup/toolchain";
import { type RecordedResource, resourcesOf, type StackState } from "../stack";
import type { Progress } from "../terminal/progress";

interface Mending {
  readonly environment: string;
  readonly toolchain: Pick<Toolchain, "pulumi" | "env">;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Makes the cluster of a state whole again, where its hosts answer: unlocks managers whose engines were restarted, and has
 * hosts join that are no members any more. An update would not see that, as nothing of it is declared otherwise.
 * @returns whether it was not whole.
 * @throws UserError if a host is in a swarm that is not this one.
 */
export async function mendCluster(mending: Mending, state: StackState | undefined): Promise<boolean> {
  const data = recordedSwarm(state);
  if (data === undefined) {
    return false;
  }
  // Loaded only here: most environments have no use for the engine's library.
  const { close, lookAt } = require("../swarm/look") as typeof import("../swarm/look");
  const seen = await Promise.all(data.members.map(lookAt));
  const members = seen.filter((each) => "is" in each);
  close(members);
  // One that does not answer may be gone from the settings; what becomes of it is not decided here.
  const wrong = members.filter(({ is }) => is.LocalNodeState !== "active");
  if (wrong.length === 0) {
    return false;
  }
  const { applySwarm } = require("../swarm/apply") as typeof import("../swarm/apply");
  await mending.progress.step("Mend the cluster", async ({ outcome }) => {
    const locked = wrong.some(({ is }) => is.LocalNodeState === "locked");
    const unlockKey = locked ? await unlockKeyOf(mending) : undefined;
    const reached = { ...data, members: data.members.filter(({ name }) => members.some((each) => each.name === name)) };
    const { done } = await applySwarm(reached, { unlockKey, signal: mending.signal, keepOthers: true });
    outcome(done.join(", "));
  });
  return true;
}

/** The swarm that a state records, as its program was told of it; undefined where there is none. */
export function recordedSwarm(state: StackState | undefined): SwarmData | undefined {
  const command = resourcesOf(state).find((resource) => isSwarms(resource, "members"));
  return command === undefined ? undefined : (JSON.parse(command.inputs?.stdin as string) as SwarmData);
}

function isSwarms({ urn }: RecordedResource, what: "members" | "key"): boolean {
  return urn.includes(":cluster:Swarm$command:local:Command::") && urn.endsWith(`-${what}`);
}

/** Pulumi decrypts it; it is in the environment or the arguments of no process. */
async function unlockKeyOf({ environment, toolchain }: Mending): Promise<string | undefined> {
  const args = ["stack", "export", "--show-secrets", "--stack", environment];
  const state = JSON.parse(await run(toolchain.pulumi, args, { env: toolchain.env })) as StackState;
  const command = resourcesOf(state).find((resource) => isSwarms(resource, "key"));
  // A secret is recorded as an object with its JSON in clear, where secrets were asked for.
  const { plaintext } = (command?.outputs?.stdout ?? {}) as { plaintext?: string };
  return plaintext === undefined ? undefined : (JSON.parse(plaintext) as string).trim();
}
