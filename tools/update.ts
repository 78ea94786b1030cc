import { unreadyText } from "../components/hosts/readiness";
import { labSelection } from "../components/settings/lab-selection";
import { heldToRules } from "../policies/held";
import { switchedOff } from "../policies/switches";
import { type Call, UserError } from "./command";
import { failedBuilds } from "./failed-builds";
import { isAzure } from "./heal/azure-ids";
import { healCloud } from "./heal/cloud";
import { mendCluster } from "./heal/cluster";
import { type HostEngine, hostOf } from "./heal/engines";
import { heal, look, settle, type Healing, type Seen } from "./heal/heal";
import { markOf } from "./heal/killed-run";
import { forgetMachines } from "./heal/machines";
import { mendStacks } from "./heal/stack-commands";
import { connectHosts, isReady, type TriedHost } from "./hosts";
import { refuseOpenState } from "./open-state";
import { run, runAttached } from "./processes";
import { machinesIn, otherMachines, recordedHosts } from "./recorded-hosts";
import { setUp, setUpHosts } from "./setup";
import { thisMachine } from "./setup/machine";
import { readState, resourcesOf, type StackState } from "./stack";

export interface UpdateOptions extends Healing {
  /** This machine's engine; undefined where an environment has no use for it. */
  readonly engine: string | undefined;
  /** The labs of this run in place of those in the stack file. */
  readonly labs?: string;
  readonly signal?: AbortSignal;
}

/** The option that `up`, `start` and `destroy` share. */
export const takeOverOption = { "take-over": { type: "boolean", default: false } } as const;

/**
 * Sets up what an operation on an environment needs, and reads the call's options for it. `hosts` tells whether the
 * servers of a rehearsed environment are brought, too.
 */
export async function prepare(call: Call, hosts = true): Promise<UpdateOptions> {
  const { environment, values, progress, signal } = call;
  const { toolchain, engine } = await setUp(progress, { environment, hosts });
  return {
    environment,
    toolchain,
    engine: engine?.dockerHost,
    progress,
    labs: values.labs as string | undefined,
    takeOver: values["take-over"] as boolean,
    signal,
  };
}

/** Without questions, without the outputs (what to open is said at the end), and without rows of dots in a log file. */
const quietly = ["--yes", "--suppress-outputs", "--suppress-progress"];

/** What `npm run up` did. */
export interface Updated {
  readonly exitCode: number;
  /** The stack's state after the update. */
  readonly state: StackState | undefined;
}

/**
 * Brings an environment up with one command, whatever the last run left: heals, updates, and heals once more if the
 * update ran into something that a killed run's engine finished only now, if a host turned out to be another machine, or
 * if it restarted the engines of a cluster.
 * @throws UserError, before anything is changed, if a host is not ready.
 */
export async function bringUp(options: UpdateOptions): Promise<Updated> {
  const { environment, toolchain, progress } = options;
  refuseOpenState(thisMachine(), environment, toolchain);
  const left = await settle(options);
  if (left.state === undefined) {
    await run(toolchain.pulumi, ["stack", "init", environment, "--no-select"], { env: toolchain.env });
  }
  const found = await healCloud(options, left);
  const met = await meetHosts(options, found.state);
  const first = await heal({ ...options, ownHosts: met.cloud }, { ...found, state: met.state }, met.seen);
  const { hosts } = met;
  if (met.cloud.length === 0) {
    await setUpHosts(
      progress,
      hosts.filter(({ os }) => os === "linux").map(({ name, engine }) => ({ name, address: engine })),
    );
  }
  const mended = await mendStacks(withoutSilent(first.state, met.seen), progress);
  let exitCode = await pulumiUp(options, { refresh: first.refresh || first.killed, replace: first.replace });
  let state = await readState(environment, toolchain);
  const others = otherMachines(first.state, state);
  const restarted = await mendCluster(options, state);
  if ((exitCode !== 0 && first.killed) || others.length > 0 || restarted) {
    const again = await healCloud(options, { ...(await settle(options)), killed: first.killed });
    const seen = await meetHosts(options, again.state, others, hosts);
    const second = await heal({ ...options, ownHosts: seen.cloud }, { ...again, state: seen.state }, seen.seen);
    exitCode = await pulumiUp(options, second);
    state = await readState(environment, toolchain);
  }
  if (exitCode !== 0) {
    failedBuilds(environment).forEach((text) => progress.line(text));
    if (resourcesOf(state).some(isAzure)) {
      progress.line(
        "What Azure has made stays, and is paid for. Once the reason told above is mended, this goes on: " +
          `npm run up -- --environment ${environment}`,
      );
    }
  }
  // An image that the update has put back is the same as before, which is no reason to run a pool's command again.
  if (exitCode === 0 && !mended && !(await mendStacks(state, progress))) {
    exitCode = 1;
  }
  return { exitCode, state };
}

/** The hosts of an environment, and what is on them. */
interface Met {
  readonly hosts: readonly TriedHost[];
  readonly seen: Seen;
  /** Without what was on machines that are not there any more. */
  readonly state: StackState | undefined;
  /** Names of those that are machines of a cloud: the program waits for what is not ready there. */
  readonly cloud: readonly string[];
}

/**
 * @param anew Hosts of a cloud that are known to be other machines than those that the state has things on.
 * @param known Servers that are connected already.
 */
async function meetHosts(
  options: UpdateOptions,
  state: StackState | undefined,
  anew: readonly string[] = [],
  known: readonly TriedHost[] = [],
): Promise<Met> {
  const recorded = recordedHosts(state);
  if (recorded.length === 0) {
    const hosts = known.length > 0 ? known : await readyHosts(options, state);
    await mendCluster(options, state);
    return { hosts, seen: await lookAtAll(options, state, hosts), state, cloud: [] };
  }
  const machines = machinesIn(state);
  const tried = await connectHosts({ ...options, state, machines, wait: false });
  const hosts = tried.filter(isReady);
  const left = await forgetMachines(options, state!, { machines, hosts, anew });
  const silent = tried.filter((host) => !isReady(host)).map(({ name }) => ({ host: name, reason: "it is not ready" }));
  const further = [...ownEngine(options), ...hosts.map(({ engine }) => engine)];
  await mendCluster(options, left);
  const seen = await look(options.environment, left, further, silent);
  return { hosts, seen, state: left, cloud: recorded.map(({ server: { name } }) => name) };
}

/** Without what is on hosts that could not be looked at. */
function withoutSilent(state: StackState | undefined, { silent }: Seen): StackState | undefined {
  const names = new Set(silent.map(({ host }) => host));
  const resources = resourcesOf(state).filter((resource) => !names.has(hostOf(resource) ?? ""));
  return state && { ...state, deployment: { ...state.deployment, resources } };
}

async function readyHosts(options: UpdateOptions, state: StackState | undefined): Promise<TriedHost[]> {
  const hosts = await connectHosts({ ...options, state, wait: true });
  if (!hosts.every(isReady)) {
    throw new UserError(unreadyText(hosts));
  }
  return hosts;
}

/** Looks at all engines, each of which has to answer. */
async function lookAtAll(
  options: UpdateOptions,
  state: StackState | undefined,
  hosts: readonly TriedHost[],
): Promise<Seen> {
  const seen = await look(options.environment, state, [...ownEngine(options), ...hosts.map(({ engine }) => engine)]);
  if (seen.silent.length > 0) {
    const { environment } = options;
    const undeclared = seen.silent.filter(({ host }) => hosts.length > 0 && !hosts.some(({ name }) => name === host));
    const cures = undeclared.map(
      ({ host }) =>
        `${host} is not in the settings any more, but has things of the last update. Put it back, or if it is gone for ` +
        `good: npm run destroy -- --environment ${environment} --forget ${host}`,
    );
    throw new UserError(
      [
        ...seen.silent.map(({ host, reason }) => `Host ${host} does not answer (step engine): ${reason}`),
        ...cures,
        "Nothing was changed.",
      ].join("\n"),
    );
  }
  return seen;
}

/** This machine's engine, which may have things of an environment that no state tells of. */
export function ownEngine({ engine }: UpdateOptions): HostEngine[] {
  return engine === undefined ? [] : [{ host: "this machine", engine }];
}

function pulumiUp(
  options: UpdateOptions,
  { refresh, replace }: { readonly refresh: boolean; readonly replace: readonly string[] },
): Promise<number> {
  const args = [...(refresh ? ["--refresh"] : []), ...replace.flatMap((urn) => ["--replace", urn])];
  return pulumi(options, "up", ...underRules(options), ...args);
}

/** Where the rules of the house are asked, a preview comes first: an update alone would ask of a resource once others are made. */
function underRules({ environment, toolchain, progress }: UpdateOptions): string[] {
  if (!heldToRules(environment)) {
    return ["--skip-preview"];
  }
  // What reads settings takes a while to load.
  const { policyArguments, switchesOf } = require("../policies/arguments") as typeof import("../policies/arguments");
  for (const { rule, reason } of switchedOff(switchesOf(environment))) {
    progress.line(`The rule ${rule} is switched off in this environment: ${reason}`);
  }
  return policyArguments(environment, toolchain);
}

/** Runs an operation on this terminal, marked as this program's; where it has to, on this machine's engine. */
export function pulumi(options: UpdateOptions, operation: string, ...args: string[]): Promise<number> {
  const { environment, toolchain, labs, engine } = options;
  return runAttached(toolchain.pulumi, [operation, "--stack", environment, ...quietly, ...args], {
    env: {
      ...toolchain.env,
      ...markOf({ stack: environment, backend: toolchain.backend }),
      ...(engine === undefined ? {} : { DOCKER_HOST: engine }),
      [labSelection]: labs,
    },
  });
}
