import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { label } from "../labels";
import { askInfo } from "./engine";
import type { EngineAddress } from "./engine-address";
import { overSsh, type SshTarget } from "./ssh";

/** What a host that is to be in a cluster has of it already, and what its kernel can. */
export interface MemberFacts {
  /** `inactive` where its engine is in no swarm. */
  readonly state: string;
  readonly node: string;
  /** Of the swarm that it is in; only a manager knows. */
  readonly labels?: Readonly<Record<string, string | undefined>>;
  /** Whether it is a manager of one that has no leader, which therefore tells nothing. */
  readonly leaderless?: true;
  /** Whether its containers outlive its engine, which no engine in a swarm lets them. */
  readonly liveRestore?: true;
  /** The ids of the managers that it knows. */
  readonly managers: readonly { readonly id: string; readonly address: string }[];
  /** What keeps its kernel from encrypting; undefined where nothing does, or nothing could be learnt. */
  readonly cannotEncrypt?: string;
  /** Whether its kernel can balance between services' instances; undefined where that could not be learnt. */
  readonly ipvs?: boolean;
}

const run = promisify(execFile);

/**
 * Tries what an encrypted overlay needs of the kernel, in a network namespace that ends with the command: an ESP state with
 * the algorithm that the engine's driver takes. Source: moby/moby, `libnetwork/drivers/overlay/encryption.go`. The key is
 * none: nothing is ever sent. A user who is not root gets a namespace of their own for it.
 */
const tellingCommand =
  "sh -c '" +
  'PATH=$PATH:/usr/sbin:/sbin; new="unshare -n"; $new true 2>/dev/null || new="unshare -rn"; ' +
  `try=$($new ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 1 reqid 1 mode transport ` +
  `aead "rfc4106(gcm(aes))" 0x${"00".repeat(20)} 64 2>&1) && echo "esp yes" || ` +
  '{ $new true 2>/dev/null && command -v ip >/dev/null && echo "esp no $try"; }; ' +
  "test -e /proc/net/ip_vs || modprobe -n ip_vs 2>/dev/null || grep -qs /ip_vs.ko /lib/modules/$(uname -r)/modules.builtin; " +
  'echo "ipvs $?"; exit 0\'';

/** What a remote host tells. */
export async function askRemoteMember(engine: EngineAddress, target: SshTarget): Promise<MemberFacts> {
  const [swarm, told] = await Promise.all([askInfo<Info>(engine), overSsh(target, tellingCommand).catch(() => "")]);
  return { ...swarmFacts(swarm), ...kernelFacts(told) };
}

/** What this machine tells; of its kernel, where it is the engine's. */
export async function askLocalMember(engine: EngineAddress): Promise<MemberFacts> {
  return { ...swarmFacts(await askInfo<Info>(engine)), ...(await askThisKernel()) };
}

/** What an engine tells that is reached by its own port. */
export async function askMember(engine: EngineAddress): Promise<MemberFacts> {
  return swarmFacts(await askInfo<Info>(engine));
}

/** What this machine's kernel can; nothing is known of it where it is no Linux. */
export async function askThisKernel(): Promise<Pick<MemberFacts, "cannotEncrypt" | "ipvs">> {
  if (process.platform !== "linux") {
    return { cannotEncrypt: "the engine's kernel is not this machine's, and cannot be asked" };
  }
  const { stdout } = await run("sh", ["-c", tellingCommand]).catch(() => ({ stdout: "" }));
  return kernelFacts(stdout);
}

/** What a host's answer says of its kernel. */
export function kernelFacts(told: string): Pick<MemberFacts, "cannotEncrypt" | "ipvs"> {
  const [, esp, why = ""] = /^esp (yes|no)(.*)$/m.exec(told) ?? [];
  const [, ipvs] = /^ipvs (\d+)$/m.exec(told) ?? [];
  const unknown = esp === undefined ? "it could not be tried: that takes unshare and ip on the host" : undefined;
  const cannotEncrypt = esp === "no" ? why.replace(/^\s*(?:Error:\s*)?|[\s.]+$/g, "") || "its kernel refuses" : unknown;
  return {
    ...(cannotEncrypt === undefined ? {} : { cannotEncrypt }),
    ...(ipvs === undefined ? {} : { ipvs: ipvs === "0" }),
  };
}

interface Info {
  readonly LiveRestoreEnabled?: boolean;
  readonly Swarm: SwarmInfo;
}

interface SwarmInfo {
  readonly NodeID: string;
  readonly LocalNodeState: string;
  readonly ControlAvailable: boolean;
  readonly RemoteManagers: readonly { readonly NodeID: string; readonly Addr: string }[] | null;
  readonly Cluster?: {
    readonly ID: string;
    readonly Spec?: { readonly Labels?: Readonly<Record<string, string>> | null };
  } | null;
}

/** What an engine's `docker info` says of the swarm that it is in. */
function swarmFacts({ Swarm: swarm, LiveRestoreEnabled }: Info): MemberFacts {
  const { NodeID, LocalNodeState, RemoteManagers, Cluster } = swarm;
  const labels = Cluster?.Spec?.Labels;
  return {
    state: LocalNodeState,
    node: NodeID,
    managers: (RemoteManagers ?? []).map((each) => ({ id: each.NodeID, address: each.Addr })),
    ...(LiveRestoreEnabled === true ? { liveRestore: true as const } : {}),
    ...(swarm.ControlAvailable && (Cluster?.ID ?? "") === "" ? { leaderless: true as const } : {}),
    ...(labels === undefined || labels === null ? {} : { labels: { [label.stack]: labels[label.stack] } }),
  };
}
