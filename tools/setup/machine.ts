import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { interrupted } from "../processes";
import { type Places, places } from "./places";

/** What the set-up needs to know of the machine that it runs on. Tests make their own. */
export interface Machine extends Places {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** As Node says it: `x64`, `arm64`. */
  readonly arch: string;
  /** Whether packages can be installed without asking: Debian or one of its kind, as root. */
  readonly debianRoot: boolean;
  /** Whether systemd looks after services. */
  readonly systemd: boolean;
  /** The project's folder. */
  readonly project: string;
  /** Where the official releases of the Pulumi CLI are, without the version. */
  readonly releases: string;
  /** Stops what is under way. */
  readonly signal?: AbortSignal;
}

/** The machine that this process runs on. */
export function thisMachine(signal = interrupted): Machine {
  return {
    ...places(),
    env: process.env,
    home: homedir(),
    platform: process.platform,
    arch: process.arch,
    debianRoot: process.platform === "linux" && process.getuid?.() === 0 && isDebian(),
    systemd: existsSync("/run/systemd/system"),
    project: join(__dirname, "..", ".."),
    releases: "https://github.com/pulumi/pulumi/releases/download",
    signal,
  };
}

/** Name of a program's file: `pulumi`, `pulumi.exe`. */
export function programFile({ platform }: Machine, name: string): string {
  return platform === "win32" ? `${name}.exe` : name;
}

/** All programs of this name on PATH, in its order. */
export function onPath(machine: Machine, name: string): string[] {
  return (machine.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, programFile(machine, name)))
    .filter(isProgram);
}

export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isDebian(): boolean {
  const release = "/etc/os-release";
  return existsSync(release) && /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync(release, "utf8"));
}
