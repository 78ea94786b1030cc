import type { EngineAccess } from "../components/checks/expectation";
import { engineAddressOf, readinessOf, type Step } from "../components/hosts/readiness";
import { openTunnels } from "../components/hosts/tunnels";
import { placesOf, socketsOf, sshConfigPath, wayTo, writeSshConfig } from "../components/hosts/ssh-config";
import type { RemoteServer, RemoteSettings } from "../components/settings/hosts";
import { UserError } from "./command";
import type { HostEngine } from "./heal/engines";
import { CommandError, run } from "./processes";
import { ensureCredentials, type Machines, presentServers, recordedHosts } from "./recorded-hosts";
import { remoteHosts, scaleSetHosts } from "./setup/declared-hosts";
import { thisMachine } from "./setup/machine";
import type { Toolchain } from "./setup/toolchain";
import type { StackState } from "./stack";
import type { Progress } from "./terminal/progress";
import { tunnelEnvironment } from "./tunnels/environment";

/** What connecting takes. */
export interface Connecting {
  readonly environment: string;
  readonly toolchain: Toolchain;
  readonly progress: Progress;
  /** Whether what may pass by itself, a machine that starts, is waited for: as long as the settings say. */
  readonly wait: boolean;
  /** The stack's state, which knows a cloud's hosts. */
  readonly state: StackState | undefined;
  /** The machines that they are at present; without it, as the state has them. */
  readonly machines?: Machines;
  readonly signal?: AbortSignal;
}

/** A server of the settings, and the steps that it went through. */
export interface TriedHost {
  readonly name: string;
  readonly os: EngineAccess["os"];
  readonly engine: HostEngine;
  readonly steps: readonly Step[];
}

/**
 * Sees to it that the servers of an environment can be reached by all that works with them: their ssh configuration is
 * written, and a connection to each is open, for which a password is asked of Pulumi's settings only now. Nothing where
 * the hosts are no servers. A cloud's machines are those of the last update. It rejects only if it is stopped, or if
 * secrets cannot be read.
 */
export async function connectHosts(connecting: Connecting): Promise<TriedHost[]> {
  const { environment, progress, wait, signal } = connecting;
  const { servers, readySeconds } = await serversOf(connecting);
  if (servers.length === 0) {
    return [];
  }
  try {
    writeSshConfig(servers, environment);
    await openTunnels(servers, environment, { env: tunnelEnvironment(environment, connecting.toolchain.env) });
  } catch (error) {
    const why = `The servers of "${environment}" can't be reached: ${(error as Error).message}`;
    throw new UserError(
      `${why}
Nothing was changed.`,
      2,
      { cause: error },
    );
  }
  const named = `${servers.length} ${servers.length === 1 ? "host" : "hosts"}`;
  return progress.step(`Reach ${named} of ${environment}`, async ({ detail, outcome }) => {
    const whole = await withPasswords(servers, connecting);
    const tried = await Promise.all(
      whole.map(async (server) => ({
        name: server.name,
        os: server.os,
        engine: { host: server.name, ...engineAddressOf(server, environment) },
        steps: await readinessOf(server, environment, {
          waitSeconds: wait ? readySeconds : 0,
          onRetry: (step, why) => detail(`waiting for ${server.name}, step ${step}: ${why}`),
          signal,
        }),
      })),
    );
    const unready = tried.filter((each) => !isReady(each));
    if (unready.length > 0) {
      outcome(`${unready.map(({ name }) => name).join(", ")} not ready`);
    }
    return tried;
  });
}

type Servers = Pick<RemoteSettings, "servers" | "readySeconds">;

async function serversOf(connecting: Connecting): Promise<Servers> {
  const { environment, state, machines } = connecting;
  const settings = remoteHosts(thisMachine(), environment);
  if (settings !== undefined) {
    return settings;
  }
  const recorded = recordedHosts(state);
  await ensureCredentials(recorded, connecting);
  const readySeconds = scaleSetHosts(thisMachine(), environment)?.readySeconds ?? 0;
  return { servers: presentServers(recorded, machines), readySeconds };
}

/** Whether a host passed every step. */
export function isReady({ steps }: Pick<TriedHost, "steps">): boolean {
  return steps.every(({ status }) => status === "pass");
}

/** Whether the engine of a host can be talked to, be it as declared or not. */
export function answers({ steps }: Pick<TriedHost, "steps">): boolean {
  return steps.some(({ name, status }) => name === "engine" && status === "pass");
}

/** The servers with their passwords, where one is needed: a connection that is open needs none. */
export async function withPasswords(
  servers: readonly RemoteServer[],
  connecting: { readonly environment: string; readonly toolchain: Pick<Toolchain, "pulumi" | "env"> },
): Promise<RemoteServer[]> {
  const open = await Promise.all(
    servers.map(async (server) => server.password === undefined || (await isOpen(server, connecting.environment))),
  );
  if (open.every(Boolean)) {
    return [...servers];
  }
  const passwords = await passwordsOf(connecting);
  return servers.map((server) =>
    server.password === undefined ? server : { ...server, password: passwords.get(server.name) ?? server.password },
  );
}

/** Whether all connections to a server are open that what is done there shares: each takes a login. */
async function isOpen(server: RemoteServer, environment: string): Promise<boolean> {
  const machine = wayTo(server, environment).at(-1)!;
  const check = ["-F", sshConfigPath(environment), "-O", "check", machine.alias];
  const open = await Promise.all(
    socketsOf(machine, placesOf(environment)).map((socket) =>
      run("ssh", ["-o", `ControlPath=${socket}`, ...check], { timeout: 10_000 }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof CommandError) {
            return false;
          }
          throw error;
        },
      ),
    ),
  );
  return open.every(Boolean);
}

/** By the server's name. Pulumi decrypts them; they are in the environment or the arguments of no process. */
async function passwordsOf({
  environment,
  toolchain,
}: Parameters<typeof withPasswords>[1]): Promise<Map<string, string>> {
  const args = ["config", "get", "container-network-labs:hosts", "--stack", environment];
  const hosts = JSON.parse(await run(toolchain.pulumi, args, { env: toolchain.env })) as {
    servers: readonly { name: string; password?: string }[];
  };
  return new Map(hosts.servers.flatMap(({ name, password }) => (password === undefined ? [] : [[name, password]])));
}
