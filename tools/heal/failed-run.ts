import { clientEnvironment } from "../../components/hosts/engine-address";
import { run } from "../processes";
import type { Toolchain } from "../setup/toolchain";
import type { EngineObject } from "./engine-objects";

/** An entry of a stack's history. */
interface Update {
  readonly result: string;
  readonly startTime: string;
  readonly endTime: string;
}

/** Milliseconds that the clock of a host may be off, and that its engine may go on with what it was asked for. */
const TOLERANCE = 120_000;

/**
 * Whether these things are what is left of the stack's last update: it failed, and they were made while it ran. A host
 * that goes away in the middle has made something by then, and never told. Asked only about things that nothing explains.
 */
export async function leftByFailure(
  environment: string,
  toolchain: Toolchain,
  things: readonly EngineObject[],
): Promise<boolean> {
  const args = ["stack", "history", "--stack", environment, "--page-size", "1", "--json"];
  const [last] = (JSON.parse(await run(toolchain.pulumi, args, { env: toolchain.env })) ?? []) as (
    Update | undefined
  )[];
  if (last?.result !== "failed") {
    return false;
  }
  const [from, to] = [Date.parse(last.startTime) - TOLERANCE, Date.parse(last.endTime) + TOLERANCE];
  // An image is as old as the cache that it was built from.
  const dated = things.filter(({ kind }) => kind !== "image");
  const made = await Promise.all(dated.map(madeAt));
  return made.every((time) => time >= from && time <= to);
}

async function madeAt({ kind, id, engine }: EngineObject): Promise<number> {
  const args = [kind, "inspect", "--format", "{{json .Created}}", id];
  return Date.parse(
    JSON.parse(await run("docker", args, { env: clientEnvironment(engine), timeout: 30_000 })) as string,
  );
}
