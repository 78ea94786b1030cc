import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RemoteServer } from "../settings/hosts";
import { placesOf, socketFolder, socketsOf, sshConfigPath, wayTo } from "./ssh-config";

const run = promisify(execFile);

/** Milliseconds after which an attempt is given up: longer than OpenSSH's own limits. */
const TIMEOUT = 45_000;

/** A machine that a configuration of OpenSSH knows. */
export interface SshTarget {
  /** Path of the configuration. */
  readonly sshConfig: string;
  readonly alias: string;
  /** The socket of the shared connection that is meant; without it, any. */
  readonly socket?: string;
}

/** How an attempt to log in ended. */
export interface SshAttempt {
  /** OpenSSH's own is 255 for what it could not do itself; undefined if it could not be started, or was stopped. */
  readonly exitCode: number | undefined;
  /** What it wrote to standard error, and what kept it from starting. */
  readonly words: string;
}

/**
 * Logs in, unless there is a connection already, and leaves the connection open for all that comes. It never rejects.
 *
 * A password goes through a pipe in a folder of this user's to OpenSSH, and no further: it is in no argument, no
 * environment and no file.
 */
export async function logIn(target: SshTarget, password?: string, signal?: AbortSignal): Promise<SshAttempt> {
  const options = ["-o", "ConnectionAttempts=1"];
  return password === undefined
    ? attempt(target, options, {}, signal)
    : withPipe(password, (env) => attempt(target, [...options, "-o", "BatchMode=no"], env, signal));
}

/** What the machine shows of itself to whoever connects: type and fingerprint of its host key, `ssh-ed25519 SHA256:…`. */
export async function shownHostKey(target: SshTarget, signal?: AbortSignal): Promise<string | undefined> {
  const alone = ["-v", "-o", "ControlMaster=no", "-o", "ControlPath=none", "-o", "ConnectionAttempts=1"];
  const { words } = await attempt(target, alone, {}, signal);
  // Behind a jump host, that one shows its key first.
  return [...words.matchAll(/Server host key: (\S+ SHA256:\S+)/g)].at(-1)?.[1];
}

/** What a command on the machine writes. Throws an Error with OpenSSH's or the command's own words. */
export async function overSsh({ sshConfig, alias }: SshTarget, command: string): Promise<string> {
  const limits = { timeout: TIMEOUT, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run("ssh", ["-F", sshConfig, alias, command], limits);
  return stdout;
}

/** Ends the connections to a server and its jump host, if there are any. What is under way over them ends, too. */
export async function disconnect(server: RemoteServer, environment: string): Promise<void> {
  const places = placesOf(environment);
  for (const machine of wayTo(server, environment).reverse()) {
    for (const socket of socketsOf(machine, places).filter((each) => existsSync(each))) {
      const args = [
        ...optionsFor({ sshConfig: sshConfigPath(environment), alias: machine.alias, socket }),
        "-O",
        "exit",
      ];
      await run("ssh", [...args, machine.alias], { timeout: TIMEOUT }).catch(() => undefined);
    }
  }
}

function optionsFor({ sshConfig, socket }: SshTarget): string[] {
  return ["-F", sshConfig, ...(socket === undefined ? [] : ["-o", `ControlPath=${socket}`])];
}

/**
 * The connection stays behind as a process of its own, which must hold no pipe that somebody waits for the end of: OpenSSH
 * writes to a file.
 */
async function attempt(
  target: SshTarget,
  options: readonly string[],
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<SshAttempt> {
  const folder = mkdtempSync(join(socketFolder(), "log-"));
  const log = join(folder, "stderr");
  const stderr = openSync(log, "wx", 0o600);
  try {
    // Understood by every shell that a system may have.
    const child = spawn("ssh", [...optionsFor(target), ...options, target.alias, "exit 0"], {
      stdio: ["ignore", "ignore", stderr],
      env: { ...process.env, ...env },
      // Without a terminal it asks nobody but the program it was told of.
      detached: true,
      timeout: TIMEOUT,
      signal,
    });
    const [exitCode] = (await once(child, "exit")) as [number | null];
    const words = readFileSync(log, "utf8").trim();
    return exitCode === null
      ? { exitCode: undefined, words: `${words}\nno answer within ${TIMEOUT / 1000} s: timed out`.trim() }
      : { exitCode, words };
  } catch (error) {
    signal?.throwIfAborted();
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return { exitCode: undefined, words: missing ? "ssh: command not found" : (error as Error).message };
  } finally {
    closeSync(stderr);
    rmSync(folder, { recursive: true });
  }
}

async function withPipe<T>(secret: string, work: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(socketFolder(), "pipe-"));
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", ["-m", "600", pipe]);
  // For reading, too, so that it need not wait for whoever reads: perhaps nobody does.
  const end = openSync(pipe, constants.O_RDWR);
  try {
    writeSync(end, `${secret}\n`);
    return await work({
      SSH_ASKPASS: join(__dirname, "ssh", "askpass"),
      SSH_ASKPASS_REQUIRE: "force",
      // Before OpenSSH 8.4 the program was asked only where there was a screen to ask on.
      DISPLAY: process.env.DISPLAY ?? ":0",
      CONTAINER_NETWORK_LABS_PASSWORD_PIPE: pipe,
    });
  } finally {
    closeSync(end);
    rmSync(folder, { recursive: true });
  }
}
