import { clientEnvironment, type EngineAddress } from "../../components/hosts/engine-address";
import { ask } from "../processes";
import { fail, pass, type Finding } from "./finding";

/** The part of `docker info` that is looked at. */
export interface EngineInfo {
  readonly DockerRootDir: string;
  readonly IPv4Forwarding: boolean;
  readonly OSType: string;
  /** The engine's own time, in RFC 3339. */
  readonly SystemTime: string;
}

/** What an engine says of itself, and how far its clock is from this machine's, in milliseconds. */
export interface AskedInfo {
  readonly info: EngineInfo;
  readonly ahead: number;
}

/** Milliseconds that clocks may differ by: certificates and tokens stand more, people who read logs do not. */
const TOLERANCE = 60_000;

/** Bytes that labs take with their images, and some to spare. */
const ENOUGH = 3e9;

/** Throws a CommandError where the engine does not answer. */
export async function askInfo(address: EngineAddress): Promise<AskedInfo> {
  const before = Date.now();
  const text = await ask("docker", ["info", "--format", "{{json .}}"], {
    env: clientEnvironment(address),
    timeout: 30_000,
  });
  const info = JSON.parse(text) as EngineInfo;
  return { info, ahead: Date.parse(info.SystemTime) - (before + Date.now()) / 2 };
}

/** Whether containers can reach more than their own bridge. */
export function forwarding({ IPv4Forwarding, OSType }: EngineInfo): Finding[] {
  if (OSType !== "linux") {
    return [];
  }
  const name = "IP forwarding";
  return [
    IPv4Forwarding
      ? pass(name, "on")
      : fail(
          name,
          "off: no container reaches another network",
          "sysctl -w net.ipv4.ip_forward=1, and restart the engine",
        ),
  ];
}

export function clock({ ahead }: AskedInfo): Finding {
  const seconds = Math.round(Math.abs(ahead) / 1000);
  const name = "clock";
  return Math.abs(ahead) <= TOLERANCE
    ? pass(name, seconds === 0 ? "as here" : `${seconds} s from here`)
    : fail(
        name,
        `${seconds} s ${ahead > 0 ? "ahead of" : "behind"} this machine`,
        "set both by NTP (timedatectl set-ntp true)",
      );
}

/** @param free Bytes that are free where the engine keeps its files. */
export function disk(name: string, free: number, where: string): Finding {
  const gigabytes = `${(free / 1e9).toFixed(1)} GB free in ${where}`;
  return free >= ENOUGH
    ? pass(name, gigabytes)
    : fail(
        name,
        `${gigabytes}; the labs and their images take about ${ENOUGH / 1e9} GB`,
        "docker image prune, or a larger disk",
      );
}
