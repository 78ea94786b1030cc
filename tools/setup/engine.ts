import { UserError } from "../command";
import { ask, CommandError } from "../processes";
import type { Progress } from "../terminal/progress";
import { installPackages } from "./debian";
import { type Machine, onPath, thisMachine } from "./machine";
import { engineProgram, startEngine, startedEngine } from "./own-engine";

/** A Docker engine that answers. */
export interface Engine {
  /** What DOCKER_HOST would be. */
  readonly dockerHost: string;
  /** Whose it is, in a line. */
  readonly origin: string;
  /** Whether `npm run engine:stop` would stop it. */
  readonly startedByUs: boolean;
}

/** What is needed beside the engine's own package, and would otherwise only be recommended. */
const ENGINE_PACKAGES = ["docker.io", "iptables", "ca-certificates"];

/** How long an engine has to answer, in ms. One behind SSH needs a while. */
const ANSWER_MS = 20_000;

/**
 * The engine that the user's DOCKER_HOST or Docker context says, else the one at the default socket, which is installed
 * and started where that can be done without asking. Throws a UserError that says what to do.
 */
export async function ensureEngine(progress: Progress, machine: Machine = thisMachine()): Promise<Engine> {
  const chosen = await chosenEngine(machine);
  const [client] = onPath(machine, "docker");
  if (client !== undefined) {
    const trouble = await troubleWith(machine, chosen.host);
    if (trouble === undefined) {
      const ours = chosen.byUser === undefined && startedEngine(machine) !== undefined;
      const by = chosen.byUser ?? (ours ? "started by this program" : "running already");
      return { dockerHost: chosen.host, origin: `${chosen.host}, ${by}`, startedByUs: ours };
    }
    refuseWhereAskedFor(chosen, trouble);
  }
  if (!machine.debianRoot || chosen.byUser !== undefined) {
    throw new UserError(
      `${client === undefined ? "There is no docker command on PATH" : "No Docker engine answers"}. ${advice(machine)}`,
    );
  }
  const answers = async () => (await troubleWith(machine, chosen.host)) === undefined;
  if (client === undefined || engineProgram(machine) === undefined) {
    await progress.step("Docker: install", (report) => installPackages(machine, report, ...ENGINE_PACKAGES));
    // Only the client was missing, if an engine answers now that no one started.
    if (!machine.systemd && (await answers())) {
      return { dockerHost: chosen.host, origin: `${chosen.host}, running already`, startedByUs: false };
    }
  }
  await progress.step("Docker: start", (report) => startEngine(machine, report, answers));
  return { dockerHost: chosen.host, origin: `${chosen.host}, started by this program`, startedByUs: true };
}

interface Chosen {
  readonly host: string;
  /** How the user said so; undefined for the default socket. */
  readonly byUser: string | undefined;
}

async function chosenEngine(machine: Machine): Promise<Chosen> {
  const { DOCKER_HOST: host } = machine.env;
  if (host) {
    return { host, byUser: "DOCKER_HOST" };
  }
  const socket = machine.platform === "win32" ? "npipe:////./pipe/docker_engine" : "unix:///var/run/docker.sock";
  if (onPath(machine, "docker").length === 0) {
    return { host: socket, byUser: undefined };
  }
  const format = "{{.Name}} {{.Endpoints.docker.Host}}";
  const answer = await docker(machine, ["context", "inspect", "--format", format]);
  const [name = "", contextHost = ""] = answer.trim().split(" ");
  return name === "default"
    ? { host: contextHost || socket, byUser: undefined }
    : { host: contextHost, byUser: `context ${name}` };
}

function refuseWhereAskedFor({ host, byUser }: Chosen, trouble: string): void {
  if (byUser !== undefined) {
    throw new UserError(
      `The Docker engine of your ${byUser} (${host}) does not answer: ${trouble}\n` +
        "Start it, or choose another with DOCKER_HOST or `docker context use`, and run the same command again.",
    );
  }
  if (/permission denied/i.test(trouble)) {
    throw new UserError(
      `You may not use the Docker engine at ${host}: ${trouble}\n` +
        "Add yourself to its group (sudo usermod -aG docker $USER), log in again, and run the same command again.",
    );
  }
}

/** What the engine's client says if the engine cannot be used; undefined if it answers. */
async function troubleWith(machine: Machine, host: string): Promise<string | undefined> {
  try {
    await docker(machine, ["-H", host, "version", "--format", "{{.Server.Version}}"]);
    return undefined;
  } catch (error) {
    machine.signal?.throwIfAborted();
    return error instanceof CommandError ? error.message : String(error);
  }
}

/** Runs the user's Docker client, which alone understands their contexts, SSH and certificates. */
async function docker(machine: Machine, args: readonly string[]): Promise<string> {
  return ask("docker", args, { env: machine.env, timeout: ANSWER_MS, signal: machine.signal });
}

function advice({ platform }: Machine): string {
  const ways: Partial<Record<NodeJS.Platform, string>> = {
    linux:
      "Install Docker (https://docs.docker.com/engine/install) and start it (sudo systemctl start docker); " +
      "as root on Debian or Ubuntu this program does so itself",
    darwin:
      "Install Docker Desktop (https://docs.docker.com/desktop/setup/install/mac-install) or Colima, and start it",
    win32: "Install Docker Desktop (https://docs.docker.com/desktop/setup/install/windows-install), and start it",
  };
  return `${ways[platform] ?? "Install Docker and start it"}, or set DOCKER_HOST to an engine elsewhere; then run the same command again.`;
}
