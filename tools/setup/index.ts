import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { EngineAddress } from "../../components/hosts/engine-address";
import type { Progress } from "../terminal/progress";
import { ensureBaseImage } from "./base-image";
import { ensureClients } from "./clients";
import { isRehearsed, remoteHosts, scaleSetHosts } from "./declared-hosts";
import { ensureEngine, type Engine } from "./engine";
import { type Machine, thisMachine } from "./machine";
import { allEnded, SideBySide } from "./side-by-side";
import { ensureToolchain, type Toolchain, type ToolchainOptions } from "./toolchain";

export interface SetUp {
  readonly toolchain: Toolchain;
  /** This machine's engine, unless the environment's hosts are servers or a cloud's machines. */
  readonly engine?: Engine;
  /** Reference of the image that the labs' images start from, on this machine's engine. */
  readonly baseImage?: string;
}

export interface SetUpOptions {
  /** The environment that is going to be worked with; `local` unless said otherwise. */
  readonly environment?: string;
  /** Whether the hosts of a rehearsed environment are brought, too; they are unless this is false. */
  readonly hosts?: boolean;
  /** Whether Azure is simulated, also for an environment that is not rehearsed. */
  readonly simulatedAzure?: boolean;
  readonly machine?: Machine;
}

/**
 * Everything that an `up` needs: Pulumi, a Docker engine, an image to build from, and the servers that an environment
 * rehearses with. What is there is used; the rest is brought, side by side, with progress. What was taken is told when it
 * is not what it was last time.
 */
export async function setUp(progress: Progress): Promise<Required<SetUp>>;
export async function setUp(progress: Progress, options: SetUpOptions): Promise<SetUp>;
export async function setUp(progress: Progress, options: SetUpOptions = {}): Promise<SetUp> {
  const { environment = "local", hosts = true, simulatedAzure = false, machine: whole = thisMachine() } = options;
  const together = new SideBySide(whole.signal);
  const machine = { ...whole, signal: together.signal };
  const azure = azureOf(machine, environment, simulatedAzure);
  const [toolchain, where] = await allEnded([
    together.part(ensureToolchain(progress, { machine, environment, azure })),
    together.part(ensureEngineAndHosts(progress, machine, environment, hosts)),
  ]);
  const result = { toolchain, ...where };
  tellOnce(progress, machine, summary(result));
  return result;
}

function azureOf(machine: Machine, environment: string, simulated: boolean): ToolchainOptions["azure"] {
  const scaleSet = scaleSetHosts(machine, environment);
  return simulated || scaleSet?.rehearsed === true ? "simulated" : scaleSet && "real";
}

type Engines = Pick<SetUp, "engine" | "baseImage">;

async function ensureEngineAndHosts(
  progress: Progress,
  machine: Machine,
  environment: string,
  hosts: boolean,
): Promise<Engines> {
  const remote = remoteHosts(machine, environment);
  const elsewhere = remote ?? scaleSetHosts(machine, environment);
  if (elsewhere !== undefined && !elsewhere.rehearsed) {
    await ensureClients(progress, machine);
    return {};
  }
  const engine = await ensureEngine(progress, machine);
  const baseImage = await ensureBaseImage(progress, engine, { machine });
  if (elsewhere !== undefined && hosts) {
    await ensureClients(progress, machine);
    if (remote === undefined) {
      const { ensureAzureRehearsal } = require("../rehearsal/azure") as typeof import("../rehearsal/azure");
      await ensureAzureRehearsal(progress, { environment, engine, machine }, baseImage);
    } else {
      const { ensureRehearsal } = require("../rehearsal") as typeof import("../rehearsal");
      await ensureRehearsal(progress, { environment, servers: remote.servers, engine, machine }, baseImage);
    }
  }
  return { engine, baseImage };
}

/** Brings the hosts of a rehearsed environment, or what its cloud needs; nothing where it is not rehearsed. */
export async function rehearse(progress: Progress, environment: string): Promise<void> {
  const machine = thisMachine();
  if (isRehearsed(machine, environment)) {
    await ensureEngineAndHosts(progress, machine, environment, true);
  }
}

/** A server that answers, and how its engine is reached. */
export interface ReachedHost {
  readonly name: string;
  readonly address: EngineAddress;
}

/**
 * Sees to it that the Linux engines of servers have an image to build from. For updates: nothing else builds.
 * @throws UserError where one neither has it nor can be given it.
 */
export async function setUpHosts(progress: Progress, hosts: readonly ReachedHost[]): Promise<void> {
  const machine = thisMachine();
  await allEnded(
    hosts.map(({ name, address }) =>
      ensureBaseImage(progress, { dockerHost: address.engine }, { machine, host: name, address }),
    ),
  );
}

/** What was taken for each part, as a table. */
export function summary({ toolchain, engine, baseImage }: SetUp): string {
  const rows = [
    ...Object.entries(toolchain.origin).map(([part, { source, says }]) => [part, `${source}: ${says}`]),
    ["Pulumi state", toolchain.login],
    ...(engine === undefined ? [] : [["Docker engine", engine.origin]]),
    ...(baseImage === undefined ? [] : [["Base image", baseImage]]),
  ] as const;
  const width = Math.max(...rows.map(([part]) => part.length));
  return rows.map(([part, text]) => `  ${part.padEnd(width)}  ${text}`).join("\n");
}

function tellOnce(progress: Progress, { state }: Machine, text: string): void {
  const told = join(state, "taken.txt");
  if (existsSync(told) && readFileSync(told, "utf8") === text) {
    return;
  }
  progress.line(`Set up with:\n${text}`);
  mkdirSync(dirname(told), { recursive: true, mode: 0o700 });
  writeFileSync(told, text);
}
