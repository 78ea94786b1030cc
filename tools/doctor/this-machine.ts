import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { localEngine } from "../../components/hosts/engine";
import { engineReadiness, type Step } from "../../components/hosts/readiness";
import { ask } from "../processes";
import { type Machine, onPath } from "../setup/machine";
import { askInfo, disk, forwarding } from "./engine-info";
import { fail, pass, skipped, untested, type Finding } from "./finding";

/** What an environment needs of this machine. */
export interface Needs {
  /** The system of this machine's engine; undefined where none is used. */
  readonly engine: "linux" | "windows" | undefined;
  readonly ssh: boolean;
}

export function node(): Finding {
  // Older ones do not come this far.
  return pass("Node", process.versions.node);
}

/** The Docker client, this machine's engine and what it needs, and the ssh client. */
export async function clientFindings(machine: Machine, needs: Needs): Promise<Finding[]> {
  const [client, ssh] = await Promise.all([dockerClient(machine), sshClient(machine, needs)]);
  const [found, rest] = [client.status === "pass", ["Docker engine", "IP forwarding", "disk"]];
  const engine =
    needs.engine === undefined
      ? rest.map((name) => skipped(name, "the environment's hosts have their own engines"))
      : found
        ? await engineFindings(machine, needs.engine)
        : rest.map((name) => untested(name, "it takes the Docker client"));
  return [client, ...engine, ssh];
}

async function dockerClient(machine: Machine): Promise<Finding> {
  const name = "Docker client";
  const [path] = onPath(machine, "docker");
  if (path === undefined) {
    return fail(name, "there is no docker on PATH", install(machine, "docker.io", "Docker"));
  }
  return versionBy(name, path, ["--version"], /version ([\w.+-]+)/);
}

async function sshClient(machine: Machine, { ssh }: Needs): Promise<Finding> {
  const name = "ssh client";
  if (!ssh) {
    return skipped(name, "no host of the environment is reached over ssh");
  }
  const [path] = onPath(machine, "ssh");
  return path === undefined
    ? fail(name, "there is no ssh on PATH", install(machine, "openssh-client", "OpenSSH's client"))
    : pass(name, path);
}

function install({ debianRoot }: Machine, debianPackage: string, product: string): string {
  return debianRoot ? `npm run setup brings it (apt-get install ${debianPackage})` : `install ${product}`;
}

async function versionBy(name: string, path: string, args: string[], pattern: RegExp): Promise<Finding> {
  try {
    const text = await ask(path, args, { timeout: 10_000 });
    return pass(name, `${pattern.exec(text)?.[1] ?? text.trim()}, ${path}`);
  } catch (error) {
    return fail(name, (error as Error).message, `look at ${path}: it does not run`);
  }
}

async function engineFindings(machine: Machine, os: "linux" | "windows"): Promise<Finding[]> {
  const engine = await localEngine();
  const steps = await engineReadiness({ engine, os });
  const broken = steps.find(({ status }) => status === "fail");
  if (broken !== undefined) {
    const rest = ["IP forwarding", "disk"].map((name) => untested(name, "it takes the Docker engine"));
    return [engineFault(machine, broken, engine), ...rest];
  }
  const { info } = await askInfo({ engine });
  const version = steps.at(-1)!.detail;
  return [
    pass("Docker engine", `${version}, ${os} containers, at ${engine}`),
    ...forwarding(info),
    await ownDisk(engine, info.DockerRootDir),
  ];
}

/** What the set-up would start by itself is not wrong yet. */
function engineFault({ debianRoot, env }: Machine, { detail, cure = "", name }: Step, engine: string): Finding {
  const ours = name === "engine" && debianRoot && !env.DOCKER_HOST && engine.startsWith("unix://");
  return ours ? untested("Docker engine", detail, "npm run setup starts it") : fail("Docker engine", detail, cure);
}

async function ownDisk(engine: string, root: string): Promise<Finding> {
  if (!engine.startsWith("unix://") || !existsSync(root)) {
    return skipped("disk", "the engine keeps its files elsewhere");
  }
  const { bavail, bsize } = await statfs(root);
  return disk("disk", bavail * bsize, root);
}
