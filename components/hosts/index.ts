import * as pulumi from "@pulumi/pulumi";
import type { HostOs } from "../labs/lab";
import { label } from "../labels";
import type { HostsSettings, RemoteServer, RemoteSettings } from "../settings";
import type { ContainerHost } from "./container-host";
import { askEngine, askLocalEngine, baseImageOn, lastStopsOf, localEngine } from "./engine";
import type { EngineAddress } from "./engine-address";
import type { EngineFacts } from "./engine-facts";
import { LocalHost } from "./local-host";
import { engineAddressOf, failedStep, readinessOf, unreadyText } from "./readiness";
import { askRemoteHost } from "./remote-facts";
import { RemoteHost } from "./remote-host";
import { aliasOf, sshConfigPath, writeSshConfig } from "./ssh-config";

/** A host of the settings whose engine has answered; nothing is declared yet. */
export interface SurveyedHost {
  readonly hostName: string;
  /** What its engine has already. */
  readonly facts: EngineFacts;
  /** Declares the host's resources. */
  declare(): ContainerHost;
}

/**
 * Asks the environment's hosts whether they are ready, and their engines what they have; all at the same time.
 * @throws RunError with every host that is not ready: which step it did not pass, why, and what to do.
 */
export async function surveyHosts(settings: HostsSettings): Promise<SurveyedHost[]> {
  switch (settings.kind) {
    case "local":
      return [await surveyThisMachine(settings.name, settings.os)];
    case "remote":
      return surveyServers(settings, pulumi.getStack());
  }
}

async function surveyThisMachine(hostName: string, os: HostOs): Promise<SurveyedHost> {
  const engine = await localEngine();
  const [facts, baseImage] = await Promise.all([askLocalEngine({ engine }), baseFor(os, { engine })]).catch(
    (error: Error) => {
      throw new pulumi.RunError(
        `The container engine of host "${hostName}" does not answer at ${engine}. Nothing was created.\n` +
          `${error.message.trim()}\nStart it, or let \`npm run setup\` do so.`,
      );
    },
  );
  const lastStops = await lastStopsOfOwn(facts, { engine });
  return { hostName, facts, declare: () => new LocalHost(hostName, { hostName, os, engine, baseImage, lastStops }) };
}

async function surveyServers(settings: RemoteSettings, environment: string): Promise<SurveyedHost[]> {
  const { servers, readySeconds } = settings;
  writeSshConfig(servers, environment);
  const tried = await Promise.all(
    servers.map(async (server) => ({
      name: server.name,
      steps: await readinessOf(server, environment, {
        waitSeconds: readySeconds,
        onRetry: (step, why) => tell(`Waiting for host ${server.name}, step ${step}: ${why}`),
      }),
    })),
  );
  if (tried.some((host) => failedStep(host) !== undefined)) {
    throw new pulumi.RunError(unreadyText(tried));
  }
  return Promise.all(servers.map((server) => surveyServer(server, environment)));
}

async function surveyServer(server: RemoteServer, environment: string): Promise<SurveyedHost> {
  const { name: hostName, os } = server;
  const engine = engineAddressOf(server, environment);
  const target = { sshConfig: sshConfigPath(environment), alias: aliasOf(hostName, environment) };
  const asked = os === "linux" ? askRemoteHost(engine, target) : askEngine(engine);
  const [facts, baseImage] = await Promise.all([asked, baseFor(os, engine)]).catch((error: Error) => {
    throw new pulumi.RunError(`Host ${hostName} no longer answers. Nothing was changed.\n${error.message.trim()}`);
  });
  const lastStops = await lastStopsOfOwn(facts, engine);
  return { hostName, facts, declare: () => new RemoteHost(hostName, { server, environment, baseImage, lastStops }) };
}

async function baseFor(os: HostOs, engine: EngineAddress): Promise<Record<string, string>> {
  return os === "linux" ? { BASE: await baseImageOn(engine) } : {};
}

/** A pool's containers have nothing applied to their network stacks, and may be a thousand. */
async function lastStopsOfOwn({ containers }: EngineFacts, engine: EngineAddress): Promise<Map<string, string>> {
  const own = containers.filter(
    ({ labels }) => labels[label.stack] === pulumi.getStack() && labels[label.pool] === undefined,
  );
  return lastStopsOf(
    engine,
    own.map(({ id }) => id),
  );
}

/** Progress, which Pulumi keeps in no history. */
function tell(text: string): void {
  void pulumi.log.info(text, undefined, undefined, true);
}
