import { allEnded } from "../setup/side-by-side";
import { type Docker, lines } from "./docker";
import { ofRehearsal } from "./labels";

/** Something of a rehearsal that the engine has. */
export interface Thing {
  readonly kind: "container" | "volume" | "network";
  readonly name: string;
}

/** Everything of an environment's rehearsal, as the engine tells it. */
export async function everything(docker: Docker, environment: string): Promise<Thing[]> {
  const listings = [
    { kind: "container", args: ["container", "ls", "--all", "--format", "{{.Names}}"] },
    { kind: "volume", args: ["volume", "ls", "--format", "{{.Name}}"] },
    { kind: "network", args: ["network", "ls", "--format", "{{.Name}}"] },
  ] as const;
  const found = listings.map(async ({ kind, args }) => {
    const names = lines(await docker([...args, "--filter", ofRehearsal(environment)]));
    return names.map((name) => ({ kind, name }));
  });
  return (await Promise.all(found)).flat();
}

/** Containers hold on to volumes and network. They are stopped first, which gives them time to clean up behind them. */
export async function removeAll(docker: Docker, things: readonly Thing[]): Promise<void> {
  const named = (kind: Thing["kind"]) => things.filter((thing) => thing.kind === kind).map(({ name }) => name);
  const [containers, volumes, networks] = [named("container"), named("volume"), named("network")];
  if (containers.length > 0) {
    await docker(["container", "stop", "--time", "10", ...containers]);
    await docker(["container", "rm", "--force", "--volumes", ...containers]);
  }
  await allEnded([
    ...volumes.map((name) => docker(["volume", "rm", "--force", name])),
    ...networks.map((name) => docker(["network", "rm", name])),
  ]);
}

/**
 * Removes containers of an environment's rehearsal with their volumes, by name, whatever is left of them. Another process
 * may be at the same.
 */
export async function removeContainers(docker: Docker, environment: string, names: readonly string[]): Promise<void> {
  const there = async (): Promise<Thing[]> =>
    (await everything(docker, environment)).filter(({ kind, name }) => kind !== "network" && names.includes(name));
  try {
    await removeAll(docker, await there());
  } catch (error) {
    if ((await there()).length > 0) {
      throw error;
    }
  }
}
