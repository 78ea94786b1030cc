import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { promisify } from "node:util";
import { BASE_IMAGE, BASE_IMAGE_STAND_IN } from "../images/base-image";
import { label } from "../labels";
import { clientEnvironment, type EngineAddress } from "./engine-address";
import type { EngineFacts } from "./engine-facts";
import { hostListeners } from "./listeners";

// The Docker client rather than a library: it alone understands contexts, ssh, TLS and credentials as users set them up.
const run = promisify(execFile);
const limits = { timeout: 30_000, maxBuffer: 64 * 1024 * 1024 };

async function docker(engine: EngineAddress, ...args: string[]): Promise<string> {
  const { stdout } = await run("docker", args, { ...limits, env: { ...process.env, ...clientEnvironment(engine) } });
  return stdout;
}

/** What `inspect` shows of those that are still there: some may be gone since they were listed, by another stack's run. */
async function inspect(engine: EngineAddress, ...args: string[]): Promise<string> {
  try {
    return await docker(engine, ...args);
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    if (/no such|not found/i.test(stderr)) {
      return stdout;
    }
    throw error;
  }
}

/** The engine that this machine's user reaches: DOCKER_HOST, else the current context of their Docker client. */
export async function localEngine(): Promise<string> {
  const { DOCKER_HOST } = process.env;
  if (DOCKER_HOST !== undefined && DOCKER_HOST !== "") {
    return DOCKER_HOST;
  }
  const { stdout } = await run("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], limits);
  return stdout.trim();
}

/** What an engine has already, asked once before the first resource. Throws an Error with the engine's own words. */
export async function askEngine(engine: EngineAddress): Promise<EngineFacts> {
  const [networks, containers] = await Promise.all([networksOf(engine), containersOf(engine)]);
  return { networks, containers };
}

/** What {@link askEngine} tells of this machine's own engine, and what the machine itself has besides. */
export async function askLocalEngine(engine: EngineAddress): Promise<EngineFacts> {
  const facts = await askEngine(engine);
  return engine.engine.startsWith("unix://")
    ? {
        ...facts,
        hostSubnets: subnetsBesides(facts.networks),
        listeners: hostListeners(),
        ...neighboursOfThisMachine(),
      }
    : facts;
}

/** Where Linux says how many neighbours it keeps. A container has no such file: the table is that of the machine below. */
export const NEIGHBOUR_LIMIT = "/proc/sys/net/ipv4/neigh/default/gc_thresh3";

function neighboursOfThisMachine(): Pick<EngineFacts, "neighbours"> {
  return existsSync(NEIGHBOUR_LIMIT) ? { neighbours: Number(readFileSync(NEIGHBOUR_LIMIT, "utf8")) } : {};
}

/**
 * When these containers were last stopped, by their id; those that never were are left out. With their network stack,
 * a restart takes away all that was applied to it, and leaves the id what it was.
 */
export async function lastStopsOf(engine: EngineAddress, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) {
    return new Map();
  }
  const format = "{{.Id}} {{json .State.FinishedAt}}";
  const lines = (await inspect(engine, "container", "inspect", "--format", format, ...ids)).split("\n").filter(Boolean);
  return new Map(
    lines
      .map((line): [string, string] => [line.slice(0, 64), JSON.parse(line.slice(65)) as string])
      .filter(([, finishedAt]) => !finishedAt.startsWith("0001-")),
  );
}

/** The same of a stack's containers. A pool's have nothing applied to their network stacks, and may be a thousand. */
export async function lastStopsOfStack(
  { containers }: EngineFacts,
  engine: EngineAddress,
  stack: string,
): Promise<Map<string, string>> {
  const own = containers.filter(({ labels }) => labels[label.stack] === stack && labels[label.pool] === undefined);
  return lastStopsOf(
    engine,
    own.map(({ id }) => id),
  );
}

/** The engine's own id: a machine that was made anew has another, whatever its address. */
export async function idOfEngine(engine: EngineAddress): Promise<string> {
  return (await docker(engine, "info", "--format", "{{.ID}}")).trim();
}

/** What `docker info` tells of an engine, as far as it is asked here. */
export async function askInfo<Info>(engine: EngineAddress): Promise<Info> {
  return JSON.parse(await docker(engine, "info", "--format", "{{json .}}")) as Info;
}

/** The image to build from: the official one, unless a stand-in was made on this engine because it was out of reach. */
export async function baseImageOn(engine: EngineAddress): Promise<string> {
  const found = await docker(engine, "image", "ls", "--quiet", BASE_IMAGE_STAND_IN);
  return found.trim() === "" ? BASE_IMAGE : BASE_IMAGE_STAND_IN;
}

interface InspectedNetwork {
  Id: string;
  Name: string;
  IPAM: { Config: { Subnet?: string }[] | null };
  Options: Record<string, string> | null;
  Labels: Record<string, string> | null;
}

async function networksOf(engine: EngineAddress): Promise<EngineFacts["networks"]> {
  const ids = (await docker(engine, "network", "ls", "--quiet", "--no-trunc")).split("\n").filter(Boolean);
  const inspected = JSON.parse(await inspect(engine, "network", "inspect", ...ids)) as InspectedNetwork[];
  return inspected.map(({ Id, Name, IPAM, Options, Labels }) => ({
    name: Name,
    subnets: (IPAM.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    bridge: Options?.["com.docker.network.bridge.name"] ?? `br-${Id.slice(0, 12)}`,
    labels: Labels ?? {},
  }));
}

const containerFormat = [label.stack, label.lab, label.pool]
  .map((name) => `{{json (.Label "${name}")}}`)
  .reduce((row, cell) => `${row},${cell}`, "[{{json .ID}},{{json .Names}},{{json .Ports}}")
  .concat("]");

async function containersOf(engine: EngineAddress): Promise<EngineFacts["containers"]> {
  const listed = await docker(engine, "container", "ls", "--all", "--no-trunc", "--format", containerFormat);
  return listed
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [id, name, ports, stack, lab, pool] = JSON.parse(line) as string[];
      return {
        id,
        name,
        ports: publishedPorts(ports),
        labels: stack === "" ? {} : { [label.stack]: stack, [label.lab]: lab, ...(pool && { [label.pool]: pool }) },
      };
    });
}

/** Ports as `docker container ls` lists them: `127.0.0.1:8080->80/tcp, 0.0.0.0:90-91->90-91/tcp, 443/tcp`. */
export function publishedPorts(listed: string): { address: string; hostPort: number; protocol: "tcp" | "udp" }[] {
  return listed.split(", ").flatMap((entry) => {
    const match = /^(.+):(\d+)(?:-(\d+))?->.*\/(tcp|udp)$/.exec(entry);
    if (match === null) {
      return [];
    }
    const [, address, first, last, protocol] = match;
    const count = last === undefined ? 1 : Number(last) - Number(first) + 1;
    return Array.from({ length: count }, (_, i) => ({
      address: address.replace(/^\[?::\]?$/, "0.0.0.0"),
      hostPort: Number(first) + i,
      protocol: protocol as "tcp" | "udp",
    }));
  });
}

/** IPv4 subnets that this machine is on by itself: a network over one of these would cut it off from there. */
function subnetsBesides(networks: EngineFacts["networks"]): string[] {
  const interfaces = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter(({ family, internal, cidr }) => family === "IPv4" && !internal && cidr !== null)
      .map(({ cidr }) => ({ name, cidr: cidr! })),
  );
  return besidesBridges(interfaces, networks);
}

/** The subnets of a host's interfaces, without those of its engine's networks. */
export function besidesBridges(
  interfaces: readonly { readonly name: string; readonly cidr: string }[],
  networks: EngineFacts["networks"],
): string[] {
  const bridges = new Set(networks.map(({ bridge }) => bridge));
  return interfaces.filter(({ name }) => !bridges.has(name)).map(({ cidr }) => cidr);
}
