import { failedStep } from "../components/hosts/readiness";
import { nearest } from "../components/settings/nearest";
import { UserError } from "./command";
import { type Groups, groupsLeft, healCloud } from "./heal/cloud";
import { type EngineObject, removeIdle } from "./heal/engine-objects";
import { hostOf, recordedEngines } from "./heal/engines";
import { withoutHost, withoutOverlays } from "./heal/forget";
import { heal, look, settle, type Seen, type Silent } from "./heal/heal";
import { answers, connectHosts, type TriedHost } from "./hosts";
import { recordedHosts } from "./recorded-hosts";
import { rehearse } from "./setup";
import { readState, resourcesOf, type StackState, writeState } from "./stack";
import { ownEngine, pulumi, type UpdateOptions } from "./update";

export interface TeardownOptions extends UpdateOptions {
  /** Names of hosts that are gone for good. */
  readonly forget: readonly string[];
  /** Whether they are forgotten even if they answer. */
  readonly yes: boolean;
}

/** A host that did not answer, and how many resources the state still has on it. */
export interface LeftHost extends Silent {
  readonly resources: number;
}

/** What a teardown left: empty when it is done. */
export interface TornDown {
  readonly exitCode: number;
  /** Things on the engines that were asked, and in Azure. */
  readonly left: readonly string[];
  /** Swarm's bridges, empty and in no swarm, that the engines named do not let go of. */
  readonly kept: readonly string[];
  /** Hosts that could not be asked. */
  readonly silent: readonly LeftHost[];
  /** The engines that were asked. */
  readonly engines: readonly string[];
  /** The resource groups in Azure that are gone. */
  readonly groups: Groups["gone"];
}

/**
 * Takes an environment down, as far as its hosts answer, and asks the engines what is left of it.
 * @throws UserError, before anything is changed, if a host that is to be forgotten is unknown, or not gone.
 */
export async function tearDown(options: TeardownOptions): Promise<TornDown> {
  const { environment, progress } = options;
  const settled = await settle(options);
  if (!isEmpty(settled.state)) {
    await rehearse(progress, environment);
  }
  const found = await healCloud(options, settled);
  // Machines of a cloud go with all that is on them, and that they have together: nothing is asked of them, then or now.
  const machines = recordedHosts(found.state).map(({ server: { name } }) => name);
  const cloud = machines.length === 0 ? [] : [...machines, ...clustersIn(found.state)];
  // Where nothing is recorded, the servers of a rehearsal need not be there at all.
  const unneeded = cloud.length > 0 || (isEmpty(found.state) && options.engine !== undefined);
  const hosts = unneeded ? [] : await connectHosts({ ...options, state: found.state, wait: false });
  const further = [...ownEngine(options), ...hosts.map(({ engine }) => engine)];
  const leaving = cloud.map((host) => ({ host, reason: "it goes with its cloud" }));
  const seen = await look(environment, found.state, further, [...silentOf(hosts), ...leaving]);
  refuseForgetting(options, found.state, hosts, seen);
  const forget = withTheirCluster(options.forget, found.state, seen);
  const others = withoutHosts(seen, forget);
  const { state: healed } = await heal(options, found, others);
  const state = await forgetHosts({ ...options, forget }, healed);
  const silent = others.silent.filter(({ host }) => !forget.includes(host) && !cloud.includes(host));
  const { exitCode, after } = await destroyAll(options, state, silent);
  const left = withoutHosts(await look(environment, state, further, others.silent), forget);
  const unasked = left.silent.filter(({ host }) => !forget.includes(host) && !cloud.includes(host));
  const kept = await removeIdle(left.objects);
  const { left: inAzure, gone } = await groupsLeft(options, state, after);
  return {
    exitCode,
    left: [
      ...left.objects.filter(({ idle = false }) => !idle).map(nameOf),
      ...inAzure.map((group) => `resource group ${group} in Azure`),
    ],
    kept: kept.map(nameOf),
    groups: gone,
    silent: unasked.map((each) => ({ ...each, resources: resourcesOn(each.host, after).length })),
    engines: left.engines
      .filter(({ host }) => !left.silent.some((each) => each.host === host))
      .map(({ engine }) => engine),
  };
}

function nameOf({ kind, name, engine: { engine } }: EngineObject): string {
  return `${kind} ${name} on ${engine}`;
}

function isEmpty(state: StackState | undefined): boolean {
  return resourcesOf(state).every(({ type }) => type === "pulumi:pulumi:Stack");
}

/** Hosts whose engine cannot be talked to, with the step that kept it. */
function silentOf(hosts: readonly TriedHost[]): Silent[] {
  return hosts
    .filter((host) => !answers(host))
    .map((host) => ({ host, step: failedStep(host)! }))
    .map(({ host: { name }, step }) => ({ host: name, reason: `${step.name}: ${step.detail.split("\n")[0]}` }));
}

function refuseForgetting(
  { forget, yes, environment }: TeardownOptions,
  state: StackState | undefined,
  hosts: readonly TriedHost[],
  { silent }: Seen,
): void {
  const known = [
    ...new Set(
      [...recordedEngines(state).filter(({ cluster }) => cluster !== true), ...hosts.map(({ engine }) => engine)].map(
        ({ host }) => host,
      ),
    ),
  ];
  for (const host of forget) {
    if (!known.includes(host)) {
      const meant = nearest(host, known);
      throw new UserError(
        `There is no host "${host}" in "${environment}".${meant === undefined ? "" : ` Did you mean "${meant}"?`} ` +
          `There ${known.length === 1 ? "is" : "are"}: ${known.join(", ") || "none"}. Nothing was changed.`,
      );
    }
    if (!yes && !silent.some((each) => each.host === host)) {
      throw new UserError(
        `Host "${host}" answers, so it is not gone: without --forget, what is on it is removed. Nothing was changed.\n` +
          `To leave it there and forget it all the same: npm run destroy -- --environment ${environment} --forget ${host} --yes`,
      );
    }
  }
}

/**
 * A cluster goes with its hosts, and with it all that it has: where one of them is gone, or where it has no leader any more,
 * nothing is asked of it.
 */
function withTheirCluster(
  forget: readonly string[],
  state: StackState | undefined,
  { silent }: Seen,
): readonly string[] {
  const clusters = clustersIn(state);
  const alone = silent.every(({ host }) => clusters.includes(host));
  const leaderless = alone ? clusters.filter((name) => silent.some(({ host }) => host === name)) : [];
  return [...forget, ...(forget.length === 0 ? leaderless : clusters)];
}

/** Names of the clusters that a state has things on. */
function clustersIn(state: StackState | undefined): string[] {
  return recordedEngines(state)
    .filter(({ cluster }) => cluster === true)
    .map(({ host }) => host);
}

/** What was seen, as if these hosts had not answered. */
function withoutHosts({ engines, objects, silent }: Seen, names: readonly string[]): Seen {
  const answering = names.filter((name) => !silent.some(({ host }) => host === name));
  return {
    engines,
    objects: objects.filter(({ engine }) => !names.includes(engine.host)),
    silent: [...silent, ...answering.map((host) => ({ host, reason: "it is forgotten" }))],
  };
}

async function forgetHosts(
  { forget, environment, toolchain, progress }: TeardownOptions,
  state: StackState | undefined,
): Promise<StackState | undefined> {
  if (state === undefined || forget.length === 0) {
    return state;
  }
  let kept = state;
  for (const host of forget) {
    const { state: rest, resources } = withoutHost(kept, host);
    const names = resources.map(({ urn, type }) => `  ${urn.split("::").at(-1)} (${type})`);
    progress.line(
      `Forgotten, and not removed, as host ${host} is gone: ${resources.length} resources\n${names.join("\n")}`,
    );
    kept = rest;
  }
  await writeState(environment, toolchain, kept);
  return kept;
}

/** An overlay may be in use by a container that nobody has any more: it goes with the cluster, once its hosts leave. */
async function destroyAll(
  options: TeardownOptions,
  state: StackState | undefined,
  silent: readonly Silent[],
): Promise<{ exitCode: number; after: StackState | undefined }> {
  const { environment, toolchain } = options;
  const exitCode = isEmpty(state) ? 0 : await destroy(options, state, silent);
  const after = await readState(environment, toolchain);
  const clusters = clustersIn(after);
  if (exitCode === 0 || after === undefined || clusters.length === 0 || silent.length > 0) {
    return { exitCode, after };
  }
  const { state: rest, resources } = withoutOverlays(after, clusters);
  if (resources.length === 0) {
    return { exitCode, after };
  }
  await writeState(environment, toolchain, rest);
  const again = await destroy(options, rest, silent);
  return { exitCode: again, after: await readState(environment, toolchain) };
}

/**
 * Goes on after a failure: what is independent of it goes. What is on a host that does not answer is not even tried, as
 * each try would wait for it.
 */
function destroy(options: TeardownOptions, state: StackState | undefined, silent: readonly Silent[]): Promise<number> {
  const untried = silent.flatMap(({ host }) => resourcesOn(host, state).flatMap(({ urn }) => ["--exclude", urn]));
  return pulumi(options, "destroy", "--skip-preview", "--continue-on-error", ...untried);
}

function resourcesOn(host: string, state: StackState | undefined): { readonly urn: string }[] {
  return resourcesOf(state).filter((resource) => hostOf(resource) === host);
}
