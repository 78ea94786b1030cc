import * as pulumi from "@pulumi/pulumi";
import type { HostOs } from "../labs/lab";
import type { PlacedOpening } from "../azure/openings";
import type { DeclaredCloud } from "../declaration";
import type { HostsSettings, RemoteServer, RemoteSettings } from "../settings";
import type { ContainerHost } from "./container-host";
import { askEngine, askLocalEngine, baseImageOn, lastStopsOfStack, localEngine } from "./engine";
import type { EngineAddress } from "./engine-address";
import type { EngineFacts } from "./engine-facts";
import { LocalHost } from "./local-host";
import { engineAddressOf, failedStep, readinessOf, unreadyText } from "./readiness";
import { askRemoteHost } from "./remote-facts";
import { askLocalMember, askMember, askRemoteMember, type MemberFacts } from "./member-facts";
import { RemoteHost } from "./remote-host";
import { aliasOf, sshConfigPath, writeSshConfig } from "./ssh-config";
import { tell } from "./tell";

type LocalSettings = Extract<HostsSettings, { kind: "local" }>;

/** A host of the settings whose engine has answered; nothing is declared yet. */
interface SurveyedHost {
  readonly hostName: string;
  /** What its engine has already. */
  readonly facts: EngineFacts;
  /** Declares the host's resources. */
  declare(): ContainerHost;
}

/** What the hosts of an environment have, and how they are declared. */
export interface Survey {
  /** Those that are there before anything is declared; a cloud's are made first. */
  readonly surveyed: readonly Pick<SurveyedHost, "hostName" | "facts">[];
  /**
   * Declares the resources of the hosts, and of the cloud that they are in.
   * @param openings What is to be reached on them from elsewhere, which takes resources of a cloud.
   * @param expires When the environment ends, for whoever finds the cloud and wonders.
   */
  declare(openings: readonly PlacedOpening[], expires?: pulumi.Input<string>): DeclaredHosts;
}

export interface DeclaredHosts {
  /** By name. */
  readonly hosts: ReadonlyMap<string, ContainerHost>;
  readonly cloud?: pulumi.Input<DeclaredCloud>;
}

/**
 * Asks the environment's hosts whether they are ready, and their engines what they have; all at the same time.
 * @throws RunError with every host that is not ready: which step it did not pass, why, and what to do.
 */
export async function surveyHosts(settings: HostsSettings): Promise<Survey> {
  switch (settings.kind) {
    case "local":
      return surveyed([await surveyThisMachine(settings)]);
    case "remote":
      return surveyed(await surveyServers(settings, pulumi.getStack()));
    case "scale-set": {
      const { surveyScaleSet } = require("./scale-set") as typeof import("./scale-set");
      return { surveyed: [], declare: await surveyScaleSet(settings, pulumi.getStack()) };
    }
  }
}

function surveyed(hosts: readonly SurveyedHost[]): Survey {
  return {
    surveyed: hosts,
    declare: () => ({ hosts: new Map(hosts.map((host) => [host.hostName, host.declare()])) }),
  };
}

async function surveyThisMachine({ name: hostName, os, cluster }: LocalSettings): Promise<SurveyedHost> {
  const engine = await localEngine();
  const asked = asMember(askLocalEngine({ engine }), cluster && askLocalMember({ engine }));
  const [facts, baseImage] = await Promise.all([asked, baseFor(os, { engine })]).catch((error: Error) => {
    throw new pulumi.RunError(
      `The container engine of host "${hostName}" does not answer at ${engine}. Nothing was created.\n` +
        `${error.message.trim()}\nStart it, or let \`npm run setup\` do so.`,
    );
  });
  const lastStops = await lastStopsOfStack(facts, { engine }, pulumi.getStack());
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
  return Promise.all(servers.map((server) => surveyServer(server, environment, settings.cluster !== undefined)));
}

async function surveyServer(server: RemoteServer, environment: string, inCluster: boolean): Promise<SurveyedHost> {
  const { name: hostName, os } = server;
  const engine = engineAddressOf(server, environment);
  const target = { sshConfig: sshConfigPath(environment), alias: aliasOf(hostName, environment) };
  const has = os === "linux" ? askRemoteHost(engine, target) : askEngine(engine);
  const ask = os === "linux" ? askRemoteMember : askMember;
  const asked = asMember(has, inCluster ? ask(engine, target) : undefined);
  const [facts, baseImage] = await Promise.all([asked, baseFor(os, engine)]).catch((error: Error) => {
    throw new pulumi.RunError(`Host ${hostName} no longer answers. Nothing was changed.\n${error.message.trim()}`);
  });
  const lastStops = await lastStopsOfStack(facts, engine, environment);
  return { hostName, facts, declare: () => new RemoteHost(hostName, { server, environment, baseImage, lastStops }) };
}

/** What an engine has, and what it has of a cluster, where it is to be in one. */
async function asMember(facts: Promise<EngineFacts>, member: Promise<MemberFacts> | undefined): Promise<EngineFacts> {
  const [has, is] = await Promise.all([facts, member]);
  return is === undefined ? has : { ...has, member: is };
}

async function baseFor(os: HostOs, engine: EngineAddress): Promise<Record<string, string>> {
  return os === "linux" ? { BASE: await baseImageOn(engine) } : {};
}
