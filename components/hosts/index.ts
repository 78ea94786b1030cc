import * as pulumi from "@pulumi/pulumi";
import type { HostsSettings } from "../settings";
import { label } from "../labels";
import { askEngine, baseImageOn, lastStopsOf, localEngine } from "./engine";
import type { ContainerHost } from "./container-host";
import type { EngineFacts } from "./engine-facts";
import { LocalHost } from "./local-host";

/** A host of the settings whose engine has answered; nothing is declared yet. */
export interface SurveyedHost {
  readonly hostName: string;
  /** What its engine has already. */
  readonly facts: EngineFacts;
  /** Declares the host's resources. */
  declare(): ContainerHost;
}

/**
 * Asks the engines of the environment's hosts what they have.
 * @throws RunError with the engine's own words if one does not answer.
 */
export async function surveyHosts(settings: HostsSettings): Promise<SurveyedHost[]> {
  const { name: hostName, os } = settings;
  const engine = await localEngine();
  const [facts, base] = await Promise.all([askEngine(engine), baseImageOn(engine)]).catch((error: Error) => {
    throw new pulumi.RunError(
      `The container engine of host "${hostName}" does not answer at ${engine}. Nothing was created.\n` +
        `${error.message.trim()}\nStart it, or let \`npm run setup\` do so.`,
    );
  });
  // A pool's containers have nothing applied to their network stacks, and may be a thousand.
  const own = facts.containers.filter(
    ({ labels }) => labels[label.stack] === pulumi.getStack() && labels[label.pool] === undefined,
  );
  const lastStops = await lastStopsOf(
    engine,
    own.map(({ id }) => id),
  );
  const baseImage: Record<string, string> = os === "linux" ? { BASE: base } : {};
  return [{ hostName, facts, declare: () => new LocalHost(hostName, { hostName, os, engine, baseImage, lastStops }) }];
}
