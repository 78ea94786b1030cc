import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { knownHostsText, sshConfigText } from "../../components/hosts/ssh-config";
import type { JumpHost, RemoteServer } from "../../components/settings/hosts";
import { UserError } from "../command";
import { CommandError, run } from "../processes";

/** Where a machine is, as far as asking it for its key takes. */
export interface Place {
  readonly address: string;
  readonly port: number;
  /** The host that the way there leads over. Its key is known. */
  readonly jump?: JumpHost;
}

/** The name that a key is asked under: it has nothing to do with the address, which may have been another machine's. */
const ALIAS = "asked";

/** The newest kind first: with a choice, a server is known by one key. */
const kinds = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256";

/**
 * The public host key that a machine shows, without logging in there: `ssh-ed25519 AAAA…`. By ssh itself, as ssh-keyscan
 * knows no way over a jump host. Whether it is the right machine that shows it, only a comparison can tell.
 * @throws UserError with ssh's own words if nobody answers.
 */
export async function offeredKey({ address, port, jump }: Place, signal?: AbortSignal): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "container-network-labs-trust-"));
  const known = join(folder, "known_hosts");
  const options = [
    ["Port", String(port)],
    ["HostKeyAlias", ALIAS],
    ["HostKeyAlgorithms", kinds],
    ["UserKnownHostsFile", known],
    ["GlobalKnownHostsFile", "none"],
    ["HashKnownHosts", "no"],
    ["CheckHostIP", "no"],
    // It is written into a file of its own, and used for nothing.
    ["StrictHostKeyChecking", "accept-new"],
    ["PreferredAuthentications", "none"],
    ["BatchMode", "yes"],
    ["ControlPath", "none"],
    ["ConnectTimeout", "10"],
    ...(jump === undefined ? [] : [["ProxyCommand", overJump(jump, folder)]]),
  ].flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  try {
    const words = await refusal(["-F", "none", ...options, address, "exit"], signal);
    const line = linesOf(known).find((each) => each.startsWith(`${ALIAS} `));
    if (line === undefined) {
      throw new UserError(`${address}:${port} shows no host key: ${words}`);
    }
    return line.slice(ALIAS.length + 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nobody is let in without a login, so it never succeeds: what ssh says of it. */
async function refusal(args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  try {
    await run("ssh", args, { timeout: 45_000, signal });
    return "it asks for no login";
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    return error.commandExitCode === undefined && !/ENOENT/.test(error.message)
      ? "no answer within 45 s"
      : error.message.trim().split(/\r?\n/).at(-1)!;
  }
}

/** The command whose ends are the connection: ssh to the jump host, with nothing of the user's own beside it. */
function overJump(jump: JumpHost, folder: string): string {
  const knownHosts = join(folder, "known_hosts_of_jump");
  const server: RemoteServer = { ...jump, name: "jump", os: "linux", docker: "ssh" };
  const environment = "trust";
  writeFileSync(knownHosts, knownHostsText([server], environment), { mode: 0o600 });
  const config = join(folder, "config");
  writeFileSync(config, sshConfigText([server], { environment, knownHosts, sockets: folder }), { mode: 0o600 });
  return `ssh -F ${config} -o ControlMaster=no -o ControlPath=none -W %h:%p jump.${environment}`;
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/);
  } catch {
    return [];
  }
}
