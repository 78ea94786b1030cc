import * as pulumi from "@pulumi/pulumi";
import type { Cloud, CloudArgs, CloudServer } from "../azure/cloud";
import type { PlacedOpening } from "../azure/openings";
import type { DeclaredCloud } from "../declaration";
import { BASE_IMAGE } from "../images/base-image";
import { declaredHosts, type ScaleSetSettings } from "../settings/hosts";
import type { ContainerHost } from "./container-host";
import { askEngine, baseImageOn, idOfEngine, lastStopsOfStack, localEngine } from "./engine";
import { engineAddressOf, failedStep, readinessOf, type StepName, type TriedSteps, unreadyText } from "./readiness";
import { type ClientCredentials, hashOf, writeCredentials } from "./scale-set-access";
import { type ReachedMachine, ScaleSetHost } from "./scale-set-host";
import { writeSshConfig } from "./ssh-config";
import { tell } from "./tell";
import { openTunnels } from "./tunnels";

/** By the host's name, those that are ready. */
type Reached = Readonly<Record<string, ReachedMachine>>;

/** Declares a cloud and its hosts, which need not be there yet: what is declared on one waits until it is. */
export async function surveyScaleSet(settings: ScaleSetSettings, environment: string) {
  const baseImage = await baseFor(settings);
  return (openings: readonly PlacedOpening[], expires?: pulumi.Input<string>) => {
    const cloud = declareCloud({ settings, environment, openings, expires });
    const reached = reach(cloud, settings, environment);
    const hosts = declaredHosts(settings).map(({ name, os }): [string, ContainerHost] => {
      const its = reached.apply((all) => all[name] ?? (pulumi.unknown as unknown as ReachedMachine));
      const args = { hostName: name, os, baseImage, environment, user: settings.adminUser, reached: its };
      return [name, new ScaleSetHost(name, args)];
    });
    return { hosts: new Map(hosts), cloud: recorded(cloud, reached) };
  };
}

/** A module of hundreds, loaded only where there is a cloud. */
function declareCloud(args: CloudArgs): Cloud {
  const azure = require("../azure/cloud") as typeof import("../azure/cloud");
  return new azure.Cloud(args.settings.name, args);
}

/** A rehearsal's machines are given what this machine's engine builds from, others pull the official image. */
async function baseFor({ os, rehearsed }: ScaleSetSettings): Promise<Record<string, string>> {
  if (os === "windows") {
    return {};
  }
  return { BASE: rehearsed ? await baseImageOn({ engine: await localEngine() }) : BASE_IMAGE };
}

/**
 * The machines, once all of them are ready; every run looks, as connections are in no state. A preview does not wait: what
 * it cannot know of a machine that is not there yet stays unknown.
 * @throws RunError in an update with every host that has no machine, or one that is not ready.
 */
function reach(cloud: Cloud, settings: ScaleSetSettings, environment: string): pulumi.Output<Reached> {
  const reached = pulumi.all([cloud.servers, cloud.credentials]).apply(async ([servers, credentials]) => {
    writeCredentials(credentials, environment);
    writeSshConfig(servers, environment);
    // What Pulumi removes at the end of an update, it removes when this process is over: its own is the one to go by.
    await openTunnels(servers, environment, { watch: process.ppid }).catch((error: Error) => {
      throw new pulumi.RunError(error.message);
    });
    const preview = pulumi.runtime.isDryRun();
    const tried = await Promise.all(
      servers.map((server) => tryHost(server, environment, preview ? 0 : settings.readySeconds)),
    );
    const without = declaredHosts(settings).filter(({ name }) => !servers.some((server) => server.name === name));
    const unready = [...tried, ...without.map(({ name }) => withoutMachine(name, cloud))].filter(failedStep);
    if (unready.length > 0 && !preview) {
      const next = `Nothing was changed on the hosts. To try again: npm run up -- --environment ${environment}`;
      throw new pulumi.RunError(unreadyText(unready, next));
    }
    const silent = tried.filter(failedStep).map(({ name }) => name);
    if (silent.length > 0) {
      void pulumi.log.warn(
        `Not ready, so that it is not known what an update would change there: ${silent.join(", ")}.`,
      );
    }
    return lookAt(
      servers.filter(({ name }) => !silent.includes(name)),
      credentials,
      environment,
    );
  });
  // It is made of credentials, and has none.
  return pulumi.unsecret(reached);
}

async function tryHost(server: CloudServer, environment: string, waitSeconds: number): Promise<TriedSteps> {
  const { name } = server;
  const onRetry = (step: StepName, why: string) => tell(`Waiting for host ${name}, step ${step}: ${why}`);
  return { name, steps: await readinessOf(server, environment, { waitSeconds, onRetry }) };
}

function withoutMachine(name: string, { described: { scaleSet, resourceGroup } }: Cloud): TriedSteps {
  const detail = `scale set ${scaleSet} in resource group ${resourceGroup} has no machine for it`;
  const cure = "run the same command again: it looks for what became of the machine, and brings another";
  return { name, steps: [{ name: "machine", status: "fail", detail, cure }] };
}

async function lookAt(
  servers: readonly CloudServer[],
  credentials: ClientCredentials,
  environment: string,
): Promise<Reached> {
  const hash = hashOf(credentials);
  const found = await Promise.all(
    servers.map(async (server): Promise<[string, ReachedMachine]> => {
      const engine = engineAddressOf(server, environment);
      const [machine, facts] = await Promise.all([idOfEngine(engine), askEngine(engine)]);
      const lastStops = Object.fromEntries(await lastStopsOfStack(facts, engine, environment));
      return [server.name, { server, machine, credentials: hash, lastStops }];
    }),
  );
  return Object.fromEntries(found);
}

function recorded(cloud: Cloud, reached: pulumi.Output<Reached>): pulumi.Input<DeclaredCloud> {
  const instances = reached.apply((all) =>
    Object.entries(all).map(([host, { server }]) => ({
      ...{ host, ssh: server.port, docker: server.tls!.port },
      ...(server.winrm === undefined ? {} : { winrm: server.winrm }),
    })),
  );
  return pulumi.output({ ...cloud.described, address: cloud.address, instances });
}
