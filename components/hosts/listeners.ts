import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { HostListener } from "./engine-facts";

/**
 * Sockets by protocol and address family, and the state of those that wait for others to begin.
 * Source: https://docs.kernel.org/networking/proc_net_tcp.html; UDP sockets without a peer are in the state of closed TCP ones.
 */
const tables = [
  { file: "tcp", protocol: "tcp", waiting: "0A" },
  { file: "tcp6", protocol: "tcp", waiting: "0A" },
  { file: "udp", protocol: "udp", waiting: "07" },
  { file: "udp6", protocol: "udp", waiting: "07" },
] as const;

/**
 * What listens on this machine. Linux only; elsewhere nothing is told.
 * @param proc Where the kernel's view of processes is.
 */
export function hostListeners(proc = "/proc"): HostListener[] {
  return tables
    .map(({ file }) => ({ file, path: `${proc}/net/${file}` }))
    .filter(({ path }) => existsSync(path))
    .flatMap(({ file, path }) => listenersIn(file, readFileSync(path, "utf8"), (inode) => ownerOf(inode, proc)));
}

/**
 * What one of the kernel's tables of sockets tells of listeners.
 * @param file The table's name below `/proc/net`; of one that is not known, nothing is told.
 */
export function listenersIn(
  file: string,
  text: string,
  ownerOf: (inode: string) => string | undefined,
): HostListener[] {
  return tables
    .filter((table) => table.file === file)
    .flatMap(({ protocol, waiting }) =>
      text
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , , state]) => state === waiting)
        .flatMap(([, local, , , , , , , , inode]): HostListener[] => {
          const [hexAddress, hexPort] = local.split(":");
          const address = ipv4Address(hexAddress);
          const hostPort = parseInt(hexPort, 16);
          return address === undefined ? [] : [{ address, hostPort, protocol, owner: () => ownerOf(inode) }];
        }),
    );
}

/**
 * An address as the kernel writes it, each four bytes as a number of a machine whose lowest byte comes first. IPv6's "any"
 * takes IPv4's as well; its other addresses are of no interest unless IPv4's are in them.
 */
function ipv4Address(hex: string): string | undefined {
  if (hex === "0".repeat(32)) {
    return "0.0.0.0";
  }
  const v4 = hex.length === 8 ? hex : hex.startsWith("0000000000000000FFFF0000") ? hex.slice(24) : undefined;
  return v4 && [...Buffer.from(v4, "hex")].reverse().join(".");
}

/** The process that has a socket open. Which ones have it, only they and root may see. */
function ownerOf(inode: string, proc: string): string | undefined {
  const pid = readdirSync(proc).find(
    (name) => /^\d+$/.test(name) && socketsOf(name, proc).includes(`socket:[${inode}]`),
  );
  return pid === undefined ? undefined : `${commandOf(pid, proc)} (process ${pid})`;
}

function socketsOf(pid: string, proc: string): string[] {
  try {
    return readdirSync(`${proc}/${pid}/fd`).flatMap((fd) => linkOf(`${proc}/${pid}/fd/${fd}`));
  } catch {
    // It has ended, or is another user's.
    return [];
  }
}

function linkOf(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}

function commandOf(pid: string, proc: string): string {
  try {
    return readFileSync(`${proc}/${pid}/comm`, "utf8").trim();
  } catch {
    return "a process";
  }
}
